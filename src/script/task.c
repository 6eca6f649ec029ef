#include "script/task.h"

#include "script/task_private.h"

#include <lauxlib.h>

#include <assert.h>
#include <errno.h>

bool mh_task_owns(lua_State *thread)
{
    return *mh_task_slot(thread) != NULL;
}

void mh_task_join(struct mh_task **first, enum ring ring, struct mh_task *task)
{
    struct link *link = &task->links[ring];

    assert(!link->first);
    link->first = first;
    if (!*first) {
        *first = link->next = link->previous = task;
        return;
    }
    link->next = *first;
    link->previous = (*first)->links[ring].previous;
    link->previous->links[ring].next = task;
    link->next->links[ring].previous = task;
}

void mh_task_leave(enum ring ring, struct mh_task *task)
{
    struct link *link = &task->links[ring];

    if (!link->first)
        return;
    link->previous->links[ring].next = link->next;
    link->next->links[ring].previous = link->previous;
    if (*link->first == task)
        *link->first = link->next == task ? NULL : link->next;
    link->first = NULL;
}

void mh_task_enqueue(struct mh_task *task, int outcome)
{
    task->outcome = outcome;
    if (task->links[QUEUED].first)
        return;
    task->turn = task->scheduler->turn;
    mh_task_join(&task->scheduler->queue, QUEUED, task);
}

void mh_task_wake(struct mh_task *task, int outcome)
{
    mh_task_leave(WAITING, task);
    uv_timer_stop(&task->timeout);
    mh_task_enqueue(task, outcome);
}

void mh_condition_signal(struct mh_condition *condition, int outcome)
{
    while (condition->waiting)
        mh_task_wake(condition->waiting, outcome);
}

/* libuv's timers know milliseconds; rounded up, a wait does not end early. */
static void start_timer(struct mh_task *task, uint64_t remaining_ns, uv_timer_cb expired)
{
    uv_timer_start(&task->timeout, expired, (remaining_ns + 999999) / 1000000, 0);
}

/* The task stays with its condition: a signal in this same turn of the loop still wins. */
static void on_timeout(uv_timer_t *timer)
{
    struct mh_task *task = (struct mh_task *)timer;
    uint64_t now_ns = uv_hrtime();

    /* The loop's own clock lags behind by up to one turn and one millisecond. */
    if (now_ns < task->wake_at_ns) {
        start_timer(task, task->wake_at_ns - now_ns, on_timeout);
        return;
    }
    mh_task_enqueue(task, -ETIMEDOUT);
    /* A timer that is due when uv_run() begins runs before the poll, which would then block. */
    uv_stop(timer->loop);
}

static void start_timeout(struct mh_task *task, uint64_t timeout_ns)
{
    if (timeout_ns == 0) {
        mh_task_enqueue(task, -ETIMEDOUT);
        return;
    }
    task->wake_at_ns = uv_hrtime() + timeout_ns;
    start_timer(task, timeout_ns, on_timeout);
}

/* Whoever resumes a coroutine would take our yield for its function's own. Without
 * luaL_error()'s position, which is one in the library. */
static int refuse_to_wait(lua_State *L)
{
    lua_pushliteral(L,
        "cannot wait here: only a task may wait (a scenario's function, or that of "
        "mcast.spawn), not a coroutine in it or a function that C calls, such as one "
        "given to table.sort");
    return lua_error(L);
}

int mh_task_park(lua_State *L, struct mh_condition *condition, int64_t timeout_ns,
    lua_KFunction resumed, lua_KContext context)
{
    struct mh_task *task = *mh_task_slot(L);

    if (!task || !lua_isyieldable(L))
        return refuse_to_wait(L);
    assert(!task->parked && task == task->scheduler->running);
    if (task->scheduler->deadline.reason)
        return mh_deadline_raise(L, task->scheduler->deadline.reason);

    task->parked = true;
    if (condition)
        mh_task_join(&condition->waiting, WAITING, task);
    if (timeout_ns >= 0)
        start_timeout(task, (uint64_t)timeout_ns);
    return lua_yieldk(L, 0, context, resumed);
}

int mh_task_outcome(lua_State *L)
{
    struct mh_task *task = *mh_task_slot(L);

    if (!task || task->parked) /* resumed through debug or another back door */
        return luaL_error(L, "only the scheduler may resume a task");
    if (task->outcome == MH_OUTCOME_DEADLINE || task->outcome == MH_OUTCOME_INTERRUPTED)
        return mh_deadline_raise(L, task->outcome);
    return task->outcome;
}
