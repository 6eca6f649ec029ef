/* Datagrams of one size to one destination, sent many at a time: what streams are made of.
 *
 * As single frames (sendmmsg) each goes through the network by itself. Offloaded (UDP_SEGMENT,
 * udp(7)) one buffer goes through it for as many as fit, and is cut up at the receiving socket;
 * whatever looks at frames on the way (a capture, a counter, a filter) sees one large one.
 * Neither kind takes part in the proof of departure: a time stamp for each would cost more than
 * the datagram.
 */
#pragma once

#include "net/mcast_socket.h"

struct mh_train;

/* Room for `capacity` datagrams of `size` bytes each. NULL: out of memory. */
struct mh_train *mh_train_new(
    const struct mh_addr *to, uint16_t port, size_t size, size_t capacity);
struct mh_train *mh_train_free(struct mh_train *train);
/* Where datagram `i` is written. */
uint8_t *mh_train_slot(const struct mh_train *train, size_t i);

/* How many datagrams of `size` bytes one offloaded send can carry; 1: none but itself. */
size_t mh_train_segments(size_t size);

/* Sends the first `count` datagrams, `segments` in one (1: as single frames). Returns how many
 * the kernel took, or the negative errno of the first. */
int mh_train_send(
    struct mh_mcast_socket *socket, struct mh_train *train, size_t count, size_t segments);

/* May datagrams that came as one be read as one (UDP_GRO)? Then mh_datagram.segment_size tells
 * how to take them apart. 0 or a negative errno. */
int mh_mcast_socket_set_coalescing(struct mh_mcast_socket *socket, bool coalesce);
