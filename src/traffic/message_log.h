/* What came in at one endpoint, in the order of reading. */
#pragma once

#include "traffic/endpoint.h"
#include "traffic/match.h"
#include "traffic/payload.h"

struct mh_logged_message {
    struct mh_message message;
    uint64_t order; /* struct mh_moment */
};

/* Zero-initialised is empty. */
struct mh_message_log {
    struct mh_logged_message *entries;
    size_t count;
    size_t capacity;
    struct mh_payload_store payloads;
};

/* Room for `more` entries, asked for before they are read: what cannot be logged stays in the
 * kernel, which counts what it drops. 0 or -ENOMEM. */
int mh_message_log_reserve(struct mh_message_log *log, size_t more);
/* Within what was reserved. Without memory for the bytes the message is logged without them
 * (`data` NULL): it is counted and its hash is known. Valid until the next reservation. */
struct mh_message *mh_message_log_add(
    struct mh_message_log *log, const struct mh_datagram *datagram, uint64_t order);
void mh_message_log_done(struct mh_message_log *log);
