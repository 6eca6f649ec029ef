/* Programs that this process started: what they wrote, and how they ended.
 *
 * What a program writes is read as it comes, so that it never waits for us; the last
 * MH_TAIL_KEPT bytes of each stream are kept. Each program leads a session, and signals go to
 * its process group: a shell's children are hit, too. Daemons that left it end with the PID
 * namespace.
 */
#pragma once

#include "base/error.h"
#include "loop/program.h"

#include <uv.h>

#include <stdbool.h>
#include <stdint.h>

/* All children of an event loop. As the init process of a PID namespace (pid_namespaces(7)) it
 * also reaps the orphans that come to it. Only one loop of a process may have it. */
struct mh_children;
struct mh_child_process;

enum mh_output { MH_OUTPUT_BOTH, MH_OUTPUT_STDOUT, MH_OUTPUT_STDERR, MH_OUTPUTS };

struct mh_child_end {
    uint64_t time_ns; /* CLOCK_MONOTONIC */
    int status;       /* -1: a signal ended it */
    int signal;       /* 0: it exited */
};

/* It wrote something, or it ended. Called from the loop; must not close anything. */
typedef void mh_child_changed_fn(void *context);

int mh_children_new(uv_loop_t *loop, struct mh_children **ret_children);
/* Every child must be closed before. Takes NULL; returns NULL. */
struct mh_children *mh_children_free(struct mh_children *children);

int mh_child_process_start(struct mh_children *children, const struct mh_program *program,
    mh_child_changed_fn *changed, void *context, struct mh_child_process **ret_child,
    struct mh_error *err);
/* Kills and reaps it if it still runs. Takes NULL; returns NULL. */
struct mh_child_process *mh_child_process_close(struct mh_child_process *child);

pid_t mh_child_process_pid(const struct mh_child_process *child);
/* To its process group. -ESRCH once it has ended. */
int mh_child_process_kill(const struct mh_child_process *child, int signal_number);
/* NULL while it runs. All that it wrote by then has been read. */
const struct mh_child_end *mh_child_process_end(const struct mh_child_process *child);
/* Ended, and nobody that it left behind can write any more. */
bool mh_child_process_is_over(const struct mh_child_process *child);
/* Borrowed until the loop runs. MH_OUTPUT_BOTH is in the order in which it was read. */
const char *mh_child_process_output(
    const struct mh_child_process *child, enum mh_output which, size_t *ret_length);
