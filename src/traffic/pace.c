#include "traffic/pace.h"

/* Nanoseconds per second times millionths per packet. */
static const uint64_t scale = UINT64_C(1000000000) * 1000000;

/* Rounded up: nothing is ever due early. */
uint64_t mh_pace_time_ns(const struct mh_pace *pace, uint64_t number)
{
    if (pace->rate_upps == 0)
        return pace->start_ns;

    uint64_t first_of_burst = number - number % pace->burst;
    __extension__ unsigned __int128 ticks = (unsigned __int128)first_of_burst * scale;
    return pace->start_ns + (uint64_t)((ticks + pace->rate_upps - 1) / pace->rate_upps);
}

uint64_t mh_pace_due(const struct mh_pace *pace, uint64_t now_ns)
{
    if (pace->rate_upps == 0)
        return UINT64_MAX;
    if (now_ns < pace->start_ns)
        return 0;

    __extension__ unsigned __int128 ticks =
        (unsigned __int128)(now_ns - pace->start_ns) * pace->rate_upps;
    uint64_t passed = (uint64_t)(ticks / scale);
    return (passed / pace->burst + 1) * pace->burst;
}
