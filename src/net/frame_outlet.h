/* Sends whole Ethernet frames out of one device, many at a time (packet(7)). */
#pragma once

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

enum { MH_FRAME_BATCH = 64 };

/* A socket that hears nothing; what it sends carries the mark (socket(7), SO_MARK). Returns the
 * descriptor. */
int mh_frame_outlet_open(
    int netns_fd, unsigned interface_index, uint32_t mark, struct mh_error *err);
/* At most MH_FRAME_BATCH frames, in order. Returns how many the device took: those that it
 * refused (a link that is down) are lost, as on a cable. */
size_t mh_frame_outlet_send(int fd, struct iovec *frames, size_t count);
