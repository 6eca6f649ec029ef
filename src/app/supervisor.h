/* The parent's table of children: starts them, listens to them, ends them. One thread, no event
 * loop: one ppoll(2) over pidfds and pipes. */
#pragma once

#include "app/child.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mh_supervisor;

enum mh_supervisor_kind {
    MH_SUPERVISOR_LINE,   /* a whole line that a child emitted, without its newline */
    MH_SUPERVISOR_OUTPUT, /* a piece of its standard output and error */
    MH_SUPERVISOR_EXIT,   /* it has ended, and all it said was delivered */
    MH_SUPERVISOR_SIGNAL  /* one that ends a run came for us (app/signals.h) */
};

struct mh_supervisor_event {
    enum mh_supervisor_kind kind;
    int child;
    const char *text; /* valid until the next call */
    size_t length;
    int status; /* exit: the status, -1 when a signal ended it */
    int signal; /* exit: that signal, or 0; signal: its number */
};

/* The signals that end a run come as events from now on. */
int mh_supervisor_new(mh_child_body_fn *body, void *context,
    struct mh_supervisor **ret_supervisor, struct mh_error *err);
/* Kills and awaits every child that is left. */
struct mh_supervisor *mh_supervisor_free(struct mh_supervisor *supervisor);

/* Returns when the child stands in its sandbox: its number (from 1, never reused), or an errno.
 */
int mh_supervisor_start(struct mh_supervisor *supervisor, enum mh_sandbox_kind kind,
    const char *job, bool takes_another_job, struct mh_error *err);
/* Gives a child that takes one its other job. -EINVAL when it takes none, -ESRCH when it is
 * gone. */
int mh_supervisor_send(struct mh_supervisor *supervisor, int child, const char *job);
/* 1 and an event; 0 when the time was over (timeout_ns < 0: none); or a negative errno. */
int mh_supervisor_wait(struct mh_supervisor *supervisor, int64_t timeout_ns,
    struct mh_supervisor_event *ret_event);
/* 0, also when it has ended already; -ESRCH for a number that never was. */
int mh_supervisor_kill(struct mh_supervisor *supervisor, int child, int signal_number);
