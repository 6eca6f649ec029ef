#include "net/train.h"
#include "net_fixture.h"

#include <poll.h>
#include <string.h>

enum { SIZE = 100, BATCH = 64 };

static struct net_fixture fixture;

struct ends {
    struct mh_mcast_socket *sender, *receiver;
    struct mh_train *train;
    struct mh_datagram_batch *batch;
};

static struct ends open_ends(sa_family_t family, size_t size, size_t capacity)
{
    struct mh_addr to = net_fixture_address(1, family);
    struct ends ends = {
        .sender = net_fixture_bound(&fixture, 0, family),
        .receiver = net_fixture_bound(&fixture, 1, family),
        .batch = mh_datagram_batch_new(BATCH, 65536),
    };

    ends.train = mh_train_new(&to, net_fixture_port(ends.receiver), size, capacity);
    for (size_t i = 0; i < capacity; i++)
        memset(mh_train_slot(ends.train, i), (int)i + 1, size);
    return ends;
}

static void close_ends(struct ends *ends)
{
    mh_train_free(ends->train);
    mh_datagram_batch_free(ends->batch);
    mh_mcast_socket_free(ends->sender);
    mh_mcast_socket_free(ends->receiver);
}

/* Datagram `i` has the bytes of slot `i`, in this order. */
static void receive_in_order(struct ends *ends, size_t wanted, size_t size)
{
    size_t got = 0;

    while (got < wanted) {
        net_fixture_await(mh_mcast_socket_fd(ends->receiver), POLLIN);
        int count = mh_mcast_socket_receive(ends->receiver, ends->batch, 0, NULL);
        for (int i = 0; i < count; i++, got++) {
            const struct mh_datagram *datagram = mh_datagram_batch_at(ends->batch, (size_t)i);
            assert_int_equal(datagram->length, size);
            assert_int_equal(datagram->segment_size, 0);
            assert_int_equal(datagram->payload[0], got + 1);
            assert_int_equal(datagram->payload[size - 1], got + 1);
        }
    }
    assert_int_equal(got, wanted);
}

static void single_frames_arrive_in_order(void **state)
{
    struct ends ends = open_ends(**(sa_family_t **)state, SIZE, 50);

    assert_int_equal(mh_train_send(ends.sender, ends.train, 50, 1), 50);
    receive_in_order(&ends, 50, SIZE);
    close_ends(&ends);
}

static void offloaded_they_arrive_one_by_one(void **state)
{
    struct ends ends = open_ends(**(sa_family_t **)state, SIZE, 50);

    assert_int_equal(mh_train_send(ends.sender, ends.train, 50, 20), 50);
    receive_in_order(&ends, 50, SIZE);
    close_ends(&ends);
}

static void who_wants_gets_them_as_one(void **state)
{
    struct ends ends = open_ends(**(sa_family_t **)state, SIZE, 50);

    assert_int_equal(mh_mcast_socket_set_coalescing(ends.receiver, true), 0);
    assert_int_equal(mh_train_send(ends.sender, ends.train, 50, 50), 50);
    const struct mh_datagram *datagram = net_fixture_receive(ends.receiver, ends.batch);
    assert_int_equal(datagram->segment_size, SIZE);
    assert_int_equal(datagram->length, 50 * SIZE);
    assert_int_equal(datagram->payload[49 * SIZE], 50);
    close_ends(&ends);
}

static void no_departure_is_told(void **state)
{
    struct ends ends = open_ends(**(sa_family_t **)state, SIZE, 10);
    struct mh_addr to = net_fixture_address(1, **(sa_family_t **)state);
    uint16_t port = net_fixture_port(ends.receiver);
    struct mh_departure departure;

    assert_int_equal(mh_mcast_socket_track_departures(ends.sender, NULL), 0);
    assert_int_equal(mh_train_send(ends.sender, ends.train, 10, 1), 10);
    assert_int_equal(mh_train_send(ends.sender, ends.train, 10, 10), 10);
    assert_int_equal(mh_mcast_socket_send(ends.sender, &to, port, "x", 1, NULL), 1);
    assert_int_equal(mh_mcast_socket_next_departure(ends.sender, &departure), 1);
    assert_int_equal(departure.id, 0); /* of the one that was sent by itself */
    assert_int_equal(mh_mcast_socket_next_departure(ends.sender, &departure), 0);
    close_ends(&ends);
}

