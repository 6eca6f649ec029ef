/* Streams in the order in which they are due: a heap. Each knows its place, so that it can be
 * taken out again. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct mh_stream;

/* Zero-initialised is empty. */
struct mh_stream_queue {
    struct mh_stream **heap;
    size_t count;
    size_t capacity;
};

/* By its `due_ns`. 0 or -ENOMEM. */
int mh_stream_queue_put(struct mh_stream_queue *queue, struct mh_stream *stream);
/* Its `due_ns` has changed. */
void mh_stream_queue_move(struct mh_stream_queue *queue, struct mh_stream *stream);
/* One that is not there is left alone. */
void mh_stream_queue_remove(struct mh_stream_queue *queue, struct mh_stream *stream);
/* NULL: there is none. */
struct mh_stream *mh_stream_queue_first(const struct mh_stream_queue *queue);
void mh_stream_queue_done(struct mh_stream_queue *queue);
