#include "test.h"
#include "traffic/number_set.h"
#include "traffic/splitmix.h"

#include <errno.h>

static uint64_t chance_of(uint64_t *seed)
{
    return mh_splitmix_mix(*seed += MH_SPLITMIX_GOLDEN);
}

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

/* Runs and single numbers by chance, near the end of a page: the same as number by number. */
static void a_run_is_the_same_as_its_numbers(void **state)
{
    struct mh_number_set *set = *state, one_by_one = {.count = 0};
    uint64_t seed = 1;

    for (int i = 0; i < 2000; i++) {
        uint64_t first = 65536 - 3000 + chance_of(&seed) % 6000;
        uint64_t count = 1 + chance_of(&seed) % (i % 2 ? 3 : 200);
        bool is_new = mh_number_set_count(&one_by_one, first, first + count) == 0;
        int r = mh_number_set_add_run(set, first, count);
        assert_true(r == 0 || is_new);
        assert_true(r == 1 || !is_new || first / 65536 != (first + count - 1) / 65536);
        for (uint64_t number = first; number < first + count; number++) {
            int added = mh_number_set_add(&one_by_one, number);
            if (r == 0)
                assert_int_equal(mh_number_set_add(set, number), added);
        }
        assert_int_equal(set->count, one_by_one.count);
    }
    for (uint64_t number = 0; number < 70000; number++)
        assert_int_equal(mh_number_set_count(set, number, number + 1),
            mh_number_set_count(&one_by_one, number, number + 1));
    mh_number_set_done(&one_by_one);
}

static void a_page_that_runs_fill_is_full(void **state)
{
    struct mh_number_set *set = *state;

    for (uint64_t first = 0; first < 65536; first += 64)
        assert_int_equal(mh_number_set_add_run(set, first, 64), 1);
    assert_int_equal(mh_number_set_count(set, 0, 65537), 65536);
    assert_int_equal(mh_number_set_add_run(set, 128, 64), 0);
    assert_int_equal(mh_number_set_add_run(set, MH_NUMBER_MAX + 1, 2), 0);
    assert_int_equal(mh_number_set_add(set, 7), 0);
    assert_int_equal(set->count, 65536);
}

static void those_that_follow_each_other_may_begin_anywhere(void **state)
{
    struct mh_number_set *set = *state;

    for (uint64_t i = 3000; i < 3100; i++)
        assert_int_equal(mh_number_set_add(set, i), 1);
    assert_int_equal(mh_number_set_add_run(set, 3100, 64), 1);
    assert_int_equal(mh_number_set_add(set, 3000), 0);
    assert_int_equal(mh_number_set_add(set, 3163), 0);
    assert_int_equal(mh_number_set_count(set, 0, 65536), 164);
    assert_int_equal(mh_number_set_count(set, 3099, 3101), 2);
    assert_int_equal(mh_number_set_count(set, 0, 3000), 0);
    assert_int_equal(mh_number_set_add_run(set, 3160, 64), 0);

    assert_int_equal(mh_number_set_add(set, 2999), 1); /* one that came late */
    assert_int_equal(mh_number_set_add_run(set, 3170, 64), 1);
    for (uint64_t i = 2990; i < 3240; i++)
        assert_int_equal(mh_number_set_count(set, i, i + 1),
            (i >= 2999 && i < 3164) || (i >= 3170 && i < 3234));
    assert_int_equal(set->count, 229);
}

#define WITH_SET(test) cmocka_unit_test_setup_teardown(test, open_empty, close_it)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SET(each_number_is_new_once),
        WITH_SET(full_pages_still_know_their_numbers),
        WITH_SET(counts_any_range),
        WITH_SET(a_number_beyond_all_reason_is_refused),
        WITH_SET(a_run_is_the_same_as_its_numbers),
        WITH_SET(a_page_that_runs_fill_is_full),
        WITH_SET(those_that_follow_each_other_may_begin_anywhere),
    };
    return cmocka_run_group_tests_name("traffic/number_set", tests, NULL, NULL);
}
