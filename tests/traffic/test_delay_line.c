#include "test.h"
#include "traffic/delay_line.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void put(struct mh_delay_line *line, uint8_t mark, uint64_t due_ns)
{
    assert_int_equal(mh_delay_line_put(line, &mark, 1, due_ns), 0);
}

static void expect_next(struct mh_delay_line *line, uint64_t now_ns, uint8_t mark)
{
    struct mh_delayed_frame frame;

    assert_true(mh_delay_line_take(line, now_ns, &frame));
    assert_int_equal(frame.length, 1);
    assert_int_equal(frame.bytes[0], mark);
    free(frame.bytes);
}

static void gives_out_what_is_due_in_its_order(void **state)
{
    struct mh_delay_line *line = mh_delay_line_new();
    struct mh_delayed_frame frame;

    (void)state;
    put(line, 3, 300);
    put(line, 1, 100);
    put(line, 2, 200);
    assert_int_equal(mh_delay_line_next_ns(line), 100);
    assert_false(mh_delay_line_take(line, 99, &frame));
    expect_next(line, 100, 1);
    expect_next(line, 250, 2);
    assert_false(mh_delay_line_take(line, 299, &frame));
    expect_next(line, 300, 3);
    assert_int_equal(mh_delay_line_next_ns(line), UINT64_MAX);
    assert_false(mh_delay_line_take(line, UINT64_MAX, &frame));
    mh_delay_line_free(line);
}

static void of_those_due_together_the_first_goes_first(void **state)
{
    struct mh_delay_line *line = mh_delay_line_new();

    (void)state;
    for (int i = 0; i < 200; i++)
        put(line, (uint8_t)i, 100 + (uint64_t)(i % 2) * 100);
    for (int i = 0; i < 200; i += 2)
        expect_next(line, 1000, (uint8_t)i);
    for (int i = 1; i < 200; i += 2)
        expect_next(line, 1000, (uint8_t)i);
    mh_delay_line_free(line);
}

/* Against the obvious: the earliest of all that are there. */
static void stays_in_order_through_thousands(void **state)
{
    enum { COUNT = 5000 };
    struct mh_delay_line *line = mh_delay_line_new();
    uint64_t last = 0, random = 1;
    struct mh_delayed_frame frame;

    (void)state;
    for (int i = 0; i < COUNT; i++) {
        random = random * 6364136223846793005U + 1442695040888963407U;
        put(line, 0, last + (random >> 40));
        if (i % 3 == 0) {
            assert_true(mh_delay_line_take(line, UINT64_MAX - 1, &frame));
            assert_true(frame.due_ns >= last);
            last = frame.due_ns;
            free(frame.bytes);
        }
    }
    while (mh_delay_line_take(line, UINT64_MAX - 1, &frame)) {
        assert_true(frame.due_ns >= last);
        last = frame.due_ns;
        free(frame.bytes);
    }
    assert_int_equal(mh_delay_line_count(line), 0);
    mh_delay_line_free(line);
}

static void takes_no_more_than_it_may(void **state)
{
    struct mh_delay_line *line = mh_delay_line_new();
    const size_t size = MH_DELAY_LINE_BYTES / 4;
    uint8_t *bytes = calloc(1, size);
    struct mh_delayed_frame frame;

    (void)state;
    for (int i = 0; i < 4; i++)
        assert_int_equal(mh_delay_line_put(line, bytes, size, 1), 0);
    assert_int_equal(mh_delay_line_put(line, bytes, 1, 1), -ENOBUFS);
    assert_true(mh_delay_line_take(line, 1, &frame));
    free(frame.bytes);
    assert_int_equal(mh_delay_line_put(line, bytes, 1, 1), 0);
    free(bytes);
    mh_delay_line_free(line); /* with frames in it */
    assert_null(mh_delay_line_free(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_out_what_is_due_in_its_order),
        cmocka_unit_test(of_those_due_together_the_first_goes_first),
        cmocka_unit_test(stays_in_order_through_thousands),
        cmocka_unit_test(takes_no_more_than_it_may),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
