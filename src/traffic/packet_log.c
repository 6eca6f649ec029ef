#include "traffic/packet_log.h"

#include <stdlib.h>

enum { FIRST_CAPACITY = 16 };

static bool reserve_one(struct mh_packet_log *log)
{
    if (log->count < log->capacity)
        return true;

    size_t capacity = log->capacity ? log->capacity * 2 : FIRST_CAPACITY;
    struct mh_captured_frame *packets = reallocarray(log->packets, capacity, sizeof(*packets));
    if (!packets)
        return false;
    log->packets = packets;
    log->capacity = capacity;
    return true;
}

static bool keep(struct mh_packet_log *log, const struct mh_captured_frame *packet)
{
    size_t needed = packet->captured + sizeof(*packet);
    if (needed > log->room - log->taken || !reserve_one(log))
        return false;

    const uint8_t *bytes = mh_payload_keep(&log->bytes, packet->bytes, packet->captured);
    if (!bytes)
        return false;
    log->packets[log->count] = *packet;
    log->packets[log->count].bytes = bytes;
    log->count++;
    log->taken += needed;
    return true;
}

/* Once one is not kept no later one is: what is there has no gap. */
bool mh_packet_log_add(struct mh_packet_log *log, const struct mh_captured_frame *packet)
{
    if (log->unkept == 0 && keep(log, packet))
        return true;
    log->unkept++;
    return false;
}

void mh_packet_log_clear(struct mh_packet_log *log)
{
    free(log->packets);
    mh_payload_store_done(&log->bytes);
    *log = (struct mh_packet_log){.room = log->room};
}
