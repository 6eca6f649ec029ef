#include "loop/tail.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

static void is_empty_at_first(void **state)
{
    (void)state;
    struct mh_tail tail = {0};
    size_t length = 7;

    assert_string_equal(mh_tail_read(&tail, &length), "");
    assert_int_equal(length, 0);
    assert_int_equal(mh_tail_append(&tail, "", 0), 0);
    mh_tail_done(&tail);
}

static void keeps_what_is_appended(void **state)
{
    (void)state;
    struct mh_tail tail = {0};
    size_t length;

    assert_int_equal(mh_tail_append(&tail, "one\0", 4), 0);
    assert_int_equal(mh_tail_append(&tail, "two", 3), 0);
    assert_memory_equal(mh_tail_read(&tail, &length), "one\0two", 7);
    assert_int_equal(length, 7);
    mh_tail_done(&tail);
}

/* Numbers of eight bytes each, many times what is kept: the last ones are there. */
static void keeps_the_end_of_a_long_stream(void **state)
{
    (void)state;
    enum { NUMBERS = 10 * MH_TAIL_KEPT / 8 };
    struct mh_tail tail = {0};
    char number[16];
    size_t length;

    for (int i = 0; i < NUMBERS; i++) {
        snprintf(number, sizeof(number), "%8d", i);
        assert_int_equal(mh_tail_append(&tail, number, 8), 0);
        assert_true(tail.capacity <= 4 * MH_TAIL_KEPT);
    }
    const char *kept = mh_tail_read(&tail, &length);
    assert_int_equal(length, MH_TAIL_KEPT);
    for (int i = 0; i < MH_TAIL_KEPT / 8; i++) {
        snprintf(number, sizeof(number), "%8d", NUMBERS - MH_TAIL_KEPT / 8 + i);
        assert_memory_equal(kept + 8 * (size_t)i, number, 8);
    }
    mh_tail_done(&tail);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_empty_at_first),
        cmocka_unit_test(keeps_what_is_appended),
        cmocka_unit_test(keeps_the_end_of_a_long_stream),
    };
    return cmocka_run_group_tests_name("loop/tail", tests, NULL, NULL);
}
