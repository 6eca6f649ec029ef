#include "base/clock.h"
#include "traffic/endpoint_private.h"
#include "traffic/stream_private.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- beside a worker ------------------------------------------------------------------------
 */

void mh_endpoint_share(struct mh_endpoint *endpoint, bool shared)
{
    endpoint->shared += shared ? 1U : -1U;
}

void mh_endpoint_lock(const struct mh_endpoint *endpoint)
{
    if (endpoint->shared > 0)
        mh_stream_worker_lock(endpoint->traffic->worker);
}

void mh_endpoint_unlock(const struct mh_endpoint *endpoint)
{
    if (endpoint->shared > 0)
        mh_stream_worker_unlock(endpoint->traffic->worker);
}

/* ---- departures -----------------------------------------------------------------------------
 */

/* Under the lock, as all that is called of the socket's sending here. */
static void take_departures(struct mh_endpoint *endpoint)
{
    struct mh_departure departure;

    while (mh_mcast_socket_next_departure(endpoint->socket, &departure) > 0)
        if (!mh_stream_take_departure(endpoint->traffic, endpoint, &departure))
            mh_sent_log_depart(&endpoint->sends, &departure);
}

void mh_endpoint_read_departures(struct mh_endpoint *endpoint)
{
    mh_endpoint_lock(endpoint);
    take_departures(endpoint);
    mh_endpoint_unlock(endpoint);
}

/* ---- sending --------------------------------------------------------------------------------
 */

int mh_endpoint_set_sources(
    struct mh_endpoint *endpoint, const struct mh_addr *sources, size_t count)
{
    struct mh_addr *copy = NULL;

    if (count > 0) {
        copy = malloc(count * sizeof(*copy));
        if (!copy)
            return -ENOMEM;
        memcpy(copy, sources, count * sizeof(*copy));
    }
    free(endpoint->sources);
    endpoint->sources = copy;
    endpoint->source_count = count;
    return 0;
}

/* The error queue is emptied first: what stands in it would fail this send in place of the one
 * that it is about. */
static int send_now(struct mh_endpoint *endpoint, const struct mh_addr *to, uint16_t port,
    const void *data, size_t length, struct mh_error *err)
{
    struct mh_logged_send draft = {
        .sent = {.to = *to, .port = port},
        .order = endpoint->traffic->order,
    };

    take_departures(endpoint);
    draft.sent.time_ns = mh_clock_realtime_ns();
    int r = mh_sent_log_begin(&endpoint->sends, &draft, data, length);
    if (r < 0)
        return mh_error_set(err, r, "send", "log a send of %zu bytes", length);
    r = mh_mcast_socket_send(endpoint->socket, to, port, data, length, err);
    mh_sent_log_end(&endpoint->sends, r);
    return r < 0 ? r : 0;
}

int mh_endpoint_send(struct mh_endpoint *endpoint, const struct mh_addr *to, uint16_t port,
    const void *data, size_t length, struct mh_error *err)
{
    int r = mh_match_reserve(&endpoint->traffic->match, endpoint->sends.count + 1);
    if (r < 0)
        return mh_error_set(err, r, "send", "log a send of %zu bytes", length);

    mh_endpoint_lock(endpoint);
    r = send_now(endpoint, to, port, data, length, err);
    mh_endpoint_unlock(endpoint);
    if (r < 0)
        return r;
    mh_endpoint_has_sent(endpoint);
    mh_endpoint_read_departures(endpoint); /* on a veth it is there already */
    return (int)(endpoint->sends.count - 1);
}

int mh_endpoint_send_aside(struct mh_endpoint *endpoint, const struct mh_addr *to,
    uint16_t port, const void *data, size_t length, struct mh_error *err)
{
    mh_endpoint_lock(endpoint);
    int r = mh_mcast_socket_send(endpoint->socket, to, port, data, length, err);
    mh_sent_log_aside(&endpoint->sends, r);
    mh_endpoint_unlock(endpoint);
    return r;
}

void mh_endpoint_has_sent(struct mh_endpoint *endpoint)
{
    endpoint->member.sends = true;
    mh_endpoint_learn_port(endpoint);
}

int mh_endpoint_send_sample(struct mh_endpoint *endpoint, const struct mh_outgoing *probe,
    uint32_t *ret_id, struct mh_error *err)
{
    *ret_id = endpoint->sends.next_id;
    int r = mh_mcast_socket_send(
        endpoint->socket, &probe->to, probe->port, probe->data, probe->length, err);

    mh_sent_log_aside(&endpoint->sends, r);
    return r;
}

size_t mh_endpoint_sent_count(const struct mh_endpoint *endpoint)
{
    return endpoint->sends.count;
}

const struct mh_sent *mh_endpoint_sent(struct mh_endpoint *endpoint, size_t number)
{
    assert(number < endpoint->sends.count);
    if (endpoint->socket)
        mh_endpoint_read_departures(endpoint);
    return &endpoint->sends.entries[number].sent;
}

/* ---- who got it -----------------------------------------------------------------------------
 */

size_t mh_endpoint_deliveries(const struct mh_endpoint *sender, size_t number,
    const struct mh_endpoint *receiver, size_t since, size_t *ret_first)
{
    struct mh_delivery_sender from = {
        .sends = &sender->sends,
        .sources = sender->sources,
        .source_count = sender->source_count,
        .port = sender->port,
    };
    struct mh_delivery_receiver at = {
        .messages = &receiver->messages, .since = since, .port = receiver->port};

    assert(number < sender->sends.count);
    return mh_count_deliveries(&sender->traffic->match, &from, number, &at, ret_first);
}

size_t mh_endpoint_replies(const struct mh_endpoint *sender, size_t number,
    const struct mh_addr *addresses, size_t address_count, size_t *ret_first)
{
    struct mh_delivery_replier replier = {&sender->messages, addresses, address_count};

    assert(number < sender->sends.count);
    return mh_count_replies(
        &sender->traffic->match, &sender->sends, number, &replier, ret_first);
}
