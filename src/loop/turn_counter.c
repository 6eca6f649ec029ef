#include "loop/turn_counter.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

struct mh_turn_counter {
    uv_prepare_t before_waiting; /* first: the close callbacks find the whole counter */
    uv_check_t after_waiting;
    atomic_uint count;
};

/* Callbacks of descriptors run between both: they are the loop's own work, and short. */
static void on_prepare(uv_prepare_t *prepare)
{
    struct mh_turn_counter *counter = prepare->data;

    atomic_fetch_add_explicit(&counter->count, 1, memory_order_relaxed);
}

static void on_check(uv_check_t *check)
{
    struct mh_turn_counter *counter = check->data;

    atomic_fetch_add_explicit(&counter->count, 1, memory_order_relaxed);
}

/* None of these can fail (libuv's documentation of uv_prepare_t and uv_check_t). */
int mh_turn_counter_new(uv_loop_t *loop, struct mh_turn_counter **ret_counter)
{
    struct mh_turn_counter *counter = calloc(1, sizeof(*counter));
    if (!counter)
        return -ENOMEM;

    atomic_init(&counter->count, 1);
    uv_prepare_init(loop, &counter->before_waiting);
    uv_check_init(loop, &counter->after_waiting);
    counter->before_waiting.data = counter->after_waiting.data = counter;
    uv_prepare_start(&counter->before_waiting, on_prepare);
    uv_check_start(&counter->after_waiting, on_check);
    uv_unref((uv_handle_t *)&counter->before_waiting);
    uv_unref((uv_handle_t *)&counter->after_waiting);
    *ret_counter = counter;
    return 0;
}

unsigned mh_turn_counter_read(const struct mh_turn_counter *counter)
{
    return atomic_load_explicit(&counter->count, memory_order_relaxed);
}

static void free_counter(uv_handle_t *handle)
{
    free(handle->data);
}

static void close_rest(uv_handle_t *handle)
{
    struct mh_turn_counter *counter = handle->data;

    uv_close((uv_handle_t *)&counter->after_waiting, free_counter);
}

struct mh_turn_counter *mh_turn_counter_close(struct mh_turn_counter *counter)
{
    if (counter)
        uv_close((uv_handle_t *)&counter->before_waiting, close_rest);
    return NULL;
}
