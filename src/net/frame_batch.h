/* Buffers for one recvmmsg(2) of frames; shared by any number of sockets of one thread.
 *
 * The kernel keeps two parts of a frame beside it, for devices to add: the VLAN tag, and the
 * checksum of what a host sends. Where the socket captures, both are put where they were, or
 * would have been, on the wire. */
#pragma once

#include "net/captured_frame.h"
#include "net/frame_socket.h"

struct mh_frame_batch;

struct mh_frame_batch *mh_frame_batch_new(void);
struct mh_frame_batch *mh_frame_batch_free(struct mh_frame_batch *batch);

/* Returns how many frames, 0 when nothing waits, or a negative errno. -ENETDOWN is told once
 * when the link goes down, or is down when the socket is opened; reading may go on. */
int mh_frame_batch_receive(struct mh_frame_batch *batch, const struct mh_frame_socket *socket);
int mh_frame_batch_capacity(void);
/* Valid until the next call of mh_frame_batch_receive(). */
const struct mh_captured_frame *mh_frame_batch_at(const struct mh_frame_batch *batch, int i);
