/* Steele, Lea, Flood: Fast splittable pseudorandom number generators (OOPSLA 2014), figure 16.
 * Chance that is the same wherever and whenever the seed is the same. */
#pragma once

#include <stdint.h>

#define MH_SPLITMIX_GOLDEN UINT64_C(0x9e3779b97f4a7c15)

/* Its mixing function alone. */
static inline uint64_t mh_splitmix_mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* Evenly from 0 to below 1. */
static inline double mh_splitmix_fraction(uint64_t mixed)
{
    return (double)(mixed >> 11) * 0x1.0p-53;
}
