/* The packets of a capture, in the order of reading, as many as there is room for. */
#pragma once

#include "net/captured_frame.h"
#include "traffic/payload.h"

#include <stdbool.h>

/* Empty when all but `room` is zero. */
struct mh_packet_log {
    struct mh_captured_frame *packets;
    size_t count;
    size_t capacity;
    struct mh_payload_store bytes;
    size_t room; /* bytes that may be taken, for the packets and the records of them */
    size_t taken;
    uint64_t unkept; /* packets for which there was no room, or no memory */
};

/* Copies the packet; false when it is not kept, and counted. */
bool mh_packet_log_add(struct mh_packet_log *log, const struct mh_captured_frame *packet);
/* Forgets all packets and counts; the room stays what it is. */
void mh_packet_log_clear(struct mh_packet_log *log);
