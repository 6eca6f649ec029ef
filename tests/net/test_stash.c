#include "base/clock.h"
#include "net/stash.h"
#include "net_fixture.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

static struct net_fixture fixture;

enum { PLENTY = 64 << 20, CAPACITY = 8 };

/* Host 1 is a member and receives, host 0 sends. */
struct pair {
    struct mh_mcast_socket *receiver;
    struct mh_mcast_socket *sender;
    struct mh_addr group;
    uint16_t port;
    struct mh_stash *stash;
    struct mh_datagram_batch *batch;
};

static struct pair pair_with(sa_family_t family, size_t most_bytes, size_t slot_size)
{
    struct pair pair = {
        .receiver = net_fixture_bound(&fixture, 1, family),
        .sender = net_fixture_bound(&fixture, 0, family),
        .group = net_fixture_group(family),
        .stash = mh_stash_new(most_bytes),
        .batch = mh_datagram_batch_new(CAPACITY, slot_size),
    };
    struct mh_membership m = {.group = pair.group, .interface_index = fixture.index[1]};

    assert_int_equal(mh_mcast_socket_join(pair.receiver, &m, NULL), 0);
    pair.port = net_fixture_port(pair.receiver);
    return pair;
}

static struct pair pair_new(void **state)
{
    return pair_with(**(sa_family_t **)state, PLENTY, 100);
}

static void pair_done(struct pair *pair)
{
    mh_mcast_socket_free(pair->sender);
    mh_mcast_socket_free(pair->receiver);
    mh_datagram_batch_free(pair->batch);
    mh_stash_free(pair->stash);
}

/* All that was sent before has come: it is of the same sender, and comes last. */
static void settle(const struct pair *pair)
{
    sa_family_t family = mh_mcast_socket_family(pair->receiver);
    struct mh_mcast_socket *marker = net_fixture_bound(&fixture, 1, family);
    struct mh_addr to = net_fixture_address(1, family);

    net_fixture_send(pair->sender, &to, net_fixture_port(marker), "end");
    net_fixture_await(mh_mcast_socket_fd(marker), POLLIN);
    mh_mcast_socket_free(marker);
}

static void send_numbered(struct pair *pair, unsigned first, unsigned count)
{
    for (unsigned i = first; i < first + count; i++)
        assert_int_equal(
            mh_mcast_socket_send(pair->sender, &pair->group, pair->port, &i, sizeof(i), NULL),
            sizeof(i));
    settle(pair);
}

static size_t stash_all(const struct pair *pair)
{
    size_t total = 0;
    size_t count;

    while ((count = mh_mcast_socket_stash(pair->receiver, pair->stash)) > 0)
        total += count;
    return total;
}

static size_t receive(struct pair *pair, size_t most)
{
    struct mh_error err;
    int count = mh_mcast_socket_receive(pair->receiver, pair->batch, most, &err);

    if (count < 0)
        fail_msg("%s", err.message);
    return (size_t)count;
}

static void assert_number(const struct mh_datagram *datagram, unsigned expected)
{
    unsigned number;

    assert_int_equal(datagram->length, sizeof(number));
    memcpy(&number, datagram->payload, sizeof(number));
    assert_int_equal(number, expected);
}

/* Full batches, and a short one at the end. */
static void assert_numbered(struct pair *pair, unsigned first, unsigned count)
{
    unsigned next = first;
    size_t got;

    do {
        got = receive(pair, 0);
        for (size_t i = 0; i < got; i++)
            assert_number(mh_datagram_batch_at(pair->batch, i), next++);
    } while (got == CAPACITY);
    assert_int_equal(next, first + count);
}

static void tells_all_that_the_kernel_told(void **state)
{
    struct pair pair = pair_new(state);
    struct mh_addr sender = net_fixture_address(0, **(sa_family_t **)state);
    uint64_t before = mh_clock_realtime_ns();

    assert_int_equal(mh_mcast_socket_set(pair.sender, MH_MULTICAST_TTL, 17, NULL), 0);
    net_fixture_send(pair.sender, &pair.group, pair.port, "hello");
    net_fixture_await(mh_mcast_socket_fd(pair.receiver), POLLIN);
    assert_int_equal(stash_all(&pair), 1);
    /* The kernel stamps it when it comes, or when it is first read. */
    uint64_t after = mh_clock_realtime_ns();
    while (mh_clock_realtime_ns() == after)
        continue;
    assert_int_equal(receive(&pair, 0), 1);
    const struct mh_datagram *datagram = mh_datagram_batch_at(pair.batch, 0);
    assert_int_equal(datagram->length, 5);
    assert_memory_equal(datagram->payload, "hello", 5);
    assert_true(mh_addr_equal(&datagram->from, &sender));
    assert_int_equal(datagram->from_port, net_fixture_port(pair.sender));
    assert_true(mh_addr_equal(&datagram->to, &pair.group));
    assert_int_equal(datagram->interface_index, fixture.index[1]);
    assert_int_equal(datagram->ttl, 17);
    assert_in_range(datagram->time_ns, before, after);
    assert_false(datagram->truncated);
    assert_false(datagram->broadcast);
    assert_int_equal(datagram->segment_size, 0);
    pair_done(&pair);
}

