/* What a faulty link does to the frames of one direction, decided frame by frame: lost, late,
 * twice, out of turn. No I/O and no clock: the same seed and the same frames at the same times
 * give the same fates, on any kernel. The words are those of tc-netem(8).
 *
 * Every decision about the n-th frame is drawn from (seed, n, what is decided) alone, so that
 * one option more does not shift what the others do. */
#pragma once

#include "net/frame_filter.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MH_DROP_RULE_NUMBERS_MAX = 32 };

/* Drops by count: those of its matching frames, counted from 1, that one of the three names. */
struct mh_drop_rule {
    struct mh_frame_filter *only; /* NULL: every frame; owned */
    uint64_t numbers[MH_DROP_RULE_NUMBERS_MAX];
    size_t number_count;
    uint64_t first; /* the first so many */
    uint64_t every; /* each so many-th; 0: none */
    uint64_t matched;
};

struct mh_impairment_plan {
    uint64_t seed;
    struct mh_frame_filter *only; /* NULL: every frame; others pass untouched; owned */
    double loss;                  /* shares of the frames, 0 to 1 */
    double duplicate;
    double reorder; /* these overtake: they skip the delay */
    uint64_t delay_ns;
    uint64_t jitter_ns; /* evenly spread over delay - jitter to delay + jitter */
    /* Time on the wire: for each frame, and for each byte of it with its Ethernet header. */
    uint64_t frame_ns;
    double byte_ns;
    size_t queue_frames;        /* more than so many waiting for the wire are dropped */
    struct mh_drop_rule *rules; /* owned */
    size_t rule_count;
};

struct mh_impairment;

/* Takes over what the plan owns, also when it fails (-ENOMEM). */
int mh_impairment_new(
    const struct mh_impairment_plan *plan, struct mh_impairment **ret_impairment);
struct mh_impairment *mh_impairment_free(struct mh_impairment *impairment);
/* Frees what a plan owns that nobody took over. */
void mh_impairment_plan_done(struct mh_impairment_plan *plan);

enum mh_drop_cause {
    MH_NOT_DROPPED,
    MH_DROPPED_BY_LOSS,
    MH_DROPPED_BY_RULE,
    MH_DROPPED_BY_QUEUE
};

struct mh_fate {
    bool concerned; /* `only` let it in; else all below is as if there were no impairment */
    enum mh_drop_cause cause;
    bool overtakes;
    bool twice;
    uint64_t due_ns;  /* when it leaves the link; at the earliest when it came */
    uint64_t copy_ns; /* its duplicate */
};

/* What becomes of this frame, which came at `now_ns`. Never earlier than the one before. */
struct mh_fate mh_impairment_decide(
    struct mh_impairment *impairment, const uint8_t *frame, size_t length, uint64_t now_ns);
