/* Lua tasks: coroutines that park until the event loop wakes them.
 *
 * Nothing in a loop callback runs Lua. A callback calls mh_condition_signal(), which only
 * queues the parked tasks; mh_scheduler_run() resumes queued tasks between two turns of the
 * loop, in the order in which they were woken.
 */
#pragma once

#include <lua.h>
#include <uv.h>

#include <stdbool.h>
#include <stdint.h>

struct mh_deadline;
struct mh_scheduler;
struct mh_task;

/* Something to wait for; lives inside the object that changes. Any number of tasks may be
 * parked on one. Either side may go first: a cancelled task unlinks itself, and an object that
 * goes away signals -ECANCELED first. Zero-initialised is ready to use. */
struct mh_condition {
    struct mh_task *waiting;
};

/* Wakes every task parked here with `outcome`. Never runs Lua, never fails. */
void mh_condition_signal(struct mh_condition *condition, int outcome);

struct mh_scheduler *mh_scheduler_new(lua_State *L, uv_loop_t *loop);
/* Cancels every task (running its to-be-closed variables), frees the scheduler. Call before
 * lua_close(); the loop must outlive both. */
void mh_scheduler_free(struct mh_scheduler *scheduler);

/* Makes a task of the function and its `argument_count` arguments on top of the stack of L,
 * which it pops, and pushes the task's handle (a userdata with :cancel() and :alive()). 0 or
 * -ENOMEM. */
int mh_scheduler_spawn(struct mh_scheduler *scheduler, lua_State *L, int argument_count);

/* Runs until no task is left, or until an error escapes one (-ECANCELED) or none can ever wake
 * (-EDEADLK): then the message is on top of the main state's stack. */
int mh_scheduler_run(struct mh_scheduler *scheduler);

/* Arms the one deadline of the scheduler, on uv_hrtime()'s scale; 0 disarms. Once it has
 * passed, every parked task is woken, every park fails, and running Lua is interrupted by a
 * hook, with an error object of code "DEADLINE"; until the next arming. Spared are the Lua
 * function that armed it, which is to act on the error of what it called, and, for a while, the
 * outermost Lua function of a task. Until it disarms, what it called and other tasks may arm
 * anew without taking its place, to end it sooner say. A task that the error ends, other than
 * the arming one, just ends. `message`: what the guard tells where nobody notices; NULL: the
 * last one's. */
int mh_scheduler_deadline(struct mh_scheduler *scheduler, uint64_t at_ns, const char *message);
/* For whoever guards it (script/deadline.h). */
struct mh_deadline *mh_scheduler_deadline_of(struct mh_scheduler *scheduler);
/* The same at once, from a signal handler too, with the code "INTERRUPTED". */
void mh_scheduler_interrupt(struct mh_scheduler *scheduler);

/* Parks the calling task; the binding returns what this returns. `resumed` runs on waking and
 * reads the outcome with mh_task_outcome(). timeout_ns < 0: none. Raises when the caller is no
 * task ("cannot wait here: ...") or the deadline has passed. */
int mh_task_park(lua_State *L, struct mh_condition *condition, int64_t timeout_ns,
    lua_KFunction resumed, lua_KContext context);

/* Why the task was woken: 0, -ETIMEDOUT, -ECANCELED (object closed), or an errno. Raises the
 * deadline's error when it is that. */
int mh_task_outcome(lua_State *L);

/* For those who resume other threads inside a task (coroutine.c). */
bool mh_task_owns(lua_State *thread);
/* Notes that `thread` runs from now on; returns the one that ran, to be given back the same
 * way. */
lua_State *mh_scheduler_enter(struct mh_scheduler *scheduler, lua_State *thread);
