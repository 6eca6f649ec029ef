#include "base/clock.h"
#include "net_fixture.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

static struct net_fixture fixture;

/* Host 1 is a member and receives, host 0 sends. */
struct pair {
    sa_family_t family;
    struct mh_mcast_socket *receiver;
    struct mh_mcast_socket *sender;
    struct mh_addr group;
    uint16_t port;
};

static struct pair pair_new(sa_family_t family)
{
    struct pair pair = {
        .family = family,
        .receiver = net_fixture_bound(&fixture, 1, family),
        .sender = net_fixture_bound(&fixture, 0, family),
        .group = net_fixture_group(family),
    };
    struct mh_membership m = {.group = pair.group, .interface_index = fixture.index[1]};

    assert_int_equal(mh_mcast_socket_join(pair.receiver, &m, NULL), 0);
    pair.port = net_fixture_port(pair.receiver);
    return pair;
}

static void pair_done(struct pair *pair)
{
    mh_mcast_socket_free(pair->sender);
    mh_mcast_socket_free(pair->receiver);
}

static void tells_where_a_datagram_came_from_and_went_to(void **state)
{
    struct pair pair = pair_new(*(sa_family_t *)*state);
    struct mh_datagram_batch *batch = mh_datagram_batch_new(4, 100);
    struct mh_addr sender = net_fixture_address(0, pair.family);
    uint64_t before = mh_clock_realtime_ns();

    assert_int_equal(mh_mcast_socket_set(pair.sender, MH_MULTICAST_TTL, 17, NULL), 0);
    net_fixture_send(pair.sender, &pair.group, pair.port, "hello");
    const struct mh_datagram *datagram = net_fixture_receive(pair.receiver, batch);
    assert_int_equal(datagram->length, 5);
    assert_memory_equal(datagram->payload, "hello", 5);
    assert_true(mh_addr_equal(&datagram->from, &sender));
    assert_int_equal(datagram->from_port, net_fixture_port(pair.sender));
    assert_true(mh_addr_equal(&datagram->to, &pair.group));
    assert_int_equal(datagram->interface_index, fixture.index[1]);
    assert_int_equal(datagram->ttl, 17);
    assert_in_range(datagram->time_ns, before, mh_clock_realtime_ns());
    assert_false(datagram->truncated);
    mh_datagram_batch_free(batch);
    pair_done(&pair);
}

static void send_numbered(struct pair *pair, uint8_t count)
{
    for (uint8_t i = 0; i < count; i++)
        assert_int_equal(
            mh_mcast_socket_send(pair->sender, &pair->group, pair->port, &i, 1, NULL), 1);
}

/* All that was sent is there when the last of it is. */
static void await_last(struct pair *pair, struct mh_datagram_batch *batch, size_t most,
    const int *expected_counts, size_t calls)
{
    uint8_t next = 0;

    for (size_t call = 0; call < calls; call++) {
        int count = mh_mcast_socket_receive(pair->receiver, batch, most, NULL);
        assert_int_equal(count, expected_counts[call]);
        for (int i = 0; i < count; i++) {
            const struct mh_datagram *datagram = mh_datagram_batch_at(batch, (size_t)i);
            assert_int_equal(datagram->length, 1);
            assert_int_equal(datagram->payload[0], next++);
            assert_int_equal(datagram->ttl, 1);
            assert_int_equal(datagram->interface_index, fixture.index[1]);
            assert_int_not_equal(datagram->time_ns, 0);
        }
    }
}

/* A unicast datagram to another port of host 1 comes last. */
static void settle(struct pair *pair)
{
    struct mh_mcast_socket *marker = net_fixture_bound(&fixture, 1, pair->family);
    struct mh_addr to = net_fixture_address(1, pair->family);

    net_fixture_send(pair->sender, &to, net_fixture_port(marker), "end");
    net_fixture_await(mh_mcast_socket_fd(marker), POLLIN);
    mh_mcast_socket_free(marker);
}

static void receives_a_batch_at_a_time(void **state)
{
    struct pair pair = pair_new(*(sa_family_t *)*state);
    struct mh_datagram_batch *batch = mh_datagram_batch_new(4, 100);

    assert_int_equal(mh_datagram_batch_capacity(batch), 4);
    send_numbered(&pair, 9);
    settle(&pair);
    await_last(&pair, batch, 0, (const int[]){4, 4, 1, 0}, 4);
    send_numbered(&pair, 9);
    settle(&pair);
    await_last(&pair, batch, 3, (const int[]){3, 3, 3, 0}, 4);
    send_numbered(&pair, 5);
    settle(&pair);
    await_last(&pair, batch, 100, (const int[]){4, 1, 0}, 3);
    mh_datagram_batch_free(batch);
    pair_done(&pair);
}

/* IPv6 brings longer control messages and addresses than IPv4. */
static void serves_sockets_of_both_families(void **state)
{
    struct pair pairs[2] = {pair_new(AF_INET), pair_new(AF_INET6)};
    struct mh_datagram_batch *batch = mh_datagram_batch_new(1, 100);
    (void)state;

    for (int i = 0; i < 4; i++) {
        struct pair *pair = &pairs[i % 2];
        struct mh_addr sender = net_fixture_address(0, pair->family);
        net_fixture_send(pair->sender, &pair->group, pair->port, "hello");
        const struct mh_datagram *datagram = net_fixture_receive(pair->receiver, batch);
        assert_true(mh_addr_equal(&datagram->from, &sender));
        assert_true(mh_addr_equal(&datagram->to, &pair->group));
        assert_int_equal(datagram->ttl, 1);
        assert_int_not_equal(datagram->time_ns, 0);
    }
    mh_datagram_batch_free(batch);
    pair_done(&pairs[0]);
    pair_done(&pairs[1]);
}

