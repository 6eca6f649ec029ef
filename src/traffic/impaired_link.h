/* A link of our own in user space, with a thread of its own: frames that were led out of a
 * host's cable (lab/detour.h) pass through here, and suffer what an impairment says. Each
 * direction has its own. Made for 200,000 frames a second on one core: frames come through a
 * ring and go in batches; those that are not late are never copied by us. */
#pragma once

#include "base/addr.h"
#include "base/error.h"
#include "traffic/impairment.h"

struct mh_impaired_link;

enum mh_link_direction { MH_LINK_TO_HOST, MH_LINK_FROM_HOST, MH_LINK_DIRECTIONS };

/* Where the frames of one direction come out and go on (struct mh_detour). */
struct mh_lane_place {
    int netns_fd;
    unsigned exit;
    unsigned entrance;
    uint32_t mark;
    size_t frame_max; /* the longest frame, with Ethernet header */
};

struct mh_link_counters {
    uint64_t seen;      /* frames that the impairment concerned */
    uint64_t untouched; /* frames that it did not (`only`) */
    uint64_t passed;    /* concerned and sent on, duplicates among them */
    uint64_t dropped;   /* by loss, rule or queue */
    uint64_t delayed;
    uint64_t duplicated;
    uint64_t reordered;  /* overtook one that came before */
    uint64_t overflowed; /* lost because we could not keep up, or had no memory */
    uint64_t refused;    /* lost because the port did not take them: the link was down */
    uint64_t held;       /* on their way now */
};

enum { MH_LINK_DROPS_KEPT = 1024 };

/* Addresses are AF_UNSPEC where the frame carried no IP. */
struct mh_link_drop {
    uint64_t time_ns; /* realtime */
    enum mh_drop_cause cause;
    struct mh_addr source;
    struct mh_addr destination;
    uint8_t protocol;
    uint16_t source_port;
    uint16_t port;
    size_t length; /* of the payload */
};

/* Starts the thread. */
int mh_impaired_link_new(struct mh_impaired_link **ret_link, struct mh_error *err);
/* Ends the thread; what is on its way is lost. Takes NULL; returns NULL. */
struct mh_impaired_link *mh_impaired_link_free(struct mh_impaired_link *link);

/* Once for each direction, before frames take the detour. */
int mh_impaired_link_open(struct mh_impaired_link *link, enum mh_link_direction direction,
    const struct mh_lane_place *place, struct mh_error *err);
bool mh_impaired_link_is_open(
    const struct mh_impaired_link *link, enum mh_link_direction direction);

/* From now on; takes the impairment over. Counters begin anew; frames on their way keep their
 * times. */
void mh_impaired_link_impair(struct mh_impaired_link *link, enum mh_link_direction direction,
    struct mh_impairment *impairment);
/* From now on frames pass at once. Those on their way are sent on first, in order and before
 * their time. Counters stay as they are. */
void mh_impaired_link_release(struct mh_impaired_link *link, enum mh_link_direction direction);

/* Of all that had come until now. */
void mh_impaired_link_count(struct mh_impaired_link *link, enum mh_link_direction direction,
    struct mh_link_counters *ret_counters);
/* The drops from number `since` (0-based) on of those that are kept, the last
 * MH_LINK_DROPS_KEPT. Returns how many were written to `drops`, at most `size`. */
size_t mh_impaired_link_drops(struct mh_impaired_link *link, enum mh_link_direction direction,
    uint64_t since, struct mh_link_drop *drops, size_t size);
