#include "test.h"
#include "traffic/number_set.h"

#include <errno.h>

static int open_empty(void **state)
{
    static struct mh_number_set set;

    set = (struct mh_number_set){.count = 0};
    *state = &set;
    return 0;
}

static int close_it(void **state)
{
    mh_number_set_done(*state);
    return 0;
}

static void each_number_is_new_once(void **state)
{
    struct mh_number_set *set = *state;

    assert_int_equal(mh_number_set_add(set, 5), 1);
    assert_int_equal(mh_number_set_add(set, 5), 0);
    assert_int_equal(mh_number_set_add(set, 200000), 1);
    assert_int_equal(mh_number_set_add(set, 0), 1);
    assert_int_equal(mh_number_set_add(set, 200000), 0);
    assert_int_equal(set->count, 3);
}

/* Full pages keep no bits; they must still know. */
static void full_pages_still_know_their_numbers(void **state)
{
    struct mh_number_set *set = *state;

    for (uint64_t i = 0; i < 200000; i++)
        assert_int_equal(mh_number_set_add(set, i), 1);
    for (uint64_t i = 0; i < 200000; i += 77)
        assert_int_equal(mh_number_set_add(set, i), 0);
    assert_int_equal(set->count, 200000);
    assert_int_equal(mh_number_set_count(set, 0, 300000), 200000);
    assert_int_equal(mh_number_set_count(set, 65530, 131080), 65550);
}

static void counts_any_range(void **state)
{
    struct mh_number_set *set = *state;

    for (uint64_t i = 0; i < 140000; i += 3)
        mh_number_set_add(set, i);
    for (uint64_t first = 65000; first < 66200; first += 41)
        for (uint64_t end = first; end < first + 700; end += 13) {
            uint64_t wanted = (end + 2) / 3 - (first + 2) / 3;
            assert_int_equal(mh_number_set_count(set, first, end), wanted);
        }
    assert_int_equal(mh_number_set_count(set, 0, UINT64_MAX), set->count);
    assert_int_equal(mh_number_set_count(set, 10, 10), 0);
}

static void a_number_beyond_all_reason_is_refused(void **state)
{
    struct mh_number_set *set = *state;

    assert_int_equal(mh_number_set_add(set, MH_NUMBER_MAX + 1), -ERANGE);
    assert_int_equal(mh_number_set_add(set, UINT64_MAX), -ERANGE);
    assert_int_equal(set->count, 0);
}

#define WITH_SET(test) cmocka_unit_test_setup_teardown(test, open_empty, close_it)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SET(each_number_is_new_once),
        WITH_SET(full_pages_still_know_their_numbers),
        WITH_SET(counts_any_range),
        WITH_SET(a_number_beyond_all_reason_is_refused),
    };
    return cmocka_run_group_tests_name("traffic/number_set", tests, NULL, NULL);
}
