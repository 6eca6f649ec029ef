/* The end of a scenario's time: interrupts what runs, wherever it is.
 *
 * A signal sets a hook on the Lua thread that is running, makes blocked system calls return
 * EINTR and wakes the event loop. From then on the hook raises at every instruction, so that no
 * pcall() in a scenario outlasts it, until the deadline is armed anew. Two frames are spared,
 * because somebody has to act on the error: the function that armed the deadline, and, for a
 * while, the outermost function of a task.
 *
 * Neither a C function that never returns nor a finalizer can be interrupted so (Lua has hooks
 * between two instructions, and none in a __gc). The guard is for these: it is called until
 * somebody has acted on the deadline, and may end the process.
 */
#pragma once

#include <lua.h>
#include <uv.h>

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

/* Why a wait ended, as mh_task_outcome() sees it; no object signals these. */
enum { MH_OUTCOME_DEADLINE = -ETIME, MH_OUTCOME_INTERRUPTED = -EINTR };

/* Called in a signal handler when the deadline has passed, and every 0.1 s from then on until
 * it is armed anew; `ticks` counts the calls. On a busy machine signals come late and never
 * pile up: between two calls the process had the processor. */
typedef void mh_deadline_guard_fn(void *context, int ticks);

struct mh_deadline {
    uv_async_t passed;            /* tells the loop; its `data` is the owner's */
    lua_State *volatile running;  /* innermost thread; NULL: no Lua runs */
    lua_State *outermost;         /* of the running ones: the task's */
    volatile sig_atomic_t reason; /* 0, or an outcome from above */
    int spared;                   /* instructions left for the outermost functions of tasks */
    mh_deadline_guard_fn *guard;  /* NULL: none */
    void *guard_context;
    volatile sig_atomic_t ticks;
    volatile sig_atomic_t is_held; /* what it waits for is ours to give: it is not to blame */
    char message[96];              /* what is told of a scenario that does not notice it */
    struct {
        lua_State *thread;
        int depth;
        const void *function;
    } armed_by;
    bool handles_signal;
    struct sigaction old_action;
};

/* `passed` is called from the loop after the deadline has passed, perhaps more than once. */
int mh_deadline_init(struct mh_deadline *deadline, uv_loop_t *loop, uv_async_cb passed);
/* `closed` may free what the deadline is part of. */
void mh_deadline_done(struct mh_deadline *deadline, uv_close_cb closed);

/* `at_ns` on uv_hrtime()'s scale; 0 disarms. Forgets that the last one has passed. `message`
 * NULL: as it was. 0 or a negative errno. */
int mh_deadline_arm(struct mh_deadline *deadline, uint64_t at_ns, const char *message);
/* Async-signal-safe. */
void mh_deadline_interrupt(struct mh_deadline *deadline);

/* Notes that `thread` (NULL: nobody) runs from now on; returns the one that ran until now, to
 * be given back by the same function. */
lua_State *mh_deadline_enter(struct mh_deadline *deadline, lua_State *thread);

/* The innermost line of a file of the user's that runs: its name into `file`; 0 when there is
 * none. Reads Lua's stack wherever a signal came, which Lua does not allow: only for a process
 * that is about to end, and has said so. */
int mh_deadline_place(const struct mh_deadline *deadline, char *file, size_t size);

/* Raises the error object for `reason`, an outcome from above. */
int mh_deadline_raise(lua_State *L, int reason);
