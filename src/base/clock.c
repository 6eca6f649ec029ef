#include "base/clock.h"

#include <time.h>

static uint64_t now_ns(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return mh_clock_timespec_ns(&now);
}

uint64_t mh_clock_monotonic_ns(void)
{
    return now_ns(CLOCK_MONOTONIC);
}

uint64_t mh_clock_realtime_ns(void)
{
    return now_ns(CLOCK_REALTIME);
}

uint64_t mh_clock_to_monotonic_ns(uint64_t realtime_ns)
{
    uint64_t realtime_now = mh_clock_realtime_ns();

    return mh_clock_monotonic_ns() - (realtime_now - realtime_ns);
}

uint64_t mh_clock_to_realtime_ns(uint64_t monotonic_ns)
{
    uint64_t monotonic_now = mh_clock_monotonic_ns();

    return mh_clock_realtime_ns() - (monotonic_now - monotonic_ns);
}
