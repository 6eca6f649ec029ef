#include "test.h"
#include "traffic/histogram.h"

#include <errno.h>

static int open_empty(void **state)
{
    static struct mh_histogram histogram;

    histogram = (struct mh_histogram){.count = 0};
    *state = &histogram;
    return 0;
}

static int close_it(void **state)
{
    mh_histogram_done(*state);
    return 0;
}

static void add(struct mh_histogram *histogram, uint64_t value_ns)
{
    assert_int_equal(mh_histogram_add(histogram, value_ns, 1), 0);
}

/* 0.1 % of the value, and never less than asked. */
static void assert_about(uint64_t got, uint64_t wanted)
{
    if (got < wanted || got - wanted > wanted / 1000)
        fail_msg("%llu is not %llu to three digits", (unsigned long long)got,
            (unsigned long long)wanted);
}

static void empty_has_nothing(void **state)
{
    struct mh_histogram *histogram = *state;

    assert_int_equal(mh_histogram_value_at(histogram, 0.5), 0);
    assert_int_equal(mh_histogram_mean_ns(histogram), 0);
}

static void three_digits_hold_over_the_whole_range(void **state)
{
    struct mh_histogram *histogram = *state;

    for (uint64_t value = 100; value <= MH_HISTOGRAM_MAX_NS; value += value / 700 + 1) {
        struct mh_histogram one = {.count = 0};
        add(&one, value);
        add(&one, MH_HISTOGRAM_MAX_NS); /* else the maximum would correct it */
        assert_about(mh_histogram_value_at(&one, 0.5), value);
        mh_histogram_done(&one);
        add(histogram, value);
    }
    assert_int_equal(histogram->min_ns, 100);
}

static void percentiles_are_those_of_the_sorted_values(void **state)
{
    struct mh_histogram *histogram = *state;

    for (uint64_t i = 1000; i > 0; i--)
        add(histogram, i * 10000);
    assert_about(mh_histogram_value_at(histogram, 0.5), 5000000);
    assert_about(mh_histogram_value_at(histogram, 0.9), 9000000);
    assert_about(mh_histogram_value_at(histogram, 0.99), 9900000);
    assert_about(mh_histogram_value_at(histogram, 0.999), 9990000);
    assert_int_equal(mh_histogram_value_at(histogram, 1), 10000000);
    assert_about(mh_histogram_value_at(histogram, 0), 10000);
    assert_int_equal(mh_histogram_mean_ns(histogram), 5005000);
    assert_int_equal(histogram->min_ns, 10000);
    assert_int_equal(histogram->max_ns, 10000000);
}

static void extremes_are_exact_and_counted(void **state)
{
    struct mh_histogram *histogram = *state;

    add(histogram, 0);
    add(histogram, 500 * UINT64_C(1000000000));
    assert_int_equal(histogram->count, 2);
    assert_int_equal(mh_histogram_value_at(histogram, 0.5), 0);
    assert_int_equal(histogram->max_ns, 500 * UINT64_C(1000000000));
}

static void a_percentile_never_exceeds_the_maximum(void **state)
{
    struct mh_histogram *histogram = *state;

    add(histogram, 4097); /* its counter goes up to 4099 */
    assert_int_equal(mh_histogram_value_at(histogram, 0.99), 4097);
}

static void merging_counts_both(void **state)
{
    struct mh_histogram *histogram = *state;
    struct mh_histogram other = {.count = 0};

    add(histogram, 1000);
    assert_int_equal(mh_histogram_merge(histogram, &other), 0);
    assert_int_equal(histogram->min_ns, 1000);
    add(&other, 50);
    add(&other, 7000000);
    assert_int_equal(mh_histogram_merge(histogram, &other), 0);
    assert_int_equal(histogram->count, 3);
    assert_int_equal(histogram->min_ns, 50);
    assert_int_equal(histogram->max_ns, 7000000);
    assert_int_equal(mh_histogram_value_at(histogram, 0.5), 1000);
    mh_histogram_done(&other);
}

static void a_full_counter_counts_no_further(void **state)
{
    struct mh_histogram *histogram = *state;

    assert_int_equal(mh_histogram_add(histogram, 5, UINT32_MAX), 0);
    assert_int_equal(mh_histogram_add(histogram, 5, 1), -ERANGE);
    assert_int_equal(histogram->count, UINT32_MAX);
}

/* Counters are bytes until one is full. */
static void counters_grow_with_what_they_count(void **state)
{
    struct mh_histogram *histogram = *state;
    struct mh_histogram other = {.count = 0};

    for (int i = 0; i < 255; i++)
        add(histogram, 3000);
    add(histogram, 3500);
    add(histogram, 900);
    assert_int_equal(histogram->widened, 0);
    assert_int_equal(mh_histogram_add(histogram, 3000, 1000), 0);
    assert_int_equal(mh_histogram_add(&other, 3000, 200), 0);
    assert_int_equal(mh_histogram_merge(&other, histogram), 0);
    assert_int_equal(mh_histogram_merge(histogram, &other), 0);
    assert_int_equal(histogram->count, 255 + 1000 + 2 + 200 + 255 + 1000 + 2);
    assert_int_equal(mh_histogram_value_at(histogram, 2.0 / 2714), 900);
    assert_about(mh_histogram_value_at(histogram, 3.0 / 2714), 3000);
    assert_about(mh_histogram_value_at(histogram, 2712.0 / 2714), 3000);
    assert_int_equal(mh_histogram_value_at(histogram, 2713.0 / 2714), 3500);
    mh_histogram_done(&other);
}

static void many_times_is_the_same_as_each_time(void **state)
{
    struct mh_histogram *histogram = *state, each = {.count = 0};

    for (uint64_t value = 1; value < UINT64_C(1) << 38; value = value * 3 + 1) {
        uint32_t times = (uint32_t)(value % 5) + 1;
        mh_histogram_expect(histogram, value); /* with and without its counters */
        assert_int_equal(histogram->count, each.count);
        assert_int_equal(mh_histogram_add(histogram, value, times), 0);
        for (uint32_t i = 0; i < times; i++)
            add(&each, value);
    }
    assert_int_equal(histogram->count, each.count);
    assert_int_equal(mh_histogram_mean_ns(histogram), mh_histogram_mean_ns(&each));
    assert_int_equal(histogram->min_ns, each.min_ns);
    assert_int_equal(histogram->max_ns, each.max_ns);
    for (int i = 0; i <= 100; i++)
        assert_int_equal(mh_histogram_value_at(histogram, i / 100.0),
            mh_histogram_value_at(&each, i / 100.0));
    mh_histogram_done(&each);
}

#define WITH_HISTOGRAM(test) cmocka_unit_test_setup_teardown(test, open_empty, close_it)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_HISTOGRAM(empty_has_nothing),
        WITH_HISTOGRAM(three_digits_hold_over_the_whole_range),
        WITH_HISTOGRAM(percentiles_are_those_of_the_sorted_values),
        WITH_HISTOGRAM(extremes_are_exact_and_counted),
        WITH_HISTOGRAM(a_percentile_never_exceeds_the_maximum),
        WITH_HISTOGRAM(merging_counts_both),
        WITH_HISTOGRAM(a_full_counter_counts_no_further),
        WITH_HISTOGRAM(counters_grow_with_what_they_count),
        WITH_HISTOGRAM(many_times_is_the_same_as_each_time),
    };
    return cmocka_run_group_tests_name("traffic/histogram", tests, NULL, NULL);
}