static void says_what_was_cut_off(void **state)
{
    struct pair pair = pair_new(*(sa_family_t *)*state);
    struct mh_datagram_batch *batch = mh_datagram_batch_new(1, 5);

    net_fixture_send(pair.sender, &pair.group, pair.port, "hello");
    net_fixture_send(pair.sender, &pair.group, pair.port, "hello!");
    net_fixture_send(pair.sender, &pair.group, pair.port, "");
    const struct mh_datagram *datagram = net_fixture_receive(pair.receiver, batch);
    assert_false(datagram->truncated);
    datagram = net_fixture_receive(pair.receiver, batch);
    assert_true(datagram->truncated);
    assert_int_equal(datagram->length, 5);
    assert_memory_equal(datagram->payload, "hello", 5);
    datagram = net_fixture_receive(pair.receiver, batch);
    assert_false(datagram->truncated);
    assert_int_equal(datagram->length, 0);
    mh_datagram_batch_free(batch);
    pair_done(&pair);
}

static void carries_the_largest_payload_both_ways(void **state)
{
    enum { LARGEST = 65507 };
    sa_family_t family = *(sa_family_t *)*state;
    struct pair pair = pair_new(family);
    struct mh_datagram_batch *batch = mh_datagram_batch_new(2, LARGEST);
    struct mh_addr back = net_fixture_address(0, family);
    uint8_t *payload = malloc(LARGEST);

    for (size_t i = 0; i < LARGEST; i++)
        payload[i] = (uint8_t)(i * 7);
    assert_int_equal(
        mh_mcast_socket_send(pair.sender, &pair.group, pair.port, payload, LARGEST, NULL),
        LARGEST);
    const struct mh_datagram *datagram = net_fixture_receive(pair.receiver, batch);
    assert_int_equal(datagram->length, LARGEST);
    assert_memory_equal(datagram->payload, payload, LARGEST);

    assert_int_equal(mh_mcast_socket_send(pair.receiver, &back, net_fixture_port(pair.sender),
                         payload, LARGEST, NULL),
        LARGEST);
    datagram = net_fixture_receive(pair.sender, batch);
    assert_int_equal(datagram->length, LARGEST);
    assert_memory_equal(datagram->payload, payload, LARGEST);
    assert_true(mh_addr_equal(&datagram->to, &back));
    free(payload);
    mh_datagram_batch_free(batch);
    pair_done(&pair);
}

static void counts_what_the_full_buffer_cost(void **state)
{
    struct pair pair = pair_new(*(sa_family_t *)*state);
    struct mh_datagram_batch *batch = mh_datagram_batch_new(64, 100);
    uint64_t received = 0;
    int count;

    assert_int_equal(mh_mcast_socket_set(pair.receiver, MH_RECEIVE_BUFFER, 4096, NULL), 0);
    assert_int_equal(mh_mcast_socket_drops(pair.receiver), 0);
    send_numbered(&pair, 200);
    settle(&pair);
    while ((count = mh_mcast_socket_receive(pair.receiver, batch, 0, NULL)) > 0)
        received += (uint64_t)count;
    assert_in_range(received, 1, 199);
    assert_int_equal(mh_mcast_socket_drops(pair.receiver), 200 - received);
    mh_datagram_batch_free(batch);
    pair_done(&pair);
}

static void returns_an_asynchronous_error_once(void **state)
{
    sa_family_t family = *(sa_family_t *)*state;
    struct pair pair = pair_new(family);
    struct mh_datagram_batch *batch = mh_datagram_batch_new(1, 100);
    struct mh_addr self = net_fixture_address(0, family);
    struct mh_error err;

    assert_int_equal(mh_mcast_socket_track_departures(pair.sender, NULL), 0);
    net_fixture_send(pair.sender, &self, 9, "nobody is there");
    net_fixture_await(mh_mcast_socket_fd(pair.sender), POLLERR);
    assert_int_equal(mh_mcast_socket_receive(pair.sender, batch, 0, &err), -ECONNREFUSED);
    assert_string_equal(
        err.message, "receive the next datagram: Connection refused (ECONNREFUSED)");
    assert_int_equal(mh_mcast_socket_receive(pair.sender, batch, 0, &err), 0);
    mh_datagram_batch_free(batch);
    pair_done(&pair);
}

int main(void)
{
    if (!net_fixture_init(&fixture))
        return TEST_SKIPPED;

    const struct CMUnitTest tests[] = {
        NET_FIXTURE_BOTH(tells_where_a_datagram_came_from_and_went_to),
        NET_FIXTURE_BOTH(receives_a_batch_at_a_time),
        cmocka_unit_test(serves_sockets_of_both_families),
        NET_FIXTURE_BOTH(says_what_was_cut_off),
        NET_FIXTURE_BOTH(carries_the_largest_payload_both_ways),
        NET_FIXTURE_BOTH(counts_what_the_full_buffer_cost),
        NET_FIXTURE_BOTH(returns_an_asynchronous_error_once),
    };
    int failed = cmocka_run_group_tests_name("net/datagram", tests, NULL, NULL);
    net_fixture_done(&fixture);
    return failed;
}
