/* One frame as an interface of ours sent or received it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct mh_captured_frame {
    uint64_t time_ns; /* CLOCK_REALTIME */
    unsigned interface_index;
    uint8_t packet_type; /* packet(7): PACKET_HOST, PACKET_MULTICAST ... PACKET_OUTGOING */
    bool outgoing;       /* the last of these */
    uint32_t length;     /* as it was on the wire */
    uint32_t captured;   /* how much of it is here */
    const uint8_t *bytes;
};
