#include "base/clock.h"
#include "loop/fd_watch.h"
#include "traffic/deliveries.h"
#include "traffic/stream_private.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Most receivers hear one datagram at a time: a short first read is a cheap one, and a single
 * one does not ask in vain for a second. */
enum { SINGLE_READ = 1, FIRST_READ = 4 };
/* Full batches in a row, at most: others want their turn. What is left is told again. */
enum { READS_PER_TURN = 8, READS_PER_DRAIN = 4096 };

struct mh_endpoint {
    struct mh_traffic_member member;
    struct mh_traffic *traffic;
    struct mh_mcast_socket *socket;
    struct mh_fd_watch *watch;
    void (*on_message)(void *context);
    void *on_message_context;
    uint8_t *reply;
    size_t reply_length;
    struct mh_addr *sources;
    size_t source_count;
    uint64_t drops;    /* once the socket is closed */
    uint64_t unlogged; /* for want of memory */
    bool busy;         /* the last reading brought more than a few */
    unsigned readers;  /* streams that read it, so that the loop need not watch it */
    uint16_t port;     /* local; known from the first message or send on */
    bool paused;
    struct mh_message_log messages;
    struct mh_sent_log sends;
    struct mh_flow_book flows;
};

static void learn_port(struct mh_endpoint *endpoint)
{
    struct mh_addr address;

    if (endpoint->port == 0)
        (void)mh_mcast_socket_local(endpoint->socket, &address, &endpoint->port, NULL);
}

/* ---- reading -------------------------------------------------------------------------------
 */

