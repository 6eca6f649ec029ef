/* One direction of an impaired link: takes frames where they leave the kernel, decides what
 * becomes of them, keeps those that are late, and sends them on. Private to the traffic layer;
 * whoever calls holds the link's lock. */
#pragma once

#include "net/frame_outlet.h"
#include "net/frame_ring.h"
#include "traffic/delay_line.h"
#include "traffic/impaired_link.h"

enum { MH_LANE_BATCH = MH_FRAME_BATCH };

struct mh_lane {
    struct mh_frame_ring *ring; /* NULL: the direction is not open */
    struct mh_delay_line *line;
    struct mh_impairment *impairment; /* NULL: every frame passes at once */
    int outlet;
    struct mh_link_counters counters;
    uint64_t ring_drops;   /* of the ring, when the impairment began */
    uint64_t last_come_ns; /* monotonic, as all that follow */
    uint64_t latest_due_ns;
    struct mh_link_drop drops[MH_LINK_DROPS_KEPT]; /* a ring: the n-th at n % KEPT */
    struct iovec batch[MH_LANE_BATCH];
    size_t batch_count;
};

int mh_lane_open(struct mh_lane *lane, const struct mh_lane_place *place, struct mh_error *err);
void mh_lane_close(struct mh_lane *lane);
/* Takes over the impairment; counts anew. */
void mh_lane_impair(struct mh_lane *lane, struct mh_impairment *impairment);

/* Sends what is due and takes in what came, at most a batch of each. False: there was nothing.
 */
bool mh_lane_work(struct mh_lane *lane);
/* Takes in all that came. */
void mh_lane_catch_up(struct mh_lane *lane);
/* Ends the impairment, and sends all that is kept, in order, whether it is due or not. */
void mh_lane_release(struct mh_lane *lane);
/* When something is due; UINT64_MAX: nothing is kept. */
uint64_t mh_lane_next_ns(const struct mh_lane *lane);
void mh_lane_count(struct mh_lane *lane, struct mh_link_counters *ret_counters);
