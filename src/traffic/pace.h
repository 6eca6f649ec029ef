/* When is the next datagram due? A schedule of slots, counted from 0, in groups of `burst`.
 *
 * Each time is worked out anew from the beginning, by whole numbers, so nothing adds up: after
 * a day the schedule is still exact to the nanosecond, and a sender that was late once is not
 * late for ever. Pure: knows no clock.
 */
#pragma once

#include <stdint.h>

struct mh_pace {
    uint64_t start_ns;
    uint64_t rate_upps; /* millionths of a packet per second; 0: as fast as possible */
    uint64_t burst;     /* slots that are due together, at least 1; the rate is their average */
};

/* The largest rate: 100 million packets per second. */
#define MH_PACE_RATE_MAX_UPPS (UINT64_C(100000000) * 1000000)

/* When slot `number` is due. */
uint64_t mh_pace_time_ns(const struct mh_pace *pace, uint64_t number);
/* How many slots are due at `now_ns`; UINT64_MAX when there is no rate. */
uint64_t mh_pace_due(const struct mh_pace *pace, uint64_t now_ns);
