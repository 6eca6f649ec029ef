/* When the kernel took nothing of a stream: no number is missing, and yet nobody got anything.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* One after the other, without anything that was taken in between. Times are CLOCK_REALTIME. */
struct mh_refusal {
    uint64_t number;    /* the next one that was taken, or would have been */
    uint64_t count;     /* slots of the schedule, or attempts where there is none */
    uint64_t before_ns; /* when the one before it was sent */
    uint64_t after_ns;  /* when that number was, or the last refusal */
};

/* Zero-initialised is empty. */
struct mh_refusals {
    struct mh_refusal *entries; /* by number */
    size_t count;
    size_t capacity;
};

/* In place of `number`, at `now_ns`. What is beyond a million entries, or memory, is not
 * listed: 0, or -ENOMEM. */
int mh_refusals_add(
    struct mh_refusals *refusals, uint64_t number, uint64_t before_ns, uint64_t now_ns);
/* `number` has been taken. */
void mh_refusals_end(struct mh_refusals *refusals, uint64_t number, uint64_t now_ns);
void mh_refusals_done(struct mh_refusals *refusals);
