#include "test.h"
#include "traffic/pace.h"

static const uint64_t second = UINT64_C(1000000000);

static struct mh_pace pace_of(uint64_t packets_per_second, uint64_t burst)
{
    return (struct mh_pace){
        .start_ns = 5 * second, .rate_upps = packets_per_second * 1000000, .burst = burst};
}

static void slots_are_evenly_spaced(void **state)
{
    struct mh_pace pace = pace_of(10000, 1);
    (void)state;

    for (uint64_t i = 0; i < 1000; i++)
        assert_int_equal(mh_pace_time_ns(&pace, i), 5 * second + i * 100000);
}

static void one_more_is_due_with_each_slot(void **state)
{
    struct mh_pace pace = pace_of(10000, 1);
    (void)state;

    assert_int_equal(mh_pace_due(&pace, 5 * second - 1), 0);
    assert_int_equal(mh_pace_due(&pace, 5 * second), 1);
    assert_int_equal(mh_pace_due(&pace, 5 * second + 99999), 1);
    assert_int_equal(mh_pace_due(&pace, 5 * second + 100000), 2);
}

/* Three in a second: 333333333.33 ns do not add up, and must not. */
static void does_not_drift(void **state)
{
    struct mh_pace pace = pace_of(3, 1);
    uint64_t day = 86400;
    (void)state;

    assert_int_equal(mh_pace_time_ns(&pace, 3 * day), (5 + day) * second);
    assert_int_equal(mh_pace_due(&pace, (5 + day) * second), 3 * day + 1);
    assert_int_equal(mh_pace_due(&pace, (5 + day) * second - 1), 3 * day);
}

static void no_slot_is_due_before_its_time(void **state)
{
    static const uint64_t rates[] = {1, 3, 7, 999, 30000, 1234567, 100000000};
    (void)state;

    for (size_t r = 0; r < sizeof(rates) / sizeof(rates[0]); r++) {
        struct mh_pace pace = pace_of(rates[r], 1);
        for (uint64_t i = 1; i < 2000; i++) {
            uint64_t time = mh_pace_time_ns(&pace, i);
            assert_true(mh_pace_due(&pace, time) >= i + 1);
            assert_true(mh_pace_due(&pace, time - 1) <= i);
        }
    }
}

static void a_burst_is_due_at_once(void **state)
{
    struct mh_pace pace = pace_of(1000, 50);
    (void)state;

    assert_int_equal(mh_pace_due(&pace, 5 * second), 50);
    assert_int_equal(mh_pace_due(&pace, 5 * second + 49999999), 50);
    assert_int_equal(mh_pace_due(&pace, 5 * second + 50000000), 100);
    assert_int_equal(mh_pace_time_ns(&pace, 49), 5 * second);
    assert_int_equal(mh_pace_time_ns(&pace, 50), 5 * second + 50000000);
}

static void slow_rates_have_fractions(void **state)
{
    struct mh_pace pace = {.start_ns = 0, .rate_upps = 100000, .burst = 1}; /* 0.1 */
    (void)state;

    assert_int_equal(mh_pace_time_ns(&pace, 3), 30 * second);
    assert_int_equal(mh_pace_due(&pace, 30 * second), 4);
}

static void without_a_rate_everything_is_due(void **state)
{
    struct mh_pace pace = {.start_ns = 9, .burst = 1};
    (void)state;

    assert_true(mh_pace_due(&pace, 9) == UINT64_MAX);
    assert_int_equal(mh_pace_time_ns(&pace, 1000), 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slots_are_evenly_spaced),
        cmocka_unit_test(one_more_is_due_with_each_slot),
        cmocka_unit_test(does_not_drift),
        cmocka_unit_test(no_slot_is_due_before_its_time),
        cmocka_unit_test(a_burst_is_due_at_once),
        cmocka_unit_test(slow_rates_have_fractions),
        cmocka_unit_test(without_a_rate_everything_is_due),
    };
    return cmocka_run_group_tests_name("traffic/pace", tests, NULL, NULL);
}
