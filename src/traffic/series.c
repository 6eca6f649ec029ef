#include "traffic/series.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 64, STEPS_MAX = 1000000 };

static int reserve(struct mh_series *series, size_t wanted)
{
    size_t capacity = series->capacity ? series->capacity : FIRST_CAPACITY;
    if (wanted <= series->capacity)
        return 0;

    while (capacity < wanted)
        capacity *= 2;
    uint32_t *counts = realloc(series->counts, capacity * sizeof(*counts));
    if (!counts)
        return -ENOMEM;
    memset(counts + series->capacity, 0, (capacity - series->capacity) * sizeof(*counts));
    series->counts = counts;
    series->capacity = capacity;
    return 0;
}

int mh_series_add(struct mh_series *series, uint64_t after_ns, uint32_t amount)
{
    uint64_t step = after_ns / MH_SERIES_STEP_NS;

    if (step >= STEPS_MAX)
        step = STEPS_MAX - 1;
    if (reserve(series, (size_t)step + 1) < 0)
        return -ENOMEM;
    series->counts[step] += amount;
    if (series->count <= step)
        series->count = (size_t)step + 1;
    return 0;
}

void mh_series_done(struct mh_series *series)
{
    free(series->counts);
    *series = (struct mh_series){0};
}
