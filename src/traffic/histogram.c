#include "traffic/histogram.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The first octave is linear up to 2^11; each further one has the upper half of a doubling. */
enum { LINEAR_BITS = 11, LINEAR = 1 << LINEAR_BITS, HALF = LINEAR / 2 };

struct place {
    unsigned octave;
    unsigned counter;
};

static struct place place_of(uint64_t value_ns)
{
    if (value_ns > MH_HISTOGRAM_MAX_NS)
        value_ns = MH_HISTOGRAM_MAX_NS;
    if (value_ns < LINEAR)
        return (struct place){0, (unsigned)value_ns};

    unsigned octave = 64U - (unsigned)__builtin_clzll(value_ns) - LINEAR_BITS;
    return (struct place){octave, (unsigned)(value_ns >> octave) - HALF};
}

/* The largest value that is counted there. */
static uint64_t last_value(struct place place)
{
    if (place.octave == 0)
        return place.counter;
    return ((uint64_t)(place.counter + HALF + 1) << place.octave) - 1;
}

static unsigned size_of_octave(unsigned octave)
{
    return octave == 0 ? LINEAR : HALF;
}

/* ---- counters ------------------------------------------------------------------------------
 */

static bool is_wide(const struct mh_histogram *histogram, unsigned octave)
{
    return histogram->widened >> octave & 1;
}

static bool is_empty(const struct mh_histogram *histogram, unsigned octave)
{
    return !histogram->octaves[octave].narrow;
}

static uint32_t counted(const struct mh_histogram *histogram, struct place place)
{
    union mh_histogram_octave octave = histogram->octaves[place.octave];

    return is_wide(histogram, place.octave) ? octave.wide[place.counter]
                                            : octave.narrow[place.counter];
}

static int reserve(struct mh_histogram *histogram, unsigned octave)
{
    if (is_empty(histogram, octave))
        histogram->octaves[octave].narrow = calloc(size_of_octave(octave), 1);
    return is_empty(histogram, octave) ? -ENOMEM : 0;
}

static int widen(struct mh_histogram *histogram, unsigned octave)
{
    uint8_t *narrow = histogram->octaves[octave].narrow;
    uint32_t *wide = malloc(size_of_octave(octave) * sizeof(*wide));
    if (!wide)
        return -ENOMEM;

    for (unsigned i = 0; i < size_of_octave(octave); i++)
        wide[i] = narrow[i];
    free(narrow);
    histogram->octaves[octave].wide = wide;
    histogram->widened |= UINT32_C(1) << octave;
    return 0;
}

static int add_wide(uint32_t *counter, uint32_t times)
{
    if (UINT32_MAX - *counter < times)
        return -ERANGE;
    *counter += times;
    return 0;
}

static int add_counted(struct mh_histogram *histogram, struct place place, uint32_t times)
{
    if (reserve(histogram, place.octave) < 0)
        return -ENOMEM;
    if (!is_wide(histogram, place.octave)) {
        uint8_t *counter = &histogram->octaves[place.octave].narrow[place.counter];
        if (times <= (uint32_t)(UINT8_MAX - *counter)) {
            *counter = (uint8_t)(*counter + times);
            return 0;
        }
        if (widen(histogram, place.octave) < 0)
            return -ENOMEM;
    }
    return add_wide(&histogram->octaves[place.octave].wide[place.counter], times);
}

/* ---- values --------------------------------------------------------------------------------
 */

int mh_histogram_add(struct mh_histogram *histogram, uint64_t value_ns, uint32_t times)
{
    int r = add_counted(histogram, place_of(value_ns), times);

    if (r < 0)
        return r;
    if (histogram->count == 0 || value_ns < histogram->min_ns)
        histogram->min_ns = value_ns;
    if (value_ns > histogram->max_ns)
        histogram->max_ns = value_ns;
    histogram->count += times;
    histogram->sum_ns += value_ns * times;
    return 0;
}

void mh_histogram_expect(const struct mh_histogram *histogram, uint64_t value_ns)
{
    struct place place = place_of(value_ns);

    if (is_wide(histogram, place.octave))
        __builtin_prefetch(&histogram->octaves[place.octave].wide[place.counter], 1);
    else if (!is_empty(histogram, place.octave))
        __builtin_prefetch(&histogram->octaves[place.octave].narrow[place.counter], 1);
}

static uint64_t clamped(const struct mh_histogram *histogram, uint64_t value_ns)
{
    if (value_ns < histogram->min_ns)
        return histogram->min_ns;
    return value_ns > histogram->max_ns ? histogram->max_ns : value_ns;
}

/* How many values are at or below the one asked for: at least one, at most all. */
static uint64_t rank_of(const struct mh_histogram *histogram, double fraction)
{
    double rank = fraction * (double)histogram->count;
    uint64_t whole = rank > 0 ? (uint64_t)rank : 0;

    if ((double)whole < rank)
        whole++;
    if (whole > histogram->count)
        return histogram->count;
    return whole > 0 ? whole : 1;
}

uint64_t mh_histogram_value_at(const struct mh_histogram *histogram, double fraction)
{
    if (histogram->count == 0)
        return 0;

    uint64_t left = rank_of(histogram, fraction);
    for (unsigned octave = 0; octave < MH_HISTOGRAM_OCTAVES; octave++) {
        for (unsigned i = 0; !is_empty(histogram, octave) && i < size_of_octave(octave); i++) {
            struct place place = {octave, i};
            uint32_t here = counted(histogram, place);
            if (here >= left)
                return clamped(histogram, last_value(place));
            left -= here;
        }
    }
    return histogram->max_ns;
}

uint64_t mh_histogram_mean_ns(const struct mh_histogram *histogram)
{
    return histogram->count ? histogram->sum_ns / histogram->count : 0;
}

static int merge_octave(
    struct mh_histogram *histogram, const struct mh_histogram *from, unsigned octave)
{
    int r = 0;

    for (unsigned i = 0; r == 0 && i < size_of_octave(octave); i++) {
        struct place place = {octave, i};
        uint32_t times = counted(from, place);
        if (times > 0)
            r = add_counted(histogram, place, times);
    }
    return r;
}

int mh_histogram_merge(struct mh_histogram *histogram, const struct mh_histogram *from)
{
    if (from->count == 0)
        return 0;
    for (unsigned octave = 0; octave < MH_HISTOGRAM_OCTAVES; octave++) {
        int r = is_empty(from, octave) ? 0 : merge_octave(histogram, from, octave);
        if (r < 0)
            return r;
    }
    if (histogram->count == 0 || from->min_ns < histogram->min_ns)
        histogram->min_ns = from->min_ns;
    if (from->max_ns > histogram->max_ns)
        histogram->max_ns = from->max_ns;
    histogram->count += from->count;
    histogram->sum_ns += from->sum_ns;
    return 0;
}

void mh_histogram_done(struct mh_histogram *histogram)
{
    for (unsigned octave = 0; octave < MH_HISTOGRAM_OCTAVES; octave++)
        free(histogram->octaves[octave].narrow); /* or wide: one pointer */
    memset(histogram, 0, sizeof(*histogram));
}
