/* One child process, as its parent knows it. */
#pragma once

#include "app/attendant.h"
#include "app/child.h"
#include "app/inbox.h"
#include "base/error.h"

#include <stdbool.h>
#include <sys/types.h>

struct mh_process {
    pid_t pid;
    int pidfd;              /* readable when it is dead; -1 once it is buried */
    struct mh_inbox lines;  /* what it emits */
    struct mh_inbox output; /* its standard output and error */
    struct mh_attendant attendant;
    int job_fd;     /* for one job more; -1: it takes none */
    bool is_buried; /* reaped, and both inboxes hold all there will be */
    int status;     /* of exit(3); -1 when a signal ended it */
    int signal;     /* that signal, or 0 */
};

/* Starts a child as `child` says (its pipes are made here) and waits until it stands in its
 * sandbox. */
int mh_process_start(enum mh_sandbox_kind kind, struct mh_child *child,
    struct mh_process **ret_process, struct mh_error *err);
/* Kills and reaps one that is not buried. */
struct mh_process *mh_process_free(struct mh_process *process);

/* The other job of a child that takes one; no newline in it. -EINVAL when it takes none. */
int mh_process_send(struct mh_process *process, const char *job);

/* SIGKILL takes all of its session along. */
void mh_process_kill(const struct mh_process *process, int signal_number);

/* Reaps one that is dead and empties its pipes. 0 or a negative errno. */
int mh_process_bury(struct mh_process *process);
