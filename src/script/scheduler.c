#include "script/lua_compat.h"
#include "script/task_private.h"

#include <errno.h>
#include <stdlib.h>

#define TASK_TYPE "mcast.core.task"

/* ---- beginning and end of a task ---- */

static void free_task(uv_handle_t *handle)
{
    free(handle);
}

/* From here on the task is only memory that the loop will free. */
static void retire(struct mh_task *task)
{
    for (enum ring ring = LIVE; ring < RINGS; ring++)
        mh_task_leave(ring, task);
    *mh_task_slot(task->thread) = NULL;
    task->box->task = NULL;
    luaL_unref(task->scheduler->L, LUA_REGISTRYINDEX, task->anchor);
    uv_close((uv_handle_t *)&task->timeout, free_task);
}

/* Runs the to-be-closed variables, which may not park. */
static void close_thread(struct mh_task *task)
{
    struct mh_deadline *deadline = &task->scheduler->deadline;

    *mh_task_slot(task->thread) = NULL;
    task->box->task = NULL; /* one of them may cancel this task again */
    lua_State *before = mh_deadline_enter(deadline, task->thread);
    mh_lua_close_thread(task->thread, before ? before : task->scheduler->L);
    mh_deadline_enter(deadline, before);
}

static void cancel(struct mh_task *task)
{
    mh_task_leave(WAITING, task);
    mh_task_leave(QUEUED, task);
    close_thread(task);
    retire(task);
}

/* task:cancel() */
static int task_cancel(lua_State *L)
{
    struct task_box *box = luaL_checkudata(L, 1, TASK_TYPE);

    if (!box->task)
        return 0;
    if (box->task == box->task->scheduler->running)
        return luaL_error(L, "a task cannot cancel itself");
    cancel(box->task);
    return 0;
}

/* task:alive() -> boolean */
static int task_alive(lua_State *L)
{
    struct task_box *box = luaL_checkudata(L, 1, TASK_TYPE);

    lua_pushboolean(L, box->task != NULL);
    return 1;
}

static const luaL_Reg task_methods[] = {
    {"cancel", task_cancel},
    {"alive", task_alive},
    {NULL, NULL},
};

static void set_task_metatable(lua_State *L)
{
    if (luaL_newmetatable(L, TASK_TYPE)) {
        luaL_newlib(L, task_methods);
        lua_setfield(L, -2, "__index");
    }
    lua_setmetatable(L, -2);
}

/* Pushes the box; its user value is the thread, to which function and arguments have moved. */
static struct task_box *push_box(lua_State *L, int argument_count, lua_State **ret_thread)
{
    int function = lua_gettop(L) - argument_count;

    struct task_box *box = lua_newuserdatauv(L, sizeof(*box), 1);
    box->task = NULL;
    set_task_metatable(L);
    lua_State *thread = lua_newthread(L);
    lua_setiuservalue(L, -2, 1);
    lua_insert(L, function);
    if (!lua_checkstack(thread, argument_count + 1))
        luaL_error(L, "too many arguments");
    lua_xmove(L, thread, argument_count + 1);
    *ret_thread = thread;
    return box;
}

int mh_scheduler_spawn(struct mh_scheduler *scheduler, lua_State *L, int argument_count)
{
    if (scheduler->ending)
        return -ECANCELED;
    /* What may throw comes first, while there is nothing to leak. */
    lua_State *thread;
    struct task_box *box = push_box(L, argument_count, &thread);
    lua_pushvalue(L, -1);
    int anchor = luaL_ref(L, LUA_REGISTRYINDEX);

    struct mh_task *task = calloc(1, sizeof(*task));
    if (!task) {
        luaL_unref(L, LUA_REGISTRYINDEX, anchor);
        return -ENOMEM;
    }
    uv_timer_init(scheduler->loop, &task->timeout);
    task->scheduler = scheduler;
    task->box = box;
    task->thread = thread;
    task->anchor = anchor;
    task->argument_count = argument_count;
    *mh_task_slot(thread) = task;
    box->task = task;
    mh_task_join(&scheduler->tasks, LIVE, task);
    mh_task_enqueue(task, 0);
    return 0;
}

/* ---- running ---- */

static int resume_thread(struct mh_task *task)
{
    struct mh_scheduler *scheduler = task->scheduler;
    int argument_count = task->argument_count, result_count;

    task->argument_count = 0;
    task->parked = false;
    scheduler->running = task;
    lua_State *before = mh_deadline_enter(&scheduler->deadline, task->thread);
    int status = lua_resume(task->thread, scheduler->L, argument_count, &result_count);
    mh_deadline_enter(&scheduler->deadline, before);
    scheduler->running = NULL;

    if (status == LUA_YIELD &&
        !task->parked) { /* a bare coroutine.yield(): let the others run */
        lua_pop(task->thread, result_count);
        mh_task_enqueue(task, 0);
    }
    return status;
}

