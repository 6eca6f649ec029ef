/* The two kernel clocks that matter, in nanoseconds. */
#pragma once

#include <stdint.h>
#include <time.h>

uint64_t mh_clock_monotonic_ns(void); /* CLOCK_MONOTONIC: deadlines, mcast.now() */
uint64_t mh_clock_realtime_ns(void);  /* CLOCK_REALTIME: what the kernel stamps packets with */

static inline uint64_t mh_clock_timespec_ns(const struct timespec *time)
{
    return (uint64_t)time->tv_sec * 1000000000U + (uint64_t)time->tv_nsec;
}

/* A packet's time stamp (realtime) on the monotonic scale, by the clocks' offset now. */
uint64_t mh_clock_to_monotonic_ns(uint64_t realtime_ns);
/* And back, likewise. */
uint64_t mh_clock_to_realtime_ns(uint64_t monotonic_ns);
