/* Listens to the frames of one interface (packet(7)), not promiscuous, joins nothing. No frame
 * from before its filter stood is ever read. */
#pragma once

#include "base/error.h"
#include "net/frame_filter.h"

#include <stddef.h>
#include <stdint.h>

struct mh_frame_socket;

/* For observers: frames to groups that arrive; own outgoing ones are left out
 * (PACKET_IGNORE_OUTGOING). Read with mh_frame_socket_receive(). */
int mh_frame_socket_open(int netns_fd, unsigned interface_index,
    struct mh_frame_socket **ret_socket, struct mh_error *err);
/* For captures: the frames that pass the filter (NULL: all), in both directions. Read with
 * mh_frame_batch_receive(). */
int mh_frame_socket_open_capture(int netns_fd, unsigned interface_index,
    const struct mh_frame_filter *filter, struct mh_frame_socket **ret_socket,
    struct mh_error *err);
/* Waits for the kernel, 10 to 20 ms (net/closing.h does not). */
struct mh_frame_socket *mh_frame_socket_free(struct mh_frame_socket *socket);
/* Frees all but the descriptor, which it returns: the caller closes it. */
int mh_frame_socket_release(struct mh_frame_socket *socket);
int mh_frame_socket_fd(const struct mh_frame_socket *socket);

/* One frame into `buffer`. Returns its bytes, 0 when nothing waits, or a negative errno.
 * -ENETDOWN is told once when the link goes down; reading may go on. */
int mh_frame_socket_receive(struct mh_frame_socket *socket, uint8_t *buffer, size_t size,
    uint64_t *ret_time_ns, struct mh_error *err);
/* Frames lost because the socket's buffer was full (PACKET_STATISTICS), counted up by us. */
uint64_t mh_frame_socket_drops(struct mh_frame_socket *socket);
