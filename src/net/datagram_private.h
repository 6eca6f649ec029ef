/* A batch of datagrams as the kernel fills it, and what was stashed as it came; what the files
 * of receiving share, nobody else includes this. */
#pragma once

#include "net/stash.h"

/* Packet info, TTL and time stamp, the latter twice on a tracked socket (SO_TIMESTAMPING). */
enum { MH_SLOT_CONTROL_SIZE = 256 };

/* What the kernel fills beside the payload; kept in the order in which it is touched. */
struct mh_datagram_slot {
    struct iovec payload;
    union mh_sockaddr from;
    _Alignas(struct cmsghdr) uint8_t control[MH_SLOT_CONTROL_SIZE];
};

struct mh_datagram_batch {
    size_t capacity;
    struct mmsghdr *headers;
    struct mh_datagram_slot *slots;
    struct mh_datagram *datagrams;
    uint8_t *payloads;
};

/* One system call, into `room` slots from `first` on. Returns how many, 0 when nothing is
 * waiting, or a negative errno. */
int mh_datagram_slots_fill(const struct mh_mcast_socket *part, struct mh_datagram_batch *batch,
    size_t first, size_t room);
/* It has been read: the kernel may fill it again. */
void mh_datagram_slot_reset(struct mh_datagram_batch *batch, size_t slot);

/* Puts the part's oldest stashed datagram into the slot, as the kernel would. False: there is
 * none. */
bool mh_stash_take(struct mh_mcast_socket *part, struct mh_datagram_batch *batch, size_t slot);
/* Forgets those of the part. */
void mh_stash_drop(struct mh_mcast_socket *part);
