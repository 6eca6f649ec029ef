#include "traffic/deliveries.h"

#include <string.h>

static bool same_payload(const uint8_t *a, const uint8_t *b, size_t length)
{
    return !a || !b || memcmp(a, b, length) == 0; /* not kept: the equal hashes must do */
}

static bool sends_alike(const struct mh_logged_send *a, const struct mh_logged_send *b)
{
    return a->sent.hash == b->sent.hash && a->sent.length == b->sent.length &&
           a->sent.port == b->sent.port && mh_addr_equal(&a->sent.to, &b->sent.to) &&
           same_payload(a->data, b->data, a->sent.length);
}

static bool is_among(
    const struct mh_addr *address, const struct mh_addr *addresses, size_t address_count)
{
    for (size_t i = 0; i < address_count; i++)
        if (mh_addr_equal(address, &addresses[i]))
            return true;
    return false;
}

/* What makes a message one of these sends' own, apart from time. */
struct identity {
    const struct mh_logged_send *send; /* NULL: any content, it is a reply */
    uint16_t from_port;
    const struct mh_addr *from; /* NULL: from anywhere */
    size_t from_count;
};

static bool is_identical(const struct identity *identity, const struct mh_message *message)
{
    const struct mh_logged_send *send = identity->send;

    if (send && (message->hash != send->sent.hash || message->length != send->sent.length ||
                    message->from_port != identity->from_port ||
                    !mh_addr_equal(&message->to, &send->sent.to) ||
                    !same_payload(message->data, send->data, message->length)))
        return false;
    return !identity->from || is_among(&message->from, identity->from, identity->from_count);
}

static struct mh_moment sent_at(const struct mh_logged_send *send)
{
    return (struct mh_moment){.time_ns = send->sent.time_ns, .order = send->order};
}

/* Collects the sends that look like `alike` (NULL: all of them do). Returns which of them is
 * `number`. */
static size_t collect_sends(struct mh_match *match, const struct mh_sent_log *sends,
    size_t number, const struct mh_logged_send *alike)
{
    size_t target = MH_MATCH_NONE;

    mh_match_begin(match);
    for (size_t i = 0; i < sends->count; i++) {
        const struct mh_logged_send *send = &sends->entries[i];
        if (alike && !sends_alike(send, alike))
            continue;
        size_t place = mh_match_add(match, sent_at(send));
        if (i == number)
            target = place;
    }
    return target;
}

/* Gives the messages out, newest first, and counts what `target` got. Ends at the first message
 * that was logged before every send. */
static size_t count_for(struct mh_match *match, size_t target, const struct identity *identity,
    const struct mh_message_log *messages, size_t since, size_t *ret_first)
{
    uint64_t earliest = mh_match_first_order(match);
    size_t count = 0;

    for (size_t i = messages->count; i-- > since;) {
        const struct mh_logged_message *entry = &messages->entries[i];
        if (entry->order < earliest)
            break;
        if (!is_identical(identity, &entry->message))
            continue;
        struct mh_moment moment = {.time_ns = entry->message.time_ns, .order = entry->order};
        if (mh_match_give(match, moment) != target)
            continue;
        count++;
        if (ret_first)
            *ret_first = i;
    }
    return count;
}

static bool is_newest_alike(
    const struct mh_sent_log *sends, size_t number, const struct mh_logged_send *alike)
{
    for (size_t i = number + 1; i < sends->count; i++)
        if (!alike || sends_alike(&sends->entries[i], alike))
            return false;
    return true;
}

/* Who asks right after a send, as a request does for each of its acknowledgements, asks for the
 * newest of its kind. Whatever was logged since can only be its own while there is no more than
 * one such message, so nothing older has to be looked at. False: not that simple. */
static bool count_for_newest(const struct mh_logged_send *send, const struct identity *identity,
    const struct mh_message_log *messages, size_t since, size_t *ret_count, size_t *ret_first)
{
    size_t count = 0;
    size_t first = 0;

    for (size_t i = messages->count; i-- > since;) {
        const struct mh_logged_message *entry = &messages->entries[i];
        if (entry->order < send->order)
            break;
        if (!is_identical(identity, &entry->message))
            continue;
        if (count++ || entry->message.time_ns < send->sent.time_ns)
            return false;
        first = i;
    }
    if (ret_first && count)
        *ret_first = first;
    *ret_count = count;
    return true;
}

size_t mh_count_deliveries(struct mh_match *match, const struct mh_delivery_sender *sender,
    size_t number, const struct mh_delivery_receiver *receiver, size_t *ret_first)
{
    const struct mh_logged_send *send = &sender->sends->entries[number];
    if (send->sent.port != receiver->port || receiver->messages->count <= receiver->since)
        return 0;

    struct identity identity = {
        .send = send,
        .from_port = sender->port,
        .from = sender->source_count ? sender->sources : NULL,
        .from_count = sender->source_count,
    };
    size_t count;
    if (is_newest_alike(sender->sends, number, send) &&
        count_for_newest(
            send, &identity, receiver->messages, receiver->since, &count, ret_first))
        return count;

    size_t target = collect_sends(match, sender->sends, number, send);
    return count_for(match, target, &identity, receiver->messages, receiver->since, ret_first);
}

size_t mh_count_replies(struct mh_match *match, const struct mh_sent_log *sends, size_t number,
    const struct mh_delivery_replier *replier, size_t *ret_first)
{
    struct identity identity = {
        .from = replier->addresses, .from_count = replier->address_count};
    size_t count;
    if (is_newest_alike(sends, number, NULL) &&
        count_for_newest(
            &sends->entries[number], &identity, replier->messages, 0, &count, ret_first))
        return count;

    size_t target = collect_sends(match, sends, number, NULL);
    return count_for(match, target, &identity, replier->messages, 0, ret_first);
}
