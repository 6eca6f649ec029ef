#include "base/clock.h"
#include "net_fixture.h"

#include <errno.h>
#include <linux/net_tstamp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

static struct net_fixture fixture;

static struct mh_mcast_socket *tracked(sa_family_t family)
{
    struct mh_mcast_socket *socket = net_fixture_bound(&fixture, 0, family);
    struct mh_error err;

    if (mh_mcast_socket_track_departures(socket, &err) < 0)
        fail_msg("%s", err.message);
    return socket;
}

static struct mh_departure next(struct mh_mcast_socket *socket)
{
    struct mh_departure departure;

    net_fixture_await(mh_mcast_socket_fd(socket), POLLPRI);
    assert_int_equal(mh_mcast_socket_next_departure(socket, &departure), 1);
    return departure;
}

static void assert_no_more(struct mh_mcast_socket *socket)
{
    struct mh_departure departure;

    assert_int_equal(mh_mcast_socket_next_departure(socket, &departure), 0);
}

static void tells_when_each_datagram_left(void **state)
{
    sa_family_t family = *(sa_family_t *)*state;
    struct mh_mcast_socket *socket = tracked(family);
    struct mh_addr group = net_fixture_group(family);
    static const char large[8000];

    assert_no_more(socket);
    uint64_t before = mh_clock_realtime_ns();
    net_fixture_send(socket, &group, 5000, "first");
    net_fixture_send(socket, &group, 5000, "");
    assert_int_equal(
        mh_mcast_socket_send(socket, &group, 5000, large, sizeof(large), NULL), sizeof(large));
    for (uint32_t id = 0; id < 3; id++) {
        struct mh_departure departure = next(socket);
        assert_int_equal(departure.id, id);
        assert_int_equal(departure.error, 0);
        assert_in_range(departure.time_ns, before, mh_clock_realtime_ns());
    }
    assert_no_more(socket);
    mh_mcast_socket_free(socket);
}

static void counts_those_of_a_batch(void **state)
{
    sa_family_t family = *(sa_family_t *)*state;
    struct mh_mcast_socket *socket = tracked(family);
    struct mh_outgoing list[3];

    for (size_t i = 0; i < 3; i++)
        list[i] = (struct mh_outgoing){net_fixture_group(family), 5000, "x", 1};
    assert_int_equal(mh_mcast_socket_send_batch(socket, list, 3, NULL), 3);
    for (uint32_t id = 0; id < 3; id++)
        assert_int_equal(next(socket).id, id);
    assert_no_more(socket);
    mh_mcast_socket_free(socket);
}

static void counts_from_the_beginning_of_tracking(void **state)
{
    sa_family_t family = *(sa_family_t *)*state;
    struct mh_mcast_socket *socket = net_fixture_bound(&fixture, 0, family);
    struct mh_addr group = net_fixture_group(family);
    struct mh_error err;

    net_fixture_send(socket, &group, 5000, "unnoticed");
    assert_int_equal(mh_mcast_socket_track_departures(socket, &err), 0);
    net_fixture_send(socket, &group, 5000, "tracked");
    assert_int_equal(next(socket).id, 0);
    mh_mcast_socket_free(socket);
}

static void does_not_count_what_was_refused(void **state)
{
    sa_family_t family = *(sa_family_t *)*state;
    struct mh_mcast_socket *socket = tracked(family);
    struct mh_addr group = net_fixture_group(family);
    static const char large[70000];

    assert_int_equal(
        mh_mcast_socket_send(socket, &group, 5000, large, sizeof(large), NULL), -EMSGSIZE);
    assert_int_equal(mh_mcast_socket_send(socket, &group, 0, "x", 1, NULL), -EINVAL);
    net_fixture_send(socket, &group, 5000, "accepted");
    assert_int_equal(next(socket).id, 0);
    assert_no_more(socket);
    mh_mcast_socket_free(socket);
}

/* The kernel, left to itself, counts a datagram that its full queue refused. */
static void does_not_count_what_the_queue_refused(void **state)
{
    sa_family_t family = *(sa_family_t *)*state;
    struct mh_mcast_socket *socket = tracked(family);
    struct mh_addr group = net_fixture_group(family);
    static const char payload[100];
    struct mh_departure departure;
    struct mh_error err;
    uint32_t accepted = 0;

    net_fixture_choke(&fixture, 0, true);
    while (accepted < 1000 && mh_mcast_socket_send(socket, &group, 5000, payload,
                                  sizeof(payload), &err) == sizeof(payload))
        accepted++;
    assert_int_equal(err.code, -ENOBUFS);
    assert_non_null(strstr(err.hint, "the outgoing queue"));
    while (mh_mcast_socket_next_departure(socket, &departure) == 1)
        assert_true(departure.id < accepted);
    net_fixture_choke(&fixture, 0, false);

    net_fixture_send(socket, &group, 5000, "free again");
    assert_int_equal(next(socket).id, accepted);
    mh_mcast_socket_free(socket);
}

