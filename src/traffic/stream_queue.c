#include "traffic/stream_queue.h"

#include "traffic/stream_private.h"

#include <errno.h>
#include <stdlib.h>

enum { FIRST_CAPACITY = 8 };

static int reserve_one(struct mh_stream_queue *queue)
{
    if (queue->count < queue->capacity)
        return 0;

    size_t capacity = queue->capacity ? queue->capacity * 2 : FIRST_CAPACITY;
    struct mh_stream **heap = reallocarray(queue->heap, capacity, sizeof(*heap));
    if (!heap)
        return -ENOMEM;
    queue->heap = heap;
    queue->capacity = capacity;
    return 0;
}

static void set(struct mh_stream_queue *queue, size_t place, struct mh_stream *stream)
{
    queue->heap[place] = stream;
    stream->place = place;
}

static bool is_before(const struct mh_stream_queue *queue, size_t one, size_t other)
{
    return queue->heap[one]->due_ns < queue->heap[other]->due_ns;
}

static void swap(struct mh_stream_queue *queue, size_t one, size_t other)
{
    struct mh_stream *first = queue->heap[one];

    set(queue, one, queue->heap[other]);
    set(queue, other, first);
}

static void rise(struct mh_stream_queue *queue, size_t place)
{
    for (; place > 0 && is_before(queue, place, (place - 1) / 2); place = (place - 1) / 2)
        swap(queue, place, (place - 1) / 2);
}

static void sink(struct mh_stream_queue *queue, size_t place)
{
    for (;;) {
        size_t child = 2 * place + 1;
        if (child + 1 < queue->count && is_before(queue, child + 1, child))
            child++;
        if (child >= queue->count || !is_before(queue, child, place))
            return;
        swap(queue, place, child);
        place = child;
    }
}

static bool holds(const struct mh_stream_queue *queue, const struct mh_stream *stream)
{
    return stream->place < queue->count && queue->heap[stream->place] == stream;
}

int mh_stream_queue_put(struct mh_stream_queue *queue, struct mh_stream *stream)
{
    int r = reserve_one(queue);

    if (r < 0)
        return r;
    set(queue, queue->count++, stream);
    rise(queue, stream->place);
    return 0;
}

void mh_stream_queue_move(struct mh_stream_queue *queue, struct mh_stream *stream)
{
    rise(queue, stream->place);
    sink(queue, stream->place);
}

void mh_stream_queue_remove(struct mh_stream_queue *queue, struct mh_stream *stream)
{
    if (!holds(queue, stream))
        return;

    struct mh_stream *last = queue->heap[--queue->count];
    if (last == stream)
        return;
    set(queue, stream->place, last);
    mh_stream_queue_move(queue, last);
}

struct mh_stream *mh_stream_queue_first(const struct mh_stream_queue *queue)
{
    return queue->count > 0 ? queue->heap[0] : NULL;
}

void mh_stream_queue_done(struct mh_stream_queue *queue)
{
    free(queue->heap);
    *queue = (struct mh_stream_queue){0};
}
