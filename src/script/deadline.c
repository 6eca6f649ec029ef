#include "script/deadline.h"

#include "script/convert.h"

#include <lauxlib.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>

enum {
    TICK_US = 100000, /* a signal may come just before a system call blocks: it is repeated */
    SPARED_INSTRUCTIONS = 100000,
};

/* A signal handler and a Lua hook have no argument of ours. A process has one scenario, and one
 * scheduler whose deadline is ever armed: the last one armed or interrupted. */
static struct mh_deadline *volatile current;

static void push_interruption(lua_State *L, int reason)
{
    struct mh_error err = {.code = reason, .operation = "wait"};
    bool is_deadline = reason == MH_OUTCOME_DEADLINE;

    snprintf(err.message, sizeof(err.message), "%s",
        is_deadline ? "the scenario's time is over" : "the scenario was interrupted");
    mh_push_error(L, is_deadline ? "DEADLINE" : "INTERRUPTED", &err);
}

static int count_levels(lua_State *L)
{
    lua_Debug frame;
    int levels = 0;

    while (lua_getstack(L, levels, &frame))
        levels++;
    return levels;
}

/* NULL where there is no such level. */
static const void *function_at(lua_State *L, int level)
{
    lua_Debug frame;

    if (level < 0 || !lua_getstack(L, level, &frame))
        return NULL;
    lua_getinfo(L, "f", &frame);
    const void *function = lua_topointer(L, -1);
    lua_pop(L, 1);
    return function;
}

static bool is_arming_frame(const struct mh_deadline *deadline, lua_State *L)
{
    return L == deadline->armed_by.thread && count_levels(L) == deadline->armed_by.depth &&
           function_at(L, 0) == deadline->armed_by.function;
}

/* Without an end a task whose outermost function is a busy loop would go on for ever. */
static bool is_spared_task(struct mh_deadline *deadline, lua_State *L)
{
    lua_Debug frame;
    return L == deadline->outermost && !lua_getstack(L, 1, &frame) && deadline->spared-- > 0;
}

static void on_hook(lua_State *L, lua_Debug *event)
{
    (void)event;
    struct mh_deadline *deadline = current;

    if (!deadline || !deadline->reason) {
        lua_sethook(L, NULL, 0, 0); /* armed anew since */
        return;
    }
    lua_sethook(L, on_hook, LUA_MASKCOUNT, 1);
    if (is_arming_frame(deadline, L) || is_spared_task(deadline, L))
        return;
    push_interruption(L, deadline->reason);
    lua_error(L);
}

static int do_nothing(lua_State *L)
{
    (void)L;
    return 0;
}

/* Raised inside a hook wherever possible: while one is active Lua calls no other, so that the
 * message handler of an xpcall() is not interrupted in its turn. */
int mh_deadline_raise(lua_State *L, int reason)
{
    if (current && current->reason) {
        lua_sethook(L, on_hook, LUA_MASKCALL, 0);
        lua_pushcfunction(L, do_nothing);
        lua_call(L, 0, 0);
    }
    push_interruption(L, reason);
    return lua_error(L);
}

lua_State *mh_deadline_enter(struct mh_deadline *deadline, lua_State *thread)
{
    lua_State *before = deadline->running;

    if (!before)
        deadline->outermost = thread;
    /* In this order: a signal in between finds the thread, one before is found here. */
    deadline->running = thread;
    if (thread && deadline->reason)
        lua_sethook(thread, on_hook, LUA_MASKCOUNT, 1);
    return before;
}

static void pass(struct mh_deadline *deadline, int reason)
{
    current = deadline;
    if (!deadline->reason)
        deadline->reason = reason;
    lua_State *running = deadline->running;
    if (running)
        lua_sethook(running, on_hook, LUA_MASKCOUNT, 1);
    uv_async_send(&deadline->passed);
}

static void call_guard(struct mh_deadline *deadline)
{
    if (!deadline->guard || deadline->is_held)
        return;
    deadline->ticks++;
    deadline->guard(deadline->guard_context, deadline->ticks);
}

static void on_alarm(int number)
{
    (void)number;
    int saved_errno = errno;

    if (current) {
        pass(current, MH_OUTCOME_DEADLINE);
        call_guard(current);
    }
    errno = saved_errno;
}