static void comes_before_what_waits_in_the_socket(void **state)
{
    struct pair pair = pair_new(state);

    send_numbered(&pair, 0, 20);
    assert_int_equal(stash_all(&pair), 20);
    send_numbered(&pair, 20, 5);
    assert_int_equal(stash_all(&pair), 5);
    send_numbered(&pair, 25, 12);
    assert_numbered(&pair, 0, 37);
    assert_int_equal(receive(&pair, 0), 0);
    pair_done(&pair);
}

/* A batch that is not full says that nothing is left, in the stash or in the socket. */
static void fills_a_batch_from_both(void **state)
{
    struct pair pair = pair_new(state);

    send_numbered(&pair, 0, 3);
    assert_int_equal(stash_all(&pair), 3);
    send_numbered(&pair, 3, 2);
    assert_int_equal(receive(&pair, 1), 1);
    assert_number(mh_datagram_batch_at(pair.batch, 0), 0);
    assert_int_equal(receive(&pair, 3), 3);
    assert_number(mh_datagram_batch_at(pair.batch, 2), 3);
    assert_int_equal(receive(&pair, 3), 1);
    assert_number(mh_datagram_batch_at(pair.batch, 0), 4);
    pair_done(&pair);
}

static void keeps_sockets_apart(void **state)
{
    struct pair one = pair_new(state);
    struct pair two = pair_new(state);
    struct mh_stash *own = two.stash;

    two.stash = one.stash;
    for (unsigned i = 0; i < 50; i++) {
        send_numbered(&one, i, 1);
        send_numbered(&two, 100 + i, 1);
        assert_int_equal(stash_all(&one), 1);
        assert_int_equal(stash_all(&two), 1);
    }
    assert_numbered(&two, 100, 50);
    assert_numbered(&one, 0, 50);
    two.stash = own;
    pair_done(&two);
    pair_done(&one);
}

static void tells_of_empty_ones_and_of_what_was_cut(void **state)
{
    struct pair pair = pair_with(**(sa_family_t **)state, PLENTY, 5);

    net_fixture_send(pair.sender, &pair.group, pair.port, "");
    net_fixture_send(pair.sender, &pair.group, pair.port, "hello!");
    net_fixture_send(pair.sender, &pair.group, pair.port, "hello");
    settle(&pair);
    assert_int_equal(stash_all(&pair), 3);
    assert_int_equal(receive(&pair, 0), 3);
    assert_int_equal(mh_datagram_batch_at(pair.batch, 0)->length, 0);
    assert_false(mh_datagram_batch_at(pair.batch, 0)->truncated);
    assert_int_equal(mh_datagram_batch_at(pair.batch, 1)->length, 5);
    assert_true(mh_datagram_batch_at(pair.batch, 1)->truncated);
    assert_int_equal(mh_datagram_batch_at(pair.batch, 2)->length, 5);
    assert_false(mh_datagram_batch_at(pair.batch, 2)->truncated);
    assert_memory_equal(mh_datagram_batch_at(pair.batch, 2)->payload, "hello", 5);
    pair_done(&pair);
}

/* ---- its bound
 * -------------------------------------------------------------------------------
 */

enum { LARGE = 30000 };

static void send_large(struct pair *pair, unsigned number)
{
    static uint8_t payload[LARGE];

    memcpy(payload, &number, sizeof(number));
    payload[LARGE - 1] = (uint8_t)number;
    assert_int_equal(
        mh_mcast_socket_send(pair->sender, &pair->group, pair->port, payload, LARGE, NULL),
        LARGE);
    net_fixture_await(mh_mcast_socket_fd(pair->receiver), POLLIN);
}

static void assert_large(const struct pair *pair, unsigned expected)
{
    const struct mh_datagram *datagram = mh_datagram_batch_at(pair->batch, 0);
    unsigned number;

    assert_int_equal(datagram->length, LARGE);
    memcpy(&number, datagram->payload, sizeof(number));
    assert_int_equal(number, expected);
    assert_int_equal(datagram->payload[LARGE - 1], (uint8_t)expected);
}

