#include "net/packet_socket.h"
#include "net_fixture.h"

#include <linux/if_ether.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

static struct net_fixture fixture;

static void is_deaf_until_it_is_bound(void **state)
{
    struct mh_addr group = net_fixture_group(AF_INET);
    struct mh_mcast_socket *sender = net_fixture_bound(&fixture, 0, AF_INET);
    int bound = mh_packet_socket_open(fixture.netns[1], "seeing", NULL);
    int unbound = mh_packet_socket_open(fixture.netns[1], "seeing", NULL);
    uint8_t bytes[2048];
    uint64_t time_ns;
    (void)state;

    assert_true(bound >= 0 && unbound >= 0);
    assert_int_equal(mh_packet_socket_bind(bound, fixture.index[1], ETH_P_ALL), 0);
    net_fixture_send(sender, &group, 5000, "heard by one");
    net_fixture_await(bound, POLLIN);
    assert_true(mh_packet_socket_receive(bound, bytes, sizeof(bytes), &time_ns) > 0);
    assert_int_equal(mh_packet_socket_receive(unbound, bytes, sizeof(bytes), &time_ns), 0);
    close(unbound);
    close(bound);
    mh_mcast_socket_free(sender);
}

static void hears_nothing_when_bound_to_send(void **state)
{
    struct mh_addr group = net_fixture_group(AF_INET);
    struct mh_mcast_socket *sender = net_fixture_bound(&fixture, 0, AF_INET);
    int hears = mh_packet_socket_open(fixture.netns[1], "seeing", NULL);
    int sends = mh_packet_socket_open(fixture.netns[1], "sending", NULL);
    uint8_t bytes[2048];
    uint64_t time_ns;
    (void)state;

    assert_int_equal(mh_packet_socket_bind(hears, fixture.index[1], ETH_P_ALL), 0);
    assert_int_equal(mh_packet_socket_bind(sends, fixture.index[1], 0), 0);
    net_fixture_send(sender, &group, 5000, "not for who sends");
    net_fixture_await(hears, POLLIN);
    assert_int_equal(mh_packet_socket_receive(sends, bytes, sizeof(bytes), &time_ns), 0);
    close(sends);
    close(hears);
    mh_mcast_socket_free(sender);
}

int main(void)
{
    if (!net_fixture_init(&fixture))
        return TEST_SKIPPED;

    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_deaf_until_it_is_bound),
        cmocka_unit_test(hears_nothing_when_bound_to_send),
    };
    int failed = cmocka_run_group_tests_name("net/packet_socket", tests, NULL, NULL);
    net_fixture_done(&fixture);
    return failed;
}