static int send_reply(struct mh_endpoint *endpoint, struct mh_message *message,
    const void *data, size_t length, struct mh_error *err)
{
    uint64_t now = mh_clock_realtime_ns();
    int r = mh_mcast_socket_send(
        endpoint->socket, &message->from, message->from_port, data, length, err);

    mh_sent_log_aside(&endpoint->sends, r);
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

/* One system call. Returns how many datagrams it brought, or a negative errno. */
static int read_batch(struct mh_endpoint *endpoint, size_t most)
{
    struct mh_datagram_batch *batch = endpoint->traffic->batch;

    if (mh_message_log_reserve(&endpoint->messages, most) < 0)
        return -ENOMEM;
    int count = mh_mcast_socket_receive(endpoint->socket, batch, most, NULL);
    if (count > 0)
        learn_port(endpoint);
    for (int i = 0; i < count; i++)
        mh_stream_expect(&endpoint->flows, mh_datagram_batch_at(batch, (size_t)i));
    for (int i = 0; i < count; i++)
        take_in(endpoint, mh_datagram_batch_at(batch, (size_t)i));
    return count;
}

/* Does it answer each datagram before the next one comes, as far as the last two tell? */
static bool keeps_up(const struct mh_endpoint *endpoint)
{
    const struct mh_message_log *log = &endpoint->messages;

    return endpoint->reply &&
           (log->count < 2 || log->entries[log->count - 1].message.time_ns >=
                                  log->entries[log->count - 2].message.reply_time_ns);
}

/* Until nothing is left, or after a single read: what that leaves the watch tells again. An
 * asynchronous error that receiving reports is taken by that; its cause stands in the error
 * queue, where it is read from. So reading goes on after it. */
static size_t read_messages(struct mh_endpoint *endpoint, size_t most, int most_reads)
{
    size_t total = 0;

    if (endpoint->paused)
        return 0;
    for (int reads = 0; reads < most_reads; reads++) {
        int count = read_batch(endpoint, most);
        total += count > 0 ? (size_t)count : 0;
        if (count == -ENOMEM || (count >= 0 && ((size_t)count < most || most == SINGLE_READ)))
            break;
        most = mh_datagram_batch_capacity(endpoint->traffic->batch);
    }
    endpoint->busy = total > FIRST_READ;
    if (total > 0 && endpoint->on_message)
        endpoint->on_message(endpoint->on_message_context);
    return total;
}

static void read_departures(struct mh_endpoint *endpoint)
{
    struct mh_departure departure;

    while (mh_mcast_socket_next_departure(endpoint->socket, &departure) > 0)
        if (!mh_stream_take_departure(endpoint->traffic, endpoint, &departure))
            mh_sent_log_depart(&endpoint->sends, &departure);
}

static size_t drain(struct mh_traffic_member *member)
{
    struct mh_endpoint *endpoint = (struct mh_endpoint *)member;

    if (member->sends)
        read_departures(endpoint);
    size_t most =
        endpoint->busy ? mh_datagram_batch_capacity(endpoint->traffic->batch) : FIRST_READ;
    return read_messages(endpoint, most, READS_PER_DRAIN);
}

/* Nor by a poll: the kernel looks for whom to wake at each datagram that came or has left. */
static bool wants_watching(const struct mh_endpoint *endpoint)
{
    return !endpoint->paused && endpoint->readers == 0;
}

/* The watch tells of messages and of the error queue alike; asking the queue each time would
 * cost every message a system call. */
static void on_ready(void *context, int status)
{
    struct mh_endpoint *endpoint = context;
    size_t most = keeps_up(endpoint) ? SINGLE_READ : FIRST_READ;
    size_t new = read_messages(endpoint, most, READS_PER_TURN);

    if (new > 0)
        mh_traffic_tell(endpoint->traffic);
    else
        read_departures(endpoint);
    if (status < 0 && wants_watching(endpoint))
        /* libuv stops at an error condition; the reading above took it */
        (void)mh_fd_watch_start(endpoint->watch, on_ready, endpoint);
}

static int review_watch(struct mh_endpoint *endpoint)
{
    if (wants_watching(endpoint))
        return mh_fd_watch_start(endpoint->watch, on_ready, endpoint);
    mh_fd_watch_stop(endpoint->watch);
    return 0;
}

static void leave_to(struct mh_traffic_member *member, bool left)
{
    struct mh_endpoint *endpoint = (struct mh_endpoint *)member;

    endpoint->readers += left ? 1U : -1U;
    (void)review_watch(endpoint);
}

/* ---- life ----------------------------------------------------------------------------------
 */

static int start_watching(struct mh_endpoint *endpoint)
{
    int fd = mh_mcast_socket_poll_fd(endpoint->socket);
    int r = mh_fd_watch_new(endpoint->traffic->loop, fd, &endpoint->watch);

    return r < 0 ? r : mh_fd_watch_start(endpoint->watch, on_ready, endpoint);
}

int mh_endpoint_open(struct mh_traffic *traffic, struct mh_mcast_socket *socket,
    struct mh_endpoint **ret_endpoint, struct mh_error *err)
{
    struct mh_endpoint *endpoint = calloc(1, sizeof(*endpoint));
    if (!endpoint) {
        mh_mcast_socket_free(socket);
        return mh_error_set(err, -ENOMEM, "open endpoint", "open endpoint");
    }

    endpoint->traffic = traffic;
    endpoint->socket = socket;
    endpoint->member.drain = drain;
    endpoint->member.leave_to = leave_to;
    endpoint->sends.failures_take_no_number = mh_mcast_socket_numbers_departures(socket);
    int r = start_watching(endpoint);
    if (r < 0) {
        mh_endpoint_close(endpoint);
        return mh_error_set(err, r, "open endpoint", "watch the socket of an endpoint");
    }
    mh_traffic_add(traffic, &endpoint->member);
    *ret_endpoint = endpoint;
    return 0;
}

static void close_socket(struct mh_endpoint *endpoint)
{
    mh_stream_sender_gone(endpoint->traffic, endpoint);
    mh_stream_listener_gone(endpoint->traffic, &endpoint->member);
    mh_traffic_remove(&endpoint->member);
    endpoint->watch = mh_fd_watch_close(endpoint->watch);
    endpoint->socket = mh_mcast_socket_free(endpoint->socket);
}

void mh_endpoint_stop(struct mh_endpoint *endpoint)
{
    if (!endpoint->socket)
        return;

    read_departures(endpoint);
    if (read_messages(endpoint, FIRST_READ, READS_PER_DRAIN) > 0)
        mh_traffic_tell(endpoint->traffic);
    endpoint->drops = mh_mcast_socket_drops(endpoint->socket);
    close_socket(endpoint);
}

struct mh_traffic_member *mh_endpoint_member(struct mh_endpoint *endpoint)
{
    return &endpoint->member;
}

struct mh_traffic *mh_endpoint_traffic(const struct mh_endpoint *endpoint)
{
    return endpoint->traffic;
}

const struct mh_flow_book *mh_endpoint_book(const struct mh_endpoint *endpoint)
{
    return &endpoint->flows;
}

uint64_t mh_endpoint_probes(const struct mh_endpoint *endpoint)
{
    return endpoint->flows.probes;
}

uint64_t mh_endpoint_drops(const struct mh_endpoint *endpoint)
{
    return endpoint->unlogged +
           (endpoint->socket ? mh_mcast_socket_drops(endpoint->socket) : endpoint->drops);
}

struct mh_endpoint *mh_endpoint_close(struct mh_endpoint *endpoint)
{
    if (!endpoint)
        return NULL;

    close_socket(endpoint);
    mh_message_log_done(&endpoint->messages);
    mh_sent_log_done(&endpoint->sends);
    mh_flow_book_done(&endpoint->flows);
    free(endpoint->sources);
    free(endpoint->reply);
    free(endpoint);
    return NULL;
}

struct mh_mcast_socket *mh_endpoint_socket(struct mh_endpoint *endpoint)
{
    return endpoint->socket;
}

void mh_endpoint_on_message(
    struct mh_endpoint *endpoint, void (*on_message)(void *context), void *context)
{
    endpoint->on_message = on_message;
    endpoint->on_message_context = context;
}

int mh_endpoint_pause(struct mh_endpoint *endpoint, bool paused)
{
    endpoint->paused = paused;
    return endpoint->socket ? review_watch(endpoint) : 0;
}

bool mh_endpoint_is_paused(const struct mh_endpoint *endpoint)
{
    return endpoint->paused;
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

/* ---- what went out --------------------------------------------------------------------------
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

    read_departures(endpoint);
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

    r = send_now(endpoint, to, port, data, length, err);
    if (r < 0)
        return r;
    endpoint->member.sends = true;
    learn_port(endpoint);
    read_departures(endpoint); /* on a veth it is there already */
    return (int)(endpoint->sends.count - 1);
}

int mh_endpoint_send_aside(struct mh_endpoint *endpoint, const struct mh_addr *to,
    uint16_t port, const void *data, size_t length, struct mh_error *err)
{
    int r = mh_mcast_socket_send(endpoint->socket, to, port, data, length, err);

    mh_sent_log_aside(&endpoint->sends, r);
    return r;
}

int mh_endpoint_send_sample(struct mh_endpoint *endpoint, const struct mh_outgoing *probe,
    uint32_t *ret_id, struct mh_error *err)
{
    read_departures(endpoint); /* as in send_now() */
    *ret_id = endpoint->sends.next_id;
    int r = mh_mcast_socket_send(
        endpoint->socket, &probe->to, probe->port, probe->data, probe->length, err);

    mh_sent_log_aside(&endpoint->sends, r);
    endpoint->member.sends = true;
    learn_port(endpoint);
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
        read_departures(endpoint);
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
