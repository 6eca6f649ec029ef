#include "net_fixture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct net_fixture fixture;

static struct mh_error refused(
    struct mh_mcast_socket *socket, const struct mh_addr *to, uint16_t port, int code)
{
    struct mh_error err;

    assert_int_equal(mh_mcast_socket_send(socket, to, port, "hello", 5, &err), code);
    return err;
}

static void explain(struct mh_error err, const char *message_part, const char *hint_part)
{
    if (!strstr(err.message, message_part) || !strstr(err.hint, hint_part))
        fail_msg("%s\n  hint: %s", err.message, err.hint);
}

static void refuses_wrong_arguments_in_words(void **state)
{
    sa_family_t family = *(sa_family_t *)*state;
    struct mh_mcast_socket *socket = net_fixture_bound(&fixture, 0, family);
    struct mh_addr group = net_fixture_group(family);
    struct mh_addr other = net_fixture_group(family == AF_INET ? AF_INET6 : AF_INET);
    struct mh_addr none = {.family = AF_UNSPEC};

    explain(refused(socket, &other, 5000, -EAFNOSUPPORT), "as the socket is", "");
    explain(refused(socket, &none, 5000, -EAFNOSUPPORT), "as the socket is", "");
    explain(refused(socket, &group, 0, -EINVAL), "the port must be 1 to 65535", "");
    mh_mcast_socket_free(socket);
}

static void tells_the_largest_payload(void **state)
{
    sa_family_t family = *(sa_family_t *)*state;
    struct mh_mcast_socket *socket = net_fixture_bound(&fixture, 0, family);
    struct mh_addr group = net_fixture_group(family);
    size_t largest = family == AF_INET6 ? 65527 : 65507;
    char *payload = calloc(1, largest + 1);
    struct mh_error err;

    assert_int_equal(
        mh_mcast_socket_send(socket, &group, 5000, payload, largest, NULL), largest);
    assert_int_equal(
        mh_mcast_socket_send(socket, &group, 5000, payload, largest + 1, &err), -EMSGSIZE);
    explain(err, "port 5000: Message too long (EMSGSIZE)",
        family == AF_INET6 ? "over IPv6 is 65527 bytes" : "over IPv4 is 65507 bytes");
    free(payload);
    mh_mcast_socket_free(socket);
}

static void explains_that_there_is_no_route(void **state)
{
    struct mh_mcast_socket *socket = net_fixture_bound(&fixture, 0, AF_INET);
    struct mh_addr group = net_fixture_group(AF_INET);
    struct mh_addr far = net_fixture_addr("192.0.2.1");
    (void)state;

    explain(refused(socket, &far, 5000, -ENETUNREACH), "5 bytes to 192.0.2.1 port 5000",
        "no route leads to that address");
    assert_int_equal(mh_mcast_socket_set_multicast_if(socket, 0, NULL, NULL), 0);
    explain(refused(socket, &group, 5000, -ENETUNREACH), "(ENETUNREACH)", "set multicast_if");
    mh_mcast_socket_free(socket);
}

static void explains_that_the_interface_is_down(void **state)
{
    sa_family_t family = *(sa_family_t *)*state;
    struct mh_mcast_socket *socket = net_fixture_bound(&fixture, 0, family);
    struct mh_addr group = net_fixture_group(family);

    net_fixture_set_link(&fixture, 0, false);
    explain(refused(socket, &group, 5000, -ENETUNREACH), "(ENETUNREACH)", "eth0 is down");
    net_fixture_set_link(&fixture, 0, true);
    mh_mcast_socket_free(socket);
}

static void explains_that_lo_carries_no_multicast(void **state)
{
    struct mh_mcast_socket *socket = net_fixture_bound(&fixture, 0, AF_INET6);
    struct mh_addr group = net_fixture_group(AF_INET6);
    (void)state;

    assert_int_equal(mh_mcast_socket_set_multicast_if(socket, 1, NULL, NULL), 0);
    explain(refused(socket, &group, 5000, -ENETUNREACH), "(ENETUNREACH)", "no MULTICAST flag");
    mh_mcast_socket_free(socket);
}

