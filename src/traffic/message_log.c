#include "traffic/message_log.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

enum { FIRST_CAPACITY = 4 };

int mh_message_log_reserve(struct mh_message_log *log, size_t more)
{
    if (log->capacity - log->count >= more)
        return 0;

    size_t capacity = log->capacity ? log->capacity * 2 : FIRST_CAPACITY;
    if (capacity < log->count + more)
        capacity = log->count + more;
    struct mh_logged_message *entries = realloc(log->entries, capacity * sizeof(*entries));
    if (!entries)
        return -ENOMEM;
    log->entries = entries;
    log->capacity = capacity;
    return 0;
}

struct mh_message *mh_message_log_add(
    struct mh_message_log *log, const struct mh_datagram *datagram, uint64_t order)
{
    assert(log->count < log->capacity);
    struct mh_logged_message *entry = &log->entries[log->count++];

    *entry = (struct mh_logged_message){
        .message =
            {
                .time_ns = datagram->time_ns,
                .from = datagram->from,
                .from_port = datagram->from_port,
                .to = datagram->to,
                .interface_index = datagram->interface_index,
                .ttl = datagram->ttl,
                .truncated = datagram->truncated,
                .data = mh_payload_keep(&log->payloads, datagram->payload, datagram->length),
                .length = datagram->length,
                .hash = mh_payload_hash(datagram->payload, datagram->length),
            },
        .order = order,
    };
    return &entry->message;
}

void mh_message_log_done(struct mh_message_log *log)
{
    free(log->entries);
    mh_payload_store_done(&log->payloads);
    *log = (struct mh_message_log){0};
}
