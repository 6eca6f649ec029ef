/* Tells each time a borrowed file descriptor is readable, or has an entry in its error queue.
 *
 * Level-triggered: whoever is told reads, or stops the watch. The watch never closes the
 * descriptor. Its memory belongs to the event loop from mh_fd_watch_close() until libuv's close
 * callback, which frees it.
 */
#pragma once

#include <uv.h>

struct mh_fd_watch;

/* `status` is 0 or a negative errno. Called from the loop. */
typedef void mh_fd_ready_fn(void *context, int status);

int mh_fd_watch_new(uv_loop_t *loop, int fd, struct mh_fd_watch **ret_watch);
int mh_fd_watch_start(struct mh_fd_watch *watch, mh_fd_ready_fn *on_ready, void *context);
void mh_fd_watch_stop(struct mh_fd_watch *watch);

/* Stops at once: `on_ready` is never called again and the descriptor may be closed right after.
 * Takes NULL; returns NULL. */
struct mh_fd_watch *mh_fd_watch_close(struct mh_fd_watch *watch);
