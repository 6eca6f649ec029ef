/* The thread that sends the streams of one traffic that do not go in lockstep: whatever the
 * loop's thread is busy with, they keep their schedules.
 *
 * One thread serves all of them, in the order in which they are due. What both threads touch of
 * a stream, and of the endpoint that sends it, they touch under the worker's lock, which its
 * thread lets go of between two trains and while nothing is due. Endpoints that no stream of
 * the worker sends from know nothing of it.
 */
#pragma once

#include <uv.h>

struct mh_standby;
struct mh_stream;
struct mh_stream_worker;

/* Called from the loop after something was sent, or a stream is over. */
typedef void mh_stream_worker_told_fn(void *context);

/* Tells `standby`, which was started, what it sends. 0 or a negative errno. */
int mh_stream_worker_start(uv_loop_t *loop, struct mh_standby *standby,
    mh_stream_worker_told_fn *told, void *context, struct mh_stream_worker **ret_worker);
/* It must serve no stream any more. Takes NULL; returns NULL. */
struct mh_stream_worker *mh_stream_worker_stop(struct mh_stream_worker *worker);

/* Serves it from its `due_ns` on, until it is over. 0 or -ENOMEM. */
int mh_stream_worker_add(struct mh_stream_worker *worker, struct mh_stream *stream);
/* When it returns, the thread has let go of the stream. One that is not there is left alone. */
void mh_stream_worker_remove(struct mh_stream_worker *worker, struct mh_stream *stream);
/* How many have become over since it was asked last. */
size_t mh_stream_worker_count_over(struct mh_stream_worker *worker);

void mh_stream_worker_lock(struct mh_stream_worker *worker);
void mh_stream_worker_unlock(struct mh_stream_worker *worker);
