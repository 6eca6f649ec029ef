#include "traffic/endpoint_private.h"
#include "traffic/stream_private.h"

#include <errno.h>
#include <stdlib.h>

/* Full batches in a row, at most: others want their turn. What is left is told again. */
enum { READS_PER_TURN = 8, READS_PER_DRAIN = 4096 };

void mh_endpoint_learn_port(struct mh_endpoint *endpoint)
{
    struct mh_addr address;

    if (endpoint->port == 0)
        (void)mh_mcast_socket_local(endpoint->socket, &address, &endpoint->port, NULL);
}

/* ---- the loop's turn ------------------------------------------------------------------------
 */

static size_t drain(struct mh_traffic_member *member)
{
    struct mh_endpoint *endpoint = (struct mh_endpoint *)member;

    if (member->sends)
        mh_endpoint_read_departures(endpoint);
    size_t most =
        endpoint->busy ? mh_datagram_batch_capacity(endpoint->traffic->batch) : MH_FIRST_READ;
    return mh_endpoint_read(endpoint, most, READS_PER_DRAIN);
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
    size_t most = mh_endpoint_keeps_up(endpoint) ? MH_SINGLE_READ : MH_FIRST_READ;
    size_t new = mh_endpoint_read(endpoint, most, READS_PER_TURN);

    if (new > 0)
        mh_traffic_tell(endpoint->traffic);
    else
        mh_endpoint_read_departures(endpoint);
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
        return mh_error_set(err, -ENOMEM, "open", "an endpoint");
    }

    endpoint->traffic = traffic;
    endpoint->socket = socket;
    endpoint->member.drain = drain;
    endpoint->member.leave_to = leave_to;
    endpoint->sends.failures_take_no_number = mh_mcast_socket_numbers_departures(socket);
    int r = start_watching(endpoint);
    if (r < 0) {
        mh_endpoint_close(endpoint);
        return mh_error_set(err, r, "watch", "the socket of an endpoint");
    }
    mh_traffic_add(traffic, &endpoint->member);
    endpoint->place.socket = socket;
    mh_standby_join(traffic->standby, &endpoint->place);
    *ret_endpoint = endpoint;
    return 0;
}

static void close_socket(struct mh_endpoint *endpoint)
{
    mh_stream_sender_gone(endpoint->traffic, endpoint);
    mh_stream_listener_gone(endpoint->traffic, &endpoint->member);
    mh_traffic_remove(&endpoint->member);
    endpoint->watch = mh_fd_watch_close(endpoint->watch);
    mh_standby_leave(endpoint->traffic->standby, &endpoint->place);
    mh_standby_lock(endpoint->traffic->standby);
    endpoint->socket = mh_mcast_socket_free(endpoint->socket);
    mh_standby_unlock(endpoint->traffic->standby);
}

void mh_endpoint_stop(struct mh_endpoint *endpoint)
{
    if (!endpoint->socket)
        return;

    mh_standby_leave(endpoint->traffic->standby, &endpoint->place);
    mh_endpoint_read_departures(endpoint);
    if (mh_endpoint_read(endpoint, MH_FIRST_READ, READS_PER_DRAIN) > 0)
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

int mh_endpoint_add_annex(
    struct mh_endpoint *endpoint, struct mh_mcast_socket *annex, struct mh_error *err)
{
    mh_standby_lock(endpoint->traffic->standby);
    int r = mh_mcast_socket_add_annex(endpoint->socket, annex, err);
    mh_standby_unlock(endpoint->traffic->standby);
    return r;
}

void mh_endpoint_on_message(
    struct mh_endpoint *endpoint, void (*on_message)(void *context), void *context)
{
    endpoint->on_message = on_message;
    endpoint->on_message_context = context;
}

/* What was stashed before the pause waits, too: no watch would tell of it afterwards. */
static int review_reading(struct mh_endpoint *endpoint)
{
    struct mh_standby *standby = endpoint->traffic->standby;

    if (endpoint->paused) {
        mh_standby_leave(standby, &endpoint->place);
    } else {
        mh_standby_join(standby, &endpoint->place);
        mh_standby_tell(standby);
    }
    return review_watch(endpoint);
}

int mh_endpoint_pause(struct mh_endpoint *endpoint, bool paused)
{
    mh_endpoint_lock(endpoint);
    endpoint->paused = paused;
    mh_endpoint_unlock(endpoint);
    return endpoint->socket ? review_reading(endpoint) : 0;
}

bool mh_endpoint_is_paused(const struct mh_endpoint *endpoint)
{
    return endpoint->paused;
}