static size_t next_length(struct ends *ends)
{
    net_fixture_await(mh_mcast_socket_fd(ends->receiver), POLLIN);
    assert_int_equal(mh_mcast_socket_receive(ends->receiver, ends->batch, 1, NULL), 1);
    return mh_datagram_batch_at(ends->batch, 0)->length;
}

/* A train asks the socket for what it wants; nothing of that is left for what comes after. */
static void what_follows_a_train_is_sent_as_ever(void **state)
{
    struct ends ends = open_ends(**(sa_family_t **)state, SIZE, 10);
    struct mh_addr to = net_fixture_address(1, **(sa_family_t **)state);
    uint8_t large[3 * SIZE] = {99};
    struct mh_outgoing list[] = {{to, net_fixture_port(ends.receiver), large, sizeof(large)},
        {to, net_fixture_port(ends.receiver), large, sizeof(large)}};
    struct mh_departure departure;

    assert_int_equal(mh_mcast_socket_track_departures(ends.sender, NULL), 0);
    for (uint32_t round = 0; round < 3; round++) {
        assert_int_equal(mh_train_send(ends.sender, ends.train, 10, round == 1 ? 1 : 10), 10);
        receive_in_order(&ends, 10, SIZE);
        assert_int_equal(mh_mcast_socket_send_batch(ends.sender, list, 2, NULL), 2);
        for (uint32_t i = 0; i < 2; i++) {
            assert_int_equal(next_length(&ends), sizeof(large));
            assert_int_equal(mh_mcast_socket_next_departure(ends.sender, &departure), 1);
            assert_int_equal(departure.id, 2 * round + i);
        }
        assert_int_equal(mh_mcast_socket_next_departure(ends.sender, &departure), 0);
    }
    close_ends(&ends);
}

static void the_largest_offload_is_taken(void **state)
{
    static const size_t sizes[] = {40, 1000, 1452};

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        size_t segments = mh_train_segments(sizes[i]);
        struct ends ends = open_ends(**(sa_family_t **)state, sizes[i], segments);
        assert_int_equal(mh_train_send(ends.sender, ends.train, segments, segments), segments);
        receive_in_order(&ends, segments, sizes[i]);
        close_ends(&ends);
    }
    assert_int_equal(mh_train_segments(40), 64);
    assert_int_equal(mh_train_segments(65507), 1);
}

static void refusals_have_their_code(void **state)
{
    struct ends ends = open_ends(**(sa_family_t **)state, 2000, 10);

    /* A segment does not fit into a frame: udp(7). */
    assert_true(mh_train_send(ends.sender, ends.train, 10, 10) < 0);
    net_fixture_set_link(&fixture, 0, false);
    assert_true(mh_train_send(ends.sender, ends.train, 10, 1) < 0);
    net_fixture_set_link(&fixture, 0, true);
    close_ends(&ends);
}

static int close_net(void **state)
{
    (void)state;
    net_fixture_done(&fixture);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        NET_FIXTURE_BOTH(single_frames_arrive_in_order),
        NET_FIXTURE_BOTH(offloaded_they_arrive_one_by_one),
        NET_FIXTURE_BOTH(who_wants_gets_them_as_one),
        NET_FIXTURE_BOTH(no_departure_is_told),
        NET_FIXTURE_BOTH(what_follows_a_train_is_sent_as_ever),
        NET_FIXTURE_BOTH(the_largest_offload_is_taken),
        NET_FIXTURE_BOTH(refusals_have_their_code),
    };
    return net_fixture_init(&fixture)
               ? cmocka_run_group_tests_name("net/train", tests, NULL, close_net)
               : TEST_SKIPPED;
}