static void is_silent_when_nothing_left(void **state)
{
    sa_family_t family = *(sa_family_t *)*state;
    struct mh_mcast_socket *socket = tracked(family);
    struct mh_addr group = net_fixture_group(family);
    struct mh_error err;

    net_fixture_set_link(&fixture, 1, false);
    (void)mh_mcast_socket_send(socket, &group, 5000, "lost", 4, &err);
    assert_no_more(socket);
    net_fixture_set_link(&fixture, 1, true);
    mh_mcast_socket_free(socket);
}

/* So that nothing but an error wakes. The numbers stay wanted, because each datagram brings
 * one. */
static void stop_stamping(struct mh_mcast_socket *socket)
{
    static const int numbers = SOF_TIMESTAMPING_OPT_ID;

    assert_int_equal(setsockopt(mh_mcast_socket_fd(socket), SOL_SOCKET, SO_TIMESTAMPING,
                         &numbers, sizeof(numbers)),
        0);
}

/* Returns when an ICMP error waits in the socket, unread. Asks again and again: the machine's
 * input queue, which all of its networks share, may have no room for the datagram or for the
 * answer. */
static void provoke_refusal(
    struct mh_mcast_socket *socket, const struct mh_addr *to, uint16_t closed)
{
    struct pollfd error = {.fd = mh_mcast_socket_fd(socket), .events = POLLERR};
    enum { TRIES = 100, PATIENCE_MS = 50 };

    for (int i = 0; i < TRIES; i++) {
        net_fixture_send(socket, to, closed, "nobody");
        if (poll(&error, 1, PATIENCE_MS) == 1)
            return;
    }
    fail_msg("no answer from a closed port to %d datagrams", TRIES);
}

/* A closed port answers with an ICMP error, which belongs to that datagram and to no later one.
 */
static void tells_an_error_that_came_back(void **state)
{
    sa_family_t family = *(sa_family_t *)*state;
    struct mh_mcast_socket *socket = tracked(family);
    struct mh_mcast_socket *gone = net_fixture_bound(&fixture, 0, family);
    struct mh_addr self = net_fixture_address(0, family);
    struct mh_addr group = net_fixture_group(family);
    uint16_t closed = net_fixture_port(gone);

    mh_mcast_socket_free(gone);
    stop_stamping(socket);
    provoke_refusal(socket, &self, closed);
    net_fixture_send(socket, &group, 5000, "is not blamed");
    assert_int_equal(next(socket).error, -ECONNREFUSED);
    mh_mcast_socket_free(socket);
}

static void still_stamps_what_is_received(void **state)
{
    sa_family_t family = *(sa_family_t *)*state;
    struct mh_mcast_socket *socket = tracked(family);
    struct mh_mcast_socket *sender = net_fixture_bound(&fixture, 1, family);
    struct mh_datagram_batch *batch = mh_datagram_batch_new(1, 100);
    struct mh_addr to = net_fixture_address(0, family);
    uint64_t before = mh_clock_realtime_ns();

    net_fixture_send(sender, &to, net_fixture_port(socket), "hello");
    const struct mh_datagram *datagram = net_fixture_receive(socket, batch);
    assert_in_range(datagram->time_ns, before, mh_clock_realtime_ns());
    assert_true(mh_addr_equal(&datagram->to, &to));
    assert_int_equal(datagram->ttl, 64);
    mh_datagram_batch_free(batch);
    mh_mcast_socket_free(sender);
    mh_mcast_socket_free(socket);
}

int main(void)
{
    if (!net_fixture_init(&fixture))
        return TEST_SKIPPED;

    const struct CMUnitTest tests[] = {
        NET_FIXTURE_BOTH(tells_when_each_datagram_left),
        NET_FIXTURE_BOTH(counts_those_of_a_batch),
        NET_FIXTURE_BOTH(counts_from_the_beginning_of_tracking),
        NET_FIXTURE_BOTH(does_not_count_what_was_refused),
        NET_FIXTURE_BOTH(does_not_count_what_the_queue_refused),
        NET_FIXTURE_BOTH(tells_an_error_that_came_back),
        NET_FIXTURE_BOTH(still_stamps_what_is_received),
        NET_FIXTURE_BOTH(is_silent_when_nothing_left),
    };
    int failed = cmocka_run_group_tests_name("net/departure", tests, NULL, NULL);
    net_fixture_done(&fixture);
    return failed;
}
