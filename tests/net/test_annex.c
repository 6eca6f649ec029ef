#include "net_fixture.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct net_fixture fixture;

/* Host 1 receives with a socket that may have annexes, host 0 sends to its port. */
struct pair {
    struct mh_mcast_socket *receiver;
    struct mh_mcast_socket *sender;
    struct mh_datagram_batch *batch;
    uint16_t port;
};

static struct pair pair_new(sa_family_t family)
{
    struct pair pair = {
        .receiver = net_fixture_bound(&fixture, 1, family),
        .sender = net_fixture_bound(&fixture, 0, family),
        .batch = mh_datagram_batch_new(8, 100),
    };

    pair.port = net_fixture_port(pair.receiver);
    assert_int_equal(mh_mcast_socket_spread(pair.receiver, NULL), 0);
    return pair;
}

static void pair_done(struct pair *pair)
{
    mh_datagram_batch_free(pair->batch);
    mh_mcast_socket_free(pair->sender);
    mh_mcast_socket_free(pair->receiver);
}

static struct mh_membership member_of(int group)
{
    char text[MH_ADDR_TEXT_MAX];

    snprintf(text, sizeof(text), "239.7.7.%d", group);
    return (struct mh_membership){
        .group = net_fixture_addr(text), .interface_index = fixture.index[1]};
}

static int join(struct pair *pair, int group)
{
    struct mh_membership m = member_of(group);

    return mh_mcast_socket_join(pair->receiver, &m, NULL);
}

static int leave(struct pair *pair, int group)
{
    struct mh_membership m = member_of(group);

    return mh_mcast_socket_leave(pair->receiver, &m, NULL);
}

static void add_annex(struct pair *pair)
{
    struct mh_mcast_socket *annex =
        net_fixture_socket(&fixture, 1, mh_mcast_socket_family(pair->receiver));
    struct mh_error err;

    if (mh_mcast_socket_add_annex(pair->receiver, annex, &err) < 0)
        fail_msg("%s", err.message);
}

/* Groups 1 to 4, two on each socket of the kernel. */
static struct pair pair_of_four(void)
{
    struct pair pair = pair_new(AF_INET);

    assert_int_equal(join(&pair, 1), 0);
    assert_int_equal(join(&pair, 2), 0);
    assert_false(mh_mcast_socket_is_full(pair.receiver));
    assert_int_equal(join(&pair, 3), -ENOBUFS);
    assert_true(mh_mcast_socket_is_full(pair.receiver));
    add_annex(&pair);
    assert_false(mh_mcast_socket_is_full(pair.receiver));
    assert_int_equal(join(&pair, 3), 0);
    assert_int_equal(join(&pair, 4), 0);
    return pair;
}

/* One at a time, as they come: what waits at several parts comes in any order. */
static const struct mh_datagram *next(struct pair *pair)
{
    struct mh_error err;
    int count;

    do {
        net_fixture_await(mh_mcast_socket_poll_fd(pair->receiver), POLLIN);
        count = mh_mcast_socket_receive(pair->receiver, pair->batch, 1, &err);
        if (count < 0)
            fail_msg("%s", err.message);
    } while (count == 0);
    return mh_datagram_batch_at(pair->batch, 0);
}

/* How often something comes that is sent there once. Behind it goes a datagram to group 1 and
 * one to group 4, one on each part: when both are there the first would have been. */
static int heard(struct pair *pair, const struct mh_addr *to)
{
    struct mh_addr ends[] = {member_of(1).group, member_of(4).group};
    int count = 0;

    net_fixture_send(pair->sender, to, pair->port, "it");
    for (size_t i = 0; i < 2; i++)
        net_fixture_send(pair->sender, &ends[i], pair->port, "end");
    for (int left = 2; left > 0;) {
        const struct mh_datagram *datagram = next(pair);
        if (datagram->length == strlen("end"))
            left--;
        else
            count++;
    }
    return count;
}

static int group_heard(struct pair *pair, int group)
{
    struct mh_membership m = member_of(group);

    return heard(pair, &m.group);
}

static void hears_each_of_its_groups_once(void **state)
{
    struct pair pair = pair_of_four();
    (void)state;

    for (int group = 1; group <= 4; group++)
        assert_int_equal(group_heard(&pair, group), 1);
    assert_int_equal(group_heard(&pair, 5), 0);
    pair_done(&pair);
}

static void joins_no_group_twice(void **state)
{
    struct pair pair = pair_of_four();
    (void)state;

    for (int group = 1; group <= 4; group++)
        assert_int_equal(join(&pair, group), -EADDRINUSE);
    pair_done(&pair);
}

