/* How long did it take? Counts of durations, to three significant digits.
 *
 * Like HdrHistogram, and with its names: counters stand one nanosecond apart up to 2048 ns, and
 * twice as far apart with each further doubling, so that a value is known to 0.1 % of itself
 * wherever it lies, up to 100 s. The counters of a doubling are made when the first value falls
 * into it, as bytes until one of them is full: a histogram costs as much as the values are
 * spread, and a thousand receivers have a thousand of them.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The largest value that is told from larger ones. */
#define MH_HISTOGRAM_MAX_NS UINT64_C(100000000000)

enum { MH_HISTOGRAM_OCTAVES = 27 };

/* Zero-initialised is empty. */
struct mh_histogram {
    union mh_histogram_octave {
        uint8_t *narrow; /* NULL: no value fell there */
        uint32_t *wide;
    } octaves[MH_HISTOGRAM_OCTAVES];
    uint32_t widened; /* which are wide, a bit for each */
    uint64_t count;
    uint64_t min_ns; /* exact, as max and sum are */
    uint64_t max_ns;
    uint64_t sum_ns; /* wraps after 584 years of waiting in all */
};

/* The value `times` times. 0; -ENOMEM, or -ERANGE when a counter would go beyond 2^32 - 1: then
 * nothing was counted. */
int mh_histogram_add(struct mh_histogram *histogram, uint64_t value_ns, uint32_t times);
/* The value is about to be added: fetches its counter into the processor's cache. Values of a
 * batch lie far apart, and to wait for each counter takes longer than all else. */
void mh_histogram_expect(const struct mh_histogram *histogram, uint64_t value_ns);
/* The value that `fraction` (0 to 1) of all values do not exceed: the largest that its counter
 * stands for, never beyond the maximum. 0 when it is empty. */
uint64_t mh_histogram_value_at(const struct mh_histogram *histogram, double fraction);
uint64_t mh_histogram_mean_ns(const struct mh_histogram *histogram);
/* Adds what `from` counted. Else -ENOMEM or -ERANGE: then only part of it was added. */
int mh_histogram_merge(struct mh_histogram *histogram, const struct mh_histogram *from);
void mh_histogram_done(struct mh_histogram *histogram);
