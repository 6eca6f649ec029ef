/* Whose messages are these? Pure: looks only into logs. */
#pragma once

#include "traffic/match.h"
#include "traffic/message_log.h"
#include "traffic/sent_log.h"

struct mh_delivery_sender {
    const struct mh_sent_log *sends;
    const struct mh_addr *sources;
    size_t source_count; /* 0: any address */
    uint16_t port;
};

struct mh_delivery_receiver {
    const struct mh_message_log *messages;
    size_t since; /* the first message that counts */
    uint16_t port;
};

struct mh_delivery_replier {
    const struct mh_message_log *messages; /* the sender's own */
    const struct mh_addr *addresses;
    size_t address_count;
};

/* mh_endpoint_deliveries() and mh_endpoint_replies() on their logs. `match` has room for all of
 * the sender's sends. */
size_t mh_count_deliveries(struct mh_match *match, const struct mh_delivery_sender *sender,
    size_t number, const struct mh_delivery_receiver *receiver, size_t *ret_first);
size_t mh_count_replies(struct mh_match *match, const struct mh_sent_log *sends, size_t number,
    const struct mh_delivery_replier *replier, size_t *ret_first);