static void joins_where_there_is_room(void **state)
{
    struct pair pair = pair_of_four();
    (void)state;

    assert_int_equal(join(&pair, 5), -ENOBUFS);
    assert_int_equal(leave(&pair, 2), 0);
    assert_int_equal(join(&pair, 5), 0);
    assert_int_equal(leave(&pair, 3), 0);
    assert_int_equal(leave(&pair, 3), -EADDRNOTAVAIL);
    assert_int_equal(join(&pair, 6), 0);
    assert_int_equal(mh_mcast_socket_part_count(pair.receiver), 2);
    static const int expected[] = {1, 0, 0, 1, 1, 1};
    for (int i = 0; i < 6; i++)
        assert_int_equal(group_heard(&pair, i + 1), expected[i]);
    pair_done(&pair);
}

/* All sources of a group are on one part: it is one membership. */
static void sources_stay_together(void **state)
{
    struct pair pair = pair_of_four();
    struct mh_membership m = member_of(5);
    struct mh_source_filter filter;
    (void)state;

    assert_int_equal(leave(&pair, 3), 0);
    m.source = net_fixture_addr("10.9.9.9");
    assert_int_equal(mh_mcast_socket_join(pair.receiver, &m, NULL), 0);
    assert_int_equal(group_heard(&pair, 5), 0);
    m.source = net_fixture_address(0, AF_INET);
    assert_int_equal(leave(&pair, 2), 0);
    assert_int_equal(mh_mcast_socket_join(pair.receiver, &m, NULL), 0);
    assert_int_equal(group_heard(&pair, 5), 1);
    assert_int_equal(
        mh_mcast_socket_filter(pair.receiver, &m.group, m.interface_index, &filter, NULL), 0);
    assert_int_equal(filter.mode, MH_FILTER_INCLUDE);
    assert_int_equal(filter.source_count, 2);
    free(filter.sources);
    pair_done(&pair);
}

static void mutes_a_source_of_an_annex(void **state)
{
    struct pair pair = pair_of_four();
    struct mh_membership m = member_of(3);
    (void)state;

    m.source = net_fixture_address(0, AF_INET);
    assert_int_equal(mh_mcast_socket_block(pair.receiver, &m, NULL), 0);
    assert_int_equal(group_heard(&pair, 3), 0);
    assert_int_equal(mh_mcast_socket_unblock(pair.receiver, &m, NULL), 0);
    assert_int_equal(group_heard(&pair, 3), 1);
    pair_done(&pair);
}

static void hears_once_what_goes_to_no_group(void **state)
{
    struct pair pair = pair_of_four();
    struct mh_addr unicast = net_fixture_address(1, AF_INET);
    struct mh_addr broadcast = net_fixture_addr("10.0.0.255");
    int yes = 1;
    (void)state;

    assert_int_equal(setsockopt(mh_mcast_socket_fd(pair.sender), SOL_SOCKET, SO_BROADCAST, &yes,
                         sizeof(yes)),
        0);
    assert_int_equal(heard(&pair, &unicast), 1);
    assert_int_equal(heard(&pair, &broadcast), 1);
    pair_done(&pair);
}

static void options_are_those_of_all_parts(void **state)
{
    struct pair pair = pair_of_four();
    int before, value;
    (void)state;

    for (int size = 5000; size < 60000; size *= 2) {
        assert_int_equal(mh_mcast_socket_set(pair.receiver, MH_RECEIVE_BUFFER, size, NULL), 0);
        assert_int_equal(
            mh_mcast_socket_get(pair.receiver, MH_RECEIVE_BUFFER, &before, NULL), 0);
        add_annex(&pair);
        for (size_t i = 0; i < mh_mcast_socket_part_count(pair.receiver); i++) {
            struct mh_mcast_socket *part = mh_mcast_socket_part(pair.receiver, i);
            assert_int_equal(mh_mcast_socket_get(part, MH_RECEIVE_BUFFER, &value, NULL), 0);
            assert_int_equal(value, before);
        }
    }
    pair_done(&pair);
}

/* With multicast_all each part would hear the groups of all. */
static void does_not_hear_all(void **state)
{
    struct pair pair = pair_of_four();
    struct pair other = pair_new(AF_INET);
    struct mh_error err;
    (void)state;

    assert_int_equal(mh_mcast_socket_set(pair.receiver, MH_MULTICAST_ALL, 1, &err), -EINVAL);
    assert_non_null(strstr(err.message, "spread over several sockets"));
    assert_int_equal(mh_mcast_socket_set(other.receiver, MH_MULTICAST_ALL, 1, NULL), 0);
    assert_int_equal(mh_mcast_socket_add_annex(
                         other.receiver, net_fixture_socket(&fixture, 1, AF_INET), &err),
        -EINVAL);
    assert_non_null(strstr(err.message, "several times"));
    pair_done(&other);
    pair_done(&pair);
}