/* Called protected: both tostring and the traceback may run out of memory. */
static int describe_failure(lua_State *L)
{
    lua_State *thread = lua_touserdata(L, 1);

    lua_settop(L, 0);
    lua_xmove(thread, L, 1);
    luaL_tolstring(L, 1, NULL);
    luaL_traceback(L, thread, lua_tostring(L, -1), 0);
    return 1;
}

static void push_failure(lua_State *L, lua_State *thread)
{
    lua_pushcfunction(L, describe_failure); /* neither push allocates */
    lua_pushlightuserdata(L, thread);
    lua_pcall(L, 1, 1, 0); /* where this fails too, its message takes the place of the first */
}

/* A task that the deadline ended has said all it had to say, unless it is the one that armed
 * the deadline and should have acted on it. */
static bool is_interrupted_bystander(const struct mh_task *task)
{
    const struct mh_deadline *deadline = &task->scheduler->deadline;

    return deadline->reason && deadline->armed_by.thread &&
           deadline->armed_by.thread != task->thread;
}

static int resume(struct mh_task *task)
{
    mh_task_leave(QUEUED, task);
    mh_task_leave(WAITING, task);
    int status = resume_thread(task);
    if (status == LUA_YIELD)
        return 0;

    bool failed = status != LUA_OK && !is_interrupted_bystander(task);
    if (failed)
        push_failure(task->scheduler->L, task->thread);
    if (status != LUA_OK)
        close_thread(task);
    retire(task);
    return failed ? -ECANCELED : 0;
}

/* Resumes the tasks that are queued now. Those that they wake wait for the next turn, so that
 * tasks waking each other cannot starve the loop. */
static int run_queued(struct mh_scheduler *scheduler)
{
    uint64_t turn = scheduler->turn++;

    while (scheduler->queue && scheduler->queue->turn <= turn) {
        int r = resume(scheduler->queue);
        if (r < 0)
            return r;
    }
    return 0;
}

int mh_scheduler_run(struct mh_scheduler *scheduler)
{
    while (scheduler->tasks) {
        int r = run_queued(scheduler);
        if (r < 0)
            return r;
        if (!scheduler->tasks)
            break;

        bool alive = uv_run(scheduler->loop, scheduler->queue ? UV_RUN_NOWAIT : UV_RUN_ONCE);
        if (!scheduler->queue && !alive) {
            lua_pushliteral(scheduler->L, "every task waits and nothing is left to wake one");
            return -EDEADLK;
        }
    }
    return 0;
}

/* ---- the scheduler ---- */

static void wake_parked(uv_async_t *passed)
{
    struct mh_scheduler *scheduler = passed->data;
    struct mh_task *task = scheduler->tasks;

    if (!task || !scheduler->deadline.reason)
        return;
    do {
        if (task->parked)
            mh_task_wake(task, (int)scheduler->deadline.reason);
        task = task->links[LIVE].next;
    } while (task != scheduler->tasks);
}

struct mh_scheduler *mh_scheduler_new(lua_State *L, uv_loop_t *loop)
{
    struct mh_scheduler *scheduler = calloc(1, sizeof(*scheduler));
    if (!scheduler)
        return NULL;
    if (mh_deadline_init(&scheduler->deadline, loop, wake_parked) < 0) {
        free(scheduler);
        return NULL;
    }
    scheduler->deadline.passed.data = scheduler;
    scheduler->L = L;
    scheduler->loop = loop;
    *mh_task_slot(L) = NULL;
    return scheduler;
}

static void free_scheduler(uv_handle_t *handle)
{
    free(handle->data);
}

void mh_scheduler_free(struct mh_scheduler *scheduler)
{
    scheduler->ending = true;
    while (scheduler->tasks)
        cancel(scheduler->tasks);
    /* Only the loop frees it, after lua_close(): finalizers may still run coroutines. */
    mh_deadline_done(&scheduler->deadline, free_scheduler);
}

int mh_scheduler_deadline(struct mh_scheduler *scheduler, uint64_t at_ns, const char *message)
{
    return mh_deadline_arm(&scheduler->deadline, at_ns, message);
}

struct mh_deadline *mh_scheduler_deadline_of(struct mh_scheduler *scheduler)
{
    return &scheduler->deadline;
}

void mh_scheduler_interrupt(struct mh_scheduler *scheduler)
{
    mh_deadline_interrupt(&scheduler->deadline);
}

lua_State *mh_scheduler_enter(struct mh_scheduler *scheduler, lua_State *thread)
{
    return mh_deadline_enter(&scheduler->deadline, thread);
}
