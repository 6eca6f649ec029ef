/* How many in each tenth of a second since a stream began. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define MH_SERIES_STEP_NS UINT64_C(100000000)

/* Zero-initialised is empty. */
struct mh_series {
    uint32_t *counts;
    size_t count; /* steps until the last one that has something */
    size_t capacity;
};

/* Adds `amount` to the step in which `after_ns` lies. What comes after the first million steps
 * (27 hours) is counted in the last of them. 0 or -ENOMEM. */
int mh_series_add(struct mh_series *series, uint64_t after_ns, uint32_t amount);
void mh_series_done(struct mh_series *series);
