/* Streams whose packets are not evenly spaced: when is the next one due? A schedule that is
 * walked from its beginning, drawn from a seed alone: the same seed gives the same schedule,
 * whatever else happens. Pure: knows no clock.
 *
 * The first packet is due at once, since it shows whether the stream can be sent at all; from
 * there on each schedule is in its steady state, so that many of them that begin together are
 * not in step:
 *
 * constant  evenly spaced behind a first gap of random length (RFC 3432, section 3)
 * Poisson   gaps with an exponential distribution (RFC 2330, section 11.1.1)
 * on, off   evenly spaced while on, nothing while off; both last for exponential times, so that
 *           it is a Poisson process that interrupts itself
 */
#pragma once

#include <stdint.h>

enum mh_shape_kind { MH_SHAPE_NONE, MH_SHAPE_CONSTANT, MH_SHAPE_POISSON, MH_SHAPE_ON_OFF };

struct mh_shape {
    enum mh_shape_kind kind;
    uint64_t seed;
    uint64_t on_ns; /* the means; of MH_SHAPE_ON_OFF */
    uint64_t off_ns;
};

/* Its place in the schedule. A copy goes on by itself. */
struct mh_shape_walk {
    struct mh_shape shape;
    double gap_ns;     /* the mean, or while it is on */
    double offset_ns;  /* of the next packet, from the first */
    double on_left_ns; /* after the next packet */
    uint64_t number;   /* of the next packet, from 0 */
    uint64_t chance;
};

/* Fewer than one packet in so many on and off periods are not worth the walk. */
enum { MH_SHAPE_PERIODS_MAX = 1000 };

/* `rate_upps` is the average, in millionths of a packet per second, above 0. */
struct mh_shape_walk mh_shape_begin(const struct mh_shape *shape, uint64_t rate_upps);
/* To the packet after the next one. */
void mh_shape_step(struct mh_shape_walk *walk);
/* When the next packet is due, from the first one on; rounded up: nothing is ever due early. */
uint64_t mh_shape_offset_ns(const struct mh_shape_walk *walk);
/* How many packets, `most` at most, are due within `until_ns` of the first one. */
uint64_t mh_shape_due(const struct mh_shape_walk *walk, uint64_t until_ns, uint64_t most);
