#include "test.h"
#include "traffic/series.h"

static void counts_by_tenths_of_a_second(void **state)
{
    struct mh_series series = {.count = 0};
    (void)state;

    assert_int_equal(mh_series_add(&series, 0, 1), 0);
    assert_int_equal(mh_series_add(&series, 99999999, 2), 0);
    assert_int_equal(mh_series_add(&series, 100000000, 4), 0);
    assert_int_equal(mh_series_add(&series, UINT64_C(30000000000), 8), 0);
    assert_int_equal(series.count, 301);
    assert_int_equal(series.counts[0], 3);
    assert_int_equal(series.counts[1], 4);
    assert_int_equal(series.counts[150], 0);
    assert_int_equal(series.counts[300], 8);
    mh_series_done(&series);
}

static void what_is_too_late_counts_in_the_last_step(void **state)
{
    struct mh_series series = {.count = 0};
    (void)state;

    assert_int_equal(mh_series_add(&series, UINT64_MAX, 1), 0);
    assert_int_equal(mh_series_add(&series, UINT64_MAX / 2, 1), 0);
    assert_int_equal(series.count, 1000000);
    assert_int_equal(series.counts[999999], 2);
    mh_series_done(&series);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_by_tenths_of_a_second),
        cmocka_unit_test(what_is_too_late_counts_in_the_last_step),
    };
    return cmocka_run_group_tests_name("traffic/series", tests, NULL, NULL);
}
