/* Listens to the frames that arrive at one interface (packet(7)), not promiscuous, joins
 * nothing. Own outgoing frames are left out (PACKET_IGNORE_OUTGOING). */
#pragma once

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct mh_frame_socket;

int mh_frame_socket_open(int netns_fd, unsigned interface_index,
    struct mh_frame_socket **ret_socket, struct mh_error *err);
struct mh_frame_socket *mh_frame_socket_free(struct mh_frame_socket *socket);
int mh_frame_socket_fd(const struct mh_frame_socket *socket);

/* One frame into `buffer`. Returns its bytes, 0 when nothing waits, or a negative errno.
 * -ENETDOWN is told once when the link goes down; reading may go on. */
int mh_frame_socket_receive(struct mh_frame_socket *socket, uint8_t *buffer, size_t size,
    uint64_t *ret_time_ns, struct mh_error *err);
/* Frames lost because the socket's buffer was full (PACKET_STATISTICS), counted up by us. */
uint64_t mh_frame_socket_drops(struct mh_frame_socket *socket);
