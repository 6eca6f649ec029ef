/* Which of several sends that look alike does a message belong to?
 *
 * Equal payloads to one destination cannot be told apart by content, only by time: messages are
 * given out from the last to the first, each to the latest send not after it that still has
 * none; what is left over is a duplicate of the latest send not after it. So a send that was
 * lost stays without a message although an equal one follows.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* When something was sent or logged: by the kernel's clock, and by the place in the one
 * sequence in which this process logged messages. A message logged before a send is not its
 * own, however the clock was set meanwhile. */
struct mh_moment {
    uint64_t time_ns; /* CLOCK_REALTIME */
    uint64_t order;   /* messages logged before it, on all endpoints together */
};

struct mh_match_slot;

/* Working memory, kept from question to question. Zero-initialised is empty. */
struct mh_match {
    struct mh_match_slot *slots;
    size_t count;
    size_t capacity;
};

#define MH_MATCH_NONE SIZE_MAX

/* Room for `count` sends, ahead of time, so that questions cannot fail. 0 or -ENOMEM. */
int mh_match_reserve(struct mh_match *match, size_t count);
void mh_match_done(struct mh_match *match);

void mh_match_begin(struct mh_match *match);
/* The sends, oldest first, within what was reserved. Returns its number, counted from 0. */
size_t mh_match_add(struct mh_match *match, struct mh_moment sent);
/* The order of the first send: what was logged before it belongs to none of them. */
uint64_t mh_match_first_order(const struct mh_match *match);
/* The messages, newest first: whose is this one? A message that was logged after the first send
 * but is stamped before it (the clock was set back) goes to the first. MH_MATCH_NONE when it
 * was logged before every send. */
size_t mh_match_give(struct mh_match *match, struct mh_moment message);
