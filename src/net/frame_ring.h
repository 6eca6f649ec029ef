/* Takes the frames that arrive at one device out of the kernel, many at a time: a ring of slots
 * that both sides see (packet(7), PACKET_MMAP, TPACKET_V2). Its size is its own and not bounded
 * by net.core.rmem_max, so that a burst is not lost where nobody may raise that. */
#pragma once

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mh_frame_ring;

struct mh_ring_frame {
    uint8_t *bytes; /* in the ring, until it is released */
    size_t length;
    uint64_t time_ns; /* realtime, when the device had it */
};

/* For frames of up to `frame_max` bytes, with Ethernet header. Frames that the device itself
 * sends are left out. */
int mh_frame_ring_open(int netns_fd, unsigned interface_index, size_t frame_max,
    struct mh_frame_ring **ret_ring, struct mh_error *err);
struct mh_frame_ring *mh_frame_ring_free(struct mh_frame_ring *ring);
int mh_frame_ring_fd(const struct mh_frame_ring *ring);

/* The next frame that was not yet looked at; false when there is none. A VLAN tag is back in
 * its place. */
bool mh_frame_ring_next(struct mh_frame_ring *ring, struct mh_ring_frame *ret_frame);
/* Gives all frames that were looked at back to the kernel. */
void mh_frame_ring_release(struct mh_frame_ring *ring);
/* Frames lost because the ring was full, or that were longer than a slot. */
uint64_t mh_frame_ring_drops(struct mh_frame_ring *ring);