static void drops_are_those_of_all_parts(void **state)
{
    struct pair pair = pair_of_four();
    struct mh_addr groups[] = {member_of(1).group, member_of(4).group};
    enum { SENT = 100 };
    uint64_t got = 0;
    (void)state;

    assert_int_equal(mh_mcast_socket_set(pair.receiver, MH_RECEIVE_BUFFER, 2304, NULL), 0);
    for (int i = 0; i < SENT; i++)
        net_fixture_send(pair.sender, &groups[i % 4 > 0], pair.port, "many");
    for (int count; (count = mh_mcast_socket_receive(pair.receiver, pair.batch, 0, NULL)) > 0;)
        got += (uint64_t)count;
    assert_true(got < SENT - 2);
    assert_int_equal(got + mh_mcast_socket_drops(pair.receiver), SENT);
    pair_done(&pair);
}

/* What waits at the parts is one queue: no call stops at the end of a part. */
static void fills_a_batch_from_all_parts(void **state)
{
    struct pair pair = pair_of_four();
    struct mh_addr groups[] = {member_of(1).group, member_of(4).group};
    (void)state;

    for (int i = 0; i < 10; i++)
        net_fixture_send(pair.sender, &groups[i % 2], pair.port, "one of ten");
    assert_int_equal(mh_mcast_socket_receive(pair.receiver, pair.batch, 0, NULL), 8);
    assert_int_equal(mh_mcast_socket_receive(pair.receiver, pair.batch, 0, NULL), 2);
    assert_int_equal(mh_mcast_socket_receive(pair.receiver, pair.batch, 0, NULL), 0);
    pair_done(&pair);
}

/* However many of them there are. */
static void reads_all_parts_at_once(void **state)
{
    enum { PARTS = 70 };
    struct pair pair = pair_of_four();
    struct mh_datagram_batch *batch = mh_datagram_batch_new(PARTS + 1, 100);
    (void)state;

    for (int group = 5; group <= 2 * PARTS; group++)
        if (join(&pair, group) < 0) {
            add_annex(&pair);
            assert_int_equal(join(&pair, group), 0);
        }
    assert_int_equal(mh_mcast_socket_part_count(pair.receiver), PARTS);
    for (int group = 2; group <= 2 * PARTS; group += 2) {
        struct mh_membership m = member_of(group);
        net_fixture_send(pair.sender, &m.group, pair.port, "one to each part");
    }
    assert_int_equal(mh_mcast_socket_receive(pair.receiver, batch, 0, NULL), PARTS);
    mh_datagram_batch_free(batch);
    pair_done(&pair);
}

/* IPv6 has no limit but the memory of a socket's options (net.core.optmem_max). */
static void spreads_ipv6_too(void **state)
{
    struct pair pair = pair_new(AF_INET6);
    struct mh_membership m = {.interface_index = fixture.index[1]};
    char text[MH_ADDR_TEXT_MAX];
    int r = 0;
    (void)state;

    for (int i = 0; i < 9999 && r == 0; i++) {
        snprintf(text, sizeof(text), "ff15::7:%d", i);
        m.group = net_fixture_addr(text);
        r = mh_mcast_socket_join(pair.receiver, &m, NULL);
    }
    assert_int_equal(r, -ENOMEM);
    assert_true(mh_mcast_socket_is_full(pair.receiver));
    add_annex(&pair);
    assert_int_equal(mh_mcast_socket_join(pair.receiver, &m, NULL), 0);
    net_fixture_send(pair.sender, &m.group, pair.port, "last");
    assert_true(mh_addr_equal(&next(&pair)->to, &m.group));
    pair_done(&pair);
}

int main(void)
{
    if (!net_fixture_init(&fixture))
        return TEST_SKIPPED;

    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hears_each_of_its_groups_once),
        cmocka_unit_test(joins_no_group_twice),
        cmocka_unit_test(joins_where_there_is_room),
        cmocka_unit_test(sources_stay_together),
        cmocka_unit_test(mutes_a_source_of_an_annex),
        cmocka_unit_test(hears_once_what_goes_to_no_group),
        cmocka_unit_test(options_are_those_of_all_parts),
        cmocka_unit_test(does_not_hear_all),
        cmocka_unit_test(drops_are_those_of_all_parts),
        cmocka_unit_test(fills_a_batch_from_all_parts),
        cmocka_unit_test(reads_all_parts_at_once),
        cmocka_unit_test(spreads_ipv6_too),
    };
    net_fixture_sysctl(&fixture, 1, "ipv4/igmp_max_memberships", "2");
    int failed = cmocka_run_group_tests_name("net/annex", tests, NULL, NULL);
    net_fixture_done(&fixture);
    return failed;
}