static void scopes_an_ipv6_group(void **state)
{
    struct mh_mcast_socket *socket;
    struct mh_addr group = net_fixture_addr("ff02::1234");
    (void)state;

    assert_int_equal(mh_mcast_socket_open(fixture.netns[0], AF_INET6, &socket, NULL), 0);
    group.scope = 99;
    explain(refused(socket, &group, 5000, -ENETUNREACH), "ff02::1234%99", "does not exist");
    group.scope = fixture.index[0];
    net_fixture_send(socket, &group, 5000, "scoped");
    mh_mcast_socket_free(socket);
}

static struct mh_mcast_socket *member_on_host_1(sa_family_t family)
{
    struct mh_mcast_socket *socket = net_fixture_bound(&fixture, 1, family);
    struct mh_membership m = {
        .group = net_fixture_group(family), .interface_index = fixture.index[1]};

    assert_int_equal(mh_mcast_socket_join(socket, &m, NULL), 0);
    return socket;
}

static void sends_a_batch_of_any_size_in_order(void **state)
{
    enum { COUNT = 150 };
    sa_family_t family = *(sa_family_t *)*state;
    struct mh_mcast_socket *sender = net_fixture_bound(&fixture, 0, family);
    struct mh_mcast_socket *receiver = member_on_host_1(family);
    struct mh_datagram_batch *batch = mh_datagram_batch_new(1, 10);
    struct mh_outgoing list[COUNT];
    uint8_t payload[COUNT];

    for (uint8_t i = 0; i < COUNT; i++) {
        payload[i] = i;
        list[i] = (struct mh_outgoing){
            net_fixture_group(family), net_fixture_port(receiver), &payload[i], 1};
    }
    assert_int_equal(mh_mcast_socket_send_batch(sender, list, 0, NULL), 0);
    assert_int_equal(mh_mcast_socket_send_batch(sender, list, COUNT, NULL), COUNT);
    for (uint8_t i = 0; i < COUNT; i++)
        assert_int_equal(net_fixture_receive(receiver, batch)->payload[0], i);
    mh_datagram_batch_free(batch);
    mh_mcast_socket_free(receiver);
    mh_mcast_socket_free(sender);
}

static void stops_a_batch_where_one_is_refused(void **state)
{
    sa_family_t family = *(sa_family_t *)*state;
    struct mh_mcast_socket *socket = net_fixture_bound(&fixture, 0, family);
    static const char large[70000];
    struct mh_outgoing list[4];
    struct mh_error err;

    for (size_t i = 0; i < 4; i++)
        list[i] = (struct mh_outgoing){net_fixture_group(family), 5000, "x", 1};
    list[2].port = 0;
    assert_int_equal(mh_mcast_socket_send_batch(socket, list, 4, &err), 2);
    assert_int_equal(mh_mcast_socket_send_batch(socket, list + 2, 2, &err), -EINVAL);
    explain(err, "the port must be 1 to 65535", "");
    list[2] = (struct mh_outgoing){net_fixture_group(family), 5000, large, sizeof(large)};
    assert_int_equal(mh_mcast_socket_send_batch(socket, list, 4, &err), 2);
    assert_int_equal(mh_mcast_socket_send_batch(socket, list + 2, 2, &err), -EMSGSIZE);
    explain(err, "send 70000 bytes to ", "largest UDP payload");
    mh_mcast_socket_free(socket);
}

int main(void)
{
    if (!net_fixture_init(&fixture))
        return TEST_SKIPPED;

    const struct CMUnitTest tests[] = {
        NET_FIXTURE_BOTH(refuses_wrong_arguments_in_words),
        NET_FIXTURE_BOTH(tells_the_largest_payload),
        cmocka_unit_test(explains_that_there_is_no_route),
        cmocka_unit_test(explains_that_lo_carries_no_multicast),
        cmocka_unit_test(scopes_an_ipv6_group),
        NET_FIXTURE_BOTH(sends_a_batch_of_any_size_in_order),
        NET_FIXTURE_BOTH(stops_a_batch_where_one_is_refused),
        NET_FIXTURE_BOTH(explains_that_the_interface_is_down),
    };
    int failed = cmocka_run_group_tests_name("net/send", tests, NULL, NULL);
    net_fixture_done(&fixture);
    return failed;
}