/* setitimer(ITIMER_REAL) counts CLOCK_MONOTONIC, and a forked child does not inherit it. */
static int start_ticking(uint64_t delay_us)
{
    struct itimerval timer = {
        .it_interval = {.tv_usec = TICK_US},
        .it_value = {.tv_sec = (time_t)(delay_us / 1000000),
            .tv_usec = (suseconds_t)(delay_us % 1000000)},
    };
    return setitimer(ITIMER_REAL, &timer, NULL) < 0 ? -errno : 0;
}

void mh_deadline_interrupt(struct mh_deadline *deadline)
{
    int saved_errno = errno;

    pass(deadline, MH_OUTCOME_INTERRUPTED);
    if (deadline->handles_signal)
        start_ticking(TICK_US);
    errno = saved_errno;
}

/* No SA_RESTART: a blocked system call has to return. */
static int handle_signal(struct mh_deadline *deadline)
{
    if (deadline->handles_signal)
        return 0;
    struct sigaction action;
    memset(&action, 0, sizeof(action));
    action.sa_handler = on_alarm;
    sigemptyset(&action.sa_mask);
    if (sigaction(SIGALRM, &action, &deadline->old_action) < 0)
        return -errno;
    deadline->handles_signal = true;
    return 0;
}

static void stop_ticking(void)
{
    struct itimerval none;
    memset(&none, 0, sizeof(none));
    setitimer(ITIMER_REAL, &none, NULL);
}

/* Is the function that armed the deadline still to act on it? One of another thread is taken to
 * be: who arms, disarms. */
static bool has_owner(const struct mh_deadline *deadline, lua_State *L)
{
    lua_State *thread = deadline->armed_by.thread;

    if (!thread || thread != L)
        return thread != NULL;
    int level = count_levels(L) - deadline->armed_by.depth;
    return function_at(L, level) == deadline->armed_by.function;
}

/* The owner is the caller of the C function that arms. What it calls, and other tasks, may
 * change the time without taking its place. */
static void note_owner(struct mh_deadline *deadline)
{
    lua_State *L = deadline->running;

    if (has_owner(deadline, L))
        return;
    deadline->armed_by.thread = L;
    if (!L)
        return;
    deadline->armed_by.depth = count_levels(L) - 1;
    deadline->armed_by.function = function_at(L, 1);
}

int mh_deadline_arm(struct mh_deadline *deadline, uint64_t at_ns, const char *message)
{
    stop_ticking();
    current = deadline;
    deadline->reason = 0;
    deadline->ticks = 0;
    if (message)
        snprintf(deadline->message, sizeof(deadline->message), "%s", message);
    deadline->spared = SPARED_INSTRUCTIONS;
    if (at_ns == 0) {
        deadline->armed_by.thread = NULL;
        uv_unref((uv_handle_t *)&deadline->passed);
        return 0;
    }
    note_owner(deadline);
    /* While armed it keeps the loop alive: a task that nothing else can wake is woken by it. */
    uv_ref((uv_handle_t *)&deadline->passed);
    int r = handle_signal(deadline);
    if (r < 0)
        return r;
    uint64_t now_ns = uv_hrtime();
    return start_ticking(at_ns > now_ns ? (at_ns - now_ns + 999) / 1000 : 1);
}

/* What users wrote has the name of its file behind an @ (lua/mcast/environment.lua). */
static bool is_place(lua_State *L, lua_Debug *frame)
{
    return lua_getinfo(L, "Sl", frame) && frame->source[0] == '@' && frame->currentline > 0;
}

int mh_deadline_place(const struct mh_deadline *deadline, char *file, size_t size)
{
    lua_State *L = deadline->running;
    lua_Debug frame;

    for (int level = 0; L && lua_getstack(L, level, &frame); level++) {
        if (!is_place(L, &frame))
            continue;
        snprintf(file, size, "%s", frame.source + 1);
        return frame.currentline;
    }
    return 0;
}

int mh_deadline_init(struct mh_deadline *deadline, uv_loop_t *loop, uv_async_cb passed)
{
    memset(deadline, 0, sizeof(*deadline));
    int r = uv_async_init(loop, &deadline->passed, passed);
    if (r == 0)
        uv_unref((uv_handle_t *)&deadline->passed);
    return r;
}

void mh_deadline_done(struct mh_deadline *deadline, uv_close_cb closed)
{
    if (deadline->handles_signal) {
        stop_ticking();
        sigaction(SIGALRM, &deadline->old_action, NULL);
    }
    if (current == deadline)
        current = NULL;
    uv_close((uv_handle_t *)&deadline->passed, closed);
}
