/* Whose messages are these? Pure: looks only into logs. */
#pragma once

#include "traffic/match.h"
#include "traffic/message_log.h"
#include "traffic/sent_log.h"

struct mh_sender_identity {
    const struct mh_addr *sources;
    size_t source_count; /* 0: any address */
    uint16_t port;
};

/* mh_endpoint_deliveries() and mh_endpoint_replies() on their logs. `match` has room for all of
 * the sender's sends. */
size_t mh_count_deliveries(struct mh_match *match, const struct mh_sent_log *sends,
    const struct mh_sender_identity *sender, size_t number,
    const struct mh_message_log *messages, uint16_t receiver_port, size_t since,
    size_t *ret_first);
size_t mh_count_replies(struct mh_match *match, const struct mh_sent_log *sends, size_t number,
    const struct mh_message_log *messages, const struct mh_addr *addresses,
    size_t address_count, size_t *ret_first);
