/* Keeps the packets of a host's interfaces, for as long as there is room. They are read beside
 * the loop (capture_reader.h); whoever needs to know what there is now says mh_capture_read().
 * All calls are for the loop's thread. */
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
/* Its bytes stay where they are until the capture is cleared or closed. */
struct mh_captured_frame mh_capture_packet(const struct mh_capture *capture, size_t i);
/* The first packet from number `from` on that matches; SIZE_MAX: none does. */
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
