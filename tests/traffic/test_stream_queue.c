/* The heap of streams: whatever is put in, moved and taken out, the first is the earliest. */
#include "test.h"
#include "traffic/splitmix.h"
#include "traffic/stream_private.h"
#include "traffic/stream_queue.h"

#include <string.h>

enum { STREAMS = 200 };

static struct mh_stream streams[STREAMS];
static bool is_in[STREAMS];
static struct mh_stream_queue queue;

static int begin(void **state)
{
    (void)state;
    memset(streams, 0, sizeof(streams));
    memset(is_in, 0, sizeof(is_in));
    return 0;
}

static int done(void **state)
{
    (void)state;
    mh_stream_queue_done(&queue);
    return 0;
}

static void assert_first_is_earliest(void)
{
    const struct mh_stream *first = mh_stream_queue_first(&queue);
    size_t count = 0;

    for (size_t i = 0; i < STREAMS; i++) {
        if (!is_in[i])
            continue;
        assert_non_null(first);
        assert_true(first->due_ns <= streams[i].due_ns);
        count++;
    }
    assert_int_equal(queue.count, count);
}

static void step(uint64_t chance)
{
    size_t i = chance % STREAMS;
    struct mh_stream *stream = &streams[i];

    if (is_in[i] && chance >> 62 == 0) {
        mh_stream_queue_remove(&queue, stream);
        is_in[i] = false;
        return;
    }
    stream->due_ns = (chance >> 20) % 1000;
    if (is_in[i])
        mh_stream_queue_move(&queue, stream);
    else
        assert_int_equal(mh_stream_queue_put(&queue, stream), 0);
    is_in[i] = true;
}

static void the_first_is_the_earliest(void **state)
{
    (void)state;

    for (uint64_t i = 0; i < 20000; i++) {
        step(mh_splitmix_mix(i));
        assert_first_is_earliest();
    }
}

static void one_that_is_not_there_is_left_alone(void **state)
{
    (void)state;
    mh_stream_queue_remove(&queue, &streams[0]);
    assert_null(mh_stream_queue_first(&queue));
    assert_int_equal(mh_stream_queue_put(&queue, &streams[1]), 0);
    mh_stream_queue_remove(&queue, &streams[0]);
    assert_ptr_equal(mh_stream_queue_first(&queue), &streams[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_first_is_the_earliest, begin, done),
        cmocka_unit_test_setup_teardown(one_that_is_not_there_is_left_alone, begin, done),
    };
    return cmocka_run_group_tests_name("stream_queue", tests, NULL, NULL);
}
