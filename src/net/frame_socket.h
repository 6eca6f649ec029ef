/* Listens to the frames of one interface (packet(7)), not promiscuous, joins nothing. No frame
 * from before its filter stood is ever read. Read with mh_frame_batch_receive(). */
#pragma once

#include "base/error.h"
#include "net/frame_filter.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mh_frame_socket;

/* For observers: frames to groups that arrive; own outgoing ones are left out
 * (PACKET_IGNORE_OUTGOING). They are read without the tag and the checksum that the kernel
 * keeps beside them. */
int mh_frame_socket_open(int netns_fd, unsigned interface_index,
    struct mh_frame_socket **ret_socket, struct mh_error *err);
/* For captures: the frames that pass the filter (NULL: all), in both directions. */
int mh_frame_socket_open_capture(int netns_fd, unsigned interface_index,
    const struct mh_frame_filter *filter, struct mh_frame_socket **ret_socket,
    struct mh_error *err);
/* Waits for the kernel, 10 to 20 ms (net/closing.h does not). */
struct mh_frame_socket *mh_frame_socket_free(struct mh_frame_socket *socket);
/* Frees all but the descriptor, which it returns: the caller closes it. */
int mh_frame_socket_release(struct mh_frame_socket *socket);
int mh_frame_socket_fd(const struct mh_frame_socket *socket);

/* Does a struct virtio_net_hdr stand in front of each frame (PACKET_VNET_HDR)? */
bool mh_frame_socket_tells_offload(const struct mh_frame_socket *socket);
/* Frames lost because the socket's buffer was full (PACKET_STATISTICS), counted up by us. */
uint64_t mh_frame_socket_drops(struct mh_frame_socket *socket);
