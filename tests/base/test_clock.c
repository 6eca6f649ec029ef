#include "base/clock.h"
#include "test.h"

#include <time.h>

enum { SECOND = 1000000000 };

static void tells_the_two_kernel_clocks(void **state)
{
    struct timespec monotonic;
    struct timespec realtime;
    (void)state;

    clock_gettime(CLOCK_MONOTONIC, &monotonic);
    clock_gettime(CLOCK_REALTIME, &realtime);
    assert_in_range(mh_clock_monotonic_ns(), (uint64_t)monotonic.tv_sec * SECOND,
        ((uint64_t)monotonic.tv_sec + 10) * SECOND);
    assert_in_range(mh_clock_realtime_ns(), (uint64_t)realtime.tv_sec * SECOND,
        ((uint64_t)realtime.tv_sec + 10) * SECOND);
}

static void never_goes_back(void **state)
{
    (void)state;
    uint64_t last = mh_clock_monotonic_ns();

    for (int i = 0; i < 1000; i++) {
        uint64_t now = mh_clock_monotonic_ns();
        assert_true(now >= last);
        last = now;
    }
}

static void moves_a_time_stamp_to_the_monotonic_scale(void **state)
{
    (void)state;
    uint64_t stamp = mh_clock_realtime_ns();
    uint64_t expected = mh_clock_monotonic_ns();
    uint64_t moved = mh_clock_to_monotonic_ns(stamp);
    uint64_t older = mh_clock_to_monotonic_ns(stamp - SECOND / 2);

    assert_in_range(moved, expected - SECOND / 10, expected + SECOND / 10);
    assert_in_range(moved - older, SECOND / 2 - SECOND / 10, SECOND / 2 + SECOND / 10);
}

static void moves_a_time_back_to_the_scale_of_stamps(void **state)
{
    (void)state;
    uint64_t stamp = mh_clock_realtime_ns();
    uint64_t back = mh_clock_to_realtime_ns(mh_clock_to_monotonic_ns(stamp));

    assert_in_range(back, stamp - SECOND, stamp + SECOND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_the_two_kernel_clocks),
        cmocka_unit_test(never_goes_back),
        cmocka_unit_test(moves_a_time_stamp_to_the_monotonic_scale),
        cmocka_unit_test(moves_a_time_back_to_the_scale_of_stamps),
    };
    return cmocka_run_group_tests_name("base/clock", tests, NULL, NULL);
}