/* One after the other, until it takes no more: that one is left in the socket. */
static unsigned fill_stash(struct pair *pair, unsigned first)
{
    unsigned number = first;

    while (stash_all(pair) == (size_t)(number > first)) {
        assert_true(number - first < 1000);
        send_large(pair, number++);
    }
    return number;
}

static void what_it_has_no_room_for_stays_in_the_socket(void **state)
{
    enum { BYTES = 8 << 20 };
    struct pair pair = pair_with(**(sa_family_t **)state, BYTES, LARGE);
    unsigned sent = fill_stash(&pair, 0);

    assert_in_range(sent, BYTES / LARGE * 3 / 4, BYTES / LARGE);
    send_large(&pair, sent++);
    assert_int_equal(stash_all(&pair), 0);
    settle(&pair);
    for (unsigned i = 0; i < sent; i++) {
        assert_int_equal(receive(&pair, 1), 1);
        assert_large(&pair, i);
    }
    assert_int_equal(mh_mcast_socket_drops(pair.receiver), 0);
    /* Now there is room again, as much as before. */
    assert_in_range(fill_stash(&pair, sent), sent + BYTES / LARGE * 3 / 4, UINT32_MAX);
    pair_done(&pair);
}

static void one_without_any_room_takes_nothing(void **state)
{
    struct pair pair = pair_with(**(sa_family_t **)state, 0, 100);

    send_numbered(&pair, 0, 3);
    assert_int_equal(stash_all(&pair), 0);
    assert_numbered(&pair, 0, 3);
    pair_done(&pair);
}

static void what_was_stashed_goes_with_its_socket(void **state)
{
    struct pair pair = pair_new(state);

    send_numbered(&pair, 0, 30);
    assert_int_equal(stash_all(&pair), 30);
    assert_int_equal(receive(&pair, 3), 3);
    pair_done(&pair); /* mh_stash_free() would not take a stash that is not empty */
}

/* ---- annexes
 * ---------------------------------------------------------------------------------
 */

static struct mh_membership other_group(void)
{
    return (struct mh_membership){
        .group = net_fixture_addr("239.7.7.7"), .interface_index = fixture.index[1]};
}

static void annexes_are_read_with_the_socket(void **state)
{
    struct pair pair = pair_with(AF_INET, PLENTY, 100);
    struct mh_membership other = other_group();
    (void)state;

    net_fixture_sysctl(&fixture, 1, "ipv4/igmp_max_memberships", "1");
    assert_int_equal(mh_mcast_socket_spread(pair.receiver, NULL), 0);
    assert_int_equal(mh_mcast_socket_join(pair.receiver, &other, NULL), -ENOBUFS);
    assert_int_equal(mh_mcast_socket_add_annex(
                         pair.receiver, net_fixture_socket(&fixture, 1, AF_INET), NULL),
        0);
    assert_int_equal(mh_mcast_socket_join(pair.receiver, &other, NULL), 0);
    net_fixture_send(pair.sender, &pair.group, pair.port, "to the socket");
    net_fixture_send(pair.sender, &other.group, pair.port, "to the annex");
    settle(&pair);
    assert_int_equal(stash_all(&pair), 2);
    assert_int_equal(receive(&pair, 0), 2);
    assert_true(mh_addr_equal(&mh_datagram_batch_at(pair.batch, 0)->to, &pair.group));
    assert_true(mh_addr_equal(&mh_datagram_batch_at(pair.batch, 1)->to, &other.group));
    assert_memory_equal(mh_datagram_batch_at(pair.batch, 1)->payload, "to the annex", 12);
    net_fixture_sysctl(&fixture, 1, "ipv4/igmp_max_memberships", "20");
    pair_done(&pair);
}

static int close_fixture(void **state)
{
    (void)state;
    net_fixture_done(&fixture);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        NET_FIXTURE_BOTH(tells_all_that_the_kernel_told),
        NET_FIXTURE_BOTH(comes_before_what_waits_in_the_socket),
        NET_FIXTURE_BOTH(fills_a_batch_from_both),
        NET_FIXTURE_BOTH(keeps_sockets_apart),
        NET_FIXTURE_BOTH(tells_of_empty_ones_and_of_what_was_cut),
        NET_FIXTURE_BOTH(what_it_has_no_room_for_stays_in_the_socket),
        NET_FIXTURE_BOTH(one_without_any_room_takes_nothing),
        NET_FIXTURE_BOTH(what_was_stashed_goes_with_its_socket),
        cmocka_unit_test(annexes_are_read_with_the_socket),
    };

    if (!net_fixture_init(&fixture))
        return TEST_SKIPPED;
    return cmocka_run_group_tests_name("net/stash", tests, NULL, close_fixture);
}
