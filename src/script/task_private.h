/* What task.c (waiting) and scheduler.c (running) share; nobody else includes it. */
#pragma once

#include "script/deadline.h"
#include "script/task.h"

/* A task is a member of up to one ring of each kind. A ring is named by its first member. */
enum ring { LIVE, QUEUED, WAITING, RINGS };

struct link {
    struct mh_task **first; /* NULL: in no ring of this kind */
    struct mh_task *next, *previous;
};

/* The Lua side of a task. */
struct task_box {
    struct mh_task *task; /* NULL once it has ended */
};

struct mh_task {
    uv_timer_t timeout; /* first: the close callback frees the whole task */
    struct mh_scheduler *scheduler;
    struct task_box *box;
    lua_State *thread;
    int anchor; /* registry reference that keeps `box`, and by it `thread`, alive */
    int argument_count;
    struct link links[RINGS];
    bool parked;
    int outcome;
    uint64_t wake_at_ns;
    uint64_t turn; /* in which it was queued */
};

struct mh_scheduler {
    struct mh_deadline deadline;
    lua_State *L;
    uv_loop_t *loop;
    struct mh_task *tasks, *queue;
    struct mh_task *running;
    uint64_t turn;
    bool ending;
};

/* lua_newthread() copies the main state's extra space, so a plain coroutine made by a script
 * has no task and cannot park. */
static inline struct mh_task **mh_task_slot(lua_State *L)
{
    return lua_getextraspace(L);
}

void mh_task_join(struct mh_task **first, enum ring ring, struct mh_task *task);
/* Harmless when the task is in no such ring. */
void mh_task_leave(enum ring ring, struct mh_task *task);

/* To be resumed in the next turn; one that is queued already only gets the new outcome. */
void mh_task_enqueue(struct mh_task *task, int outcome);
/* Ends the task's wait and enqueues it. */
void mh_task_wake(struct mh_task *task, int outcome);
