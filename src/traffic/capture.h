/* Keeps the packets of a host's interfaces, for as long as there is room.
 *
 * Reading is left to wait while the interfaces are busy, as network drivers do it: after a
 * first packet, all that came is read every few milliseconds, until nothing came. So a capture
 * on each of many hosts takes little from what is captured. Whoever needs to know what there is
 * now says mh_capture_read(). */
#pragma once

#include "net/captured_frame.h"
#include "net/frame_filter.h"
#include "net/frame_socket.h"
#include "traffic/traffic.h"

#include <stddef.h>
#include <stdint.h>

struct mh_capture;

/* `room`: bytes of memory for the packets. */
int mh_capture_new(struct mh_traffic *traffic, size_t room, struct mh_capture **ret_capture,
    struct mh_error *err);
/* Takes the socket over, also on failure. */
int mh_capture_add(struct mh_capture *capture, unsigned interface_index,
    struct mh_frame_socket *socket, struct mh_error *err);
/* Borrows a filter that the kernel cannot run (mh_frame_filter_asks_for_tag()): only what
 * matches is kept. */
void mh_capture_set_filter(struct mh_capture *capture, const struct mh_frame_filter *filter);
/* Takes NULL; returns NULL. */
struct mh_capture *mh_capture_close(struct mh_capture *capture);
/* Captures no more; what it has stays. */
void mh_capture_stop(struct mh_capture *capture);

/* Reads all that waits; returns how much was kept. Tells nobody. */
size_t mh_capture_read(struct mh_capture *capture);
size_t mh_capture_count(const struct mh_capture *capture);
const struct mh_captured_frame *mh_capture_packet(const struct mh_capture *capture, size_t i);
/* The first packet from number `from` on that matches; the count when there is none. */
size_t mh_capture_find(
    const struct mh_capture *capture, const struct mh_frame_filter *filter, size_t from);
/* Forgets the packets and, of the counts, those that were not kept. */
void mh_capture_clear(struct mh_capture *capture);

struct mh_capture_losses {
    uint64_t kernel_drops; /* packets lost because a socket's buffer was full */
    uint64_t unkept;       /* packets read for which there was no room */
    uint64_t downs;        /* how often an interface was found down, or to be going down */
};
/* Of one interface (0: of all) since the capture was opened; `unkept` of all, since it was
 * cleared. Drops are asked of the kernel. */
struct mh_capture_losses mh_capture_losses(
    const struct mh_capture *capture, unsigned interface_index);
