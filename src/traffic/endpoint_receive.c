#include "base/clock.h"
#include "traffic/endpoint_private.h"
#include "traffic/stream_private.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- reading -------------------------------------------------------------------------------
 */

static int send_reply(struct mh_endpoint *endpoint, struct mh_message *message,
    const void *data, size_t length, struct mh_error *err)
{
    uint64_t now = mh_clock_realtime_ns();
    int r =
        mh_endpoint_send_aside(endpoint, &message->from, message->from_port, data, length, err);

    message->reply_time_ns = r < 0 ? 0 : now;
    message->reply_error = r < 0 ? r : 0;
    return r < 0 ? r : 0;
}

static void take_one(struct mh_endpoint *endpoint, const struct mh_datagram *datagram)
{
    if (mh_stream_take_datagram(
            endpoint->traffic, &endpoint->flows, &endpoint->member, datagram))
        return;
    if (mh_message_log_reserve(&endpoint->messages, 1) < 0) {
        endpoint->unlogged++;
        return;
    }
    struct mh_message *message =
        mh_message_log_add(&endpoint->messages, datagram, endpoint->traffic->order++);

    if (endpoint->reply)
        (void)send_reply(endpoint, message, endpoint->reply, endpoint->reply_length, NULL);
}

/* Several that came as one are the datagrams that they were sent as. */
static void take_in(struct mh_endpoint *endpoint, const struct mh_datagram *datagram)
{
    size_t step = datagram->segment_size ? datagram->segment_size : datagram->length;
    struct mh_datagram one = *datagram;

    if (mh_stream_take_as_sent(endpoint->traffic, &endpoint->flows, datagram))
        return;
    for (size_t at = 0; at < datagram->length; at += step) {
        one.payload = datagram->payload + at;
        one.length = datagram->length - at < step ? datagram->length - at : step;
        take_one(endpoint, &one);
    }
    if (datagram->length == 0)
        take_one(endpoint, datagram);
}

static int receive(struct mh_endpoint *endpoint, size_t most)
{
    struct mh_traffic *traffic = endpoint->traffic;

    mh_standby_lock(traffic->standby);
    int count = mh_mcast_socket_receive(endpoint->socket, traffic->batch, most, NULL);
    mh_standby_unlock(traffic->standby);
    return count;
}

/* One system call. Returns how many datagrams it brought, or a negative errno. */
static int read_batch(struct mh_endpoint *endpoint, size_t most)
{
    struct mh_datagram_batch *batch = endpoint->traffic->batch;

    /* Further room is made as messages come: most of what comes many at a time is probes. */
    if (mh_message_log_reserve(&endpoint->messages, 1) < 0)
        return -ENOMEM;
    int count = receive(endpoint, most);
    if (count > 0)
        mh_endpoint_learn_port(endpoint);
    for (int i = 0; i < count; i++)
        mh_stream_expect(
            endpoint->traffic, &endpoint->flows, mh_datagram_batch_at(batch, (size_t)i));
    for (int i = 0; i < count; i++)
        take_in(endpoint, mh_datagram_batch_at(batch, (size_t)i));
    return count;
}

bool mh_endpoint_keeps_up(const struct mh_endpoint *endpoint)
{
    const struct mh_message_log *log = &endpoint->messages;

    return endpoint->reply &&
           (log->count < 2 || log->entries[log->count - 1].message.time_ns >=
                                  log->entries[log->count - 2].message.reply_time_ns);
}

/* An asynchronous error that receiving reports is taken by that; its cause stands in the error
 * queue, where it is read from. So reading goes on after it. */
size_t mh_endpoint_read(struct mh_endpoint *endpoint, size_t most, int most_reads)
{
    size_t total = 0;

    if (endpoint->paused)
        return 0;
    for (int reads = 0; reads < most_reads; reads++) {
        int count = read_batch(endpoint, most);
        total += count > 0 ? (size_t)count : 0;
        if (count == -ENOMEM ||
            (count >= 0 && ((size_t)count < most || most == MH_SINGLE_READ)))
            break;
        most = mh_datagram_batch_capacity(endpoint->traffic->batch);
    }
    endpoint->busy = total > MH_FIRST_READ;
    if (total > 0 && endpoint->on_message)
        endpoint->on_message(endpoint->on_message_context);
    return total;
}

/* ---- what came in ---------------------------------------------------------------------------
 */

int mh_endpoint_set_reply(struct mh_endpoint *endpoint, const void *data, size_t length)
{
    uint8_t *copy = data ? malloc(length + 1) : NULL; /* an empty reply is a reply */
    if (data && !copy)
        return -ENOMEM;

    if (copy && length > 0)
        memcpy(copy, data, length);
    free(endpoint->reply);
    endpoint->reply = copy;
    endpoint->reply_length = length;
    return 0;
}

size_t mh_endpoint_count(const struct mh_endpoint *endpoint)
{
    return endpoint->messages.count;
}

const struct mh_message *mh_endpoint_message(const struct mh_endpoint *endpoint, size_t i)
{
    assert(i < endpoint->messages.count);
    return &endpoint->messages.entries[i].message;
}

int mh_endpoint_reply(struct mh_endpoint *endpoint, size_t i, const void *data, size_t length,
    struct mh_error *err)
{
    assert(i < endpoint->messages.count);
    return send_reply(endpoint, &endpoint->messages.entries[i].message, data, length, err);
}
