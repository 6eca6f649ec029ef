#include "net_fixture.h"

#include <errno.h>
#include <string.h>

static struct net_fixture fixture;

static struct mh_mcast_socket *open_on(int host, sa_family_t family)
{
    struct mh_mcast_socket *socket;

    assert_int_equal(mh_mcast_socket_open(fixture.netns[host], family, &socket, NULL), 0);
    return socket;
}

static void assert_outgoing(
    struct mh_mcast_socket *socket, unsigned index, const struct mh_addr *address)
{
    struct mh_addr seen_address;
    unsigned seen_index;

    assert_int_equal(mh_mcast_socket_multicast_if(socket, &seen_index, &seen_address, NULL), 0);
    assert_int_equal(seen_index, index);
    if (!mh_addr_equal(&seen_address, address)) {
        char text[MH_ADDR_TEXT_MAX];
        fail_msg("the address is %s", mh_addr_format(&seen_address, text));
    }
}

static const struct mh_addr none = {.family = AF_UNSPEC};

static void is_set_by_index_and_reset(void **state)
{
    sa_family_t family = *(sa_family_t *)*state;
    struct mh_mcast_socket *socket = open_on(1, family);
    struct mh_addr first = family == AF_INET ? net_fixture_address(1, AF_INET) : none;

    assert_outgoing(socket, 0, &none);
    assert_int_equal(mh_mcast_socket_set_multicast_if(socket, fixture.index[1], NULL, NULL), 0);
    assert_outgoing(socket, fixture.index[1], &first);
    assert_int_equal(mh_mcast_socket_set_multicast_if(socket, 0, &none, NULL), 0);
    assert_outgoing(socket, 0, &none);
    mh_mcast_socket_free(socket);
}

static void is_set_by_address(void **state)
{
    struct mh_mcast_socket *socket = open_on(1, AF_INET);
    struct mh_addr address = net_fixture_address(1, AF_INET);
    (void)state;

    assert_int_equal(mh_mcast_socket_set_multicast_if(socket, 0, &address, NULL), 0);
    assert_outgoing(socket, fixture.index[1], &address);
    mh_mcast_socket_free(socket);
}

static void refuses_what_is_not_there(void **state)
{
    sa_family_t family = *(sa_family_t *)*state;
    struct mh_mcast_socket *socket = open_on(1, family);
    struct mh_error err;

    int r = mh_mcast_socket_set_multicast_if(socket, 99, NULL, &err);
    assert_int_equal(r, family == AF_INET6 ? -ENODEV : -EADDRNOTAVAIL);
    assert_non_null(strstr(err.message, "set multicast_if to interface 99: "));
    assert_string_equal(err.hint, "this host has no interface with that index");
    assert_outgoing(socket, 0, &none);
    mh_mcast_socket_free(socket);
}

static void refuses_an_address_of_no_interface(void **state)
{
    struct mh_mcast_socket *socket = open_on(1, AF_INET);
    struct mh_addr elsewhere = net_fixture_address(0, AF_INET);
    struct mh_error err;
    (void)state;

    assert_int_equal(
        mh_mcast_socket_set_multicast_if(socket, 0, &elsewhere, &err), -EADDRNOTAVAIL);
    assert_non_null(strstr(err.message, "set multicast_if to 10.0.0.1: "));
    assert_string_equal(err.hint, "no interface of this host has that address");
    assert_outgoing(socket, 0, &none);
    mh_mcast_socket_free(socket);
}

static void refuses_an_ipv6_address(void **state)
{
    sa_family_t family = *(sa_family_t *)*state;
    struct mh_mcast_socket *socket = open_on(1, family);
    struct mh_addr address = net_fixture_address(1, AF_INET6);
    struct mh_error err;

    assert_int_equal(mh_mcast_socket_set_multicast_if(socket, 0, &address, &err), -EINVAL);
    assert_non_null(
        strstr(err.message, family == AF_INET6 ? "takes its interface by index"
                                               : "an IPv4 socket takes an IPv4 address"));
    mh_mcast_socket_free(socket);
}

int main(void)
{
    if (!net_fixture_init(&fixture))
        return TEST_SKIPPED;

    const struct CMUnitTest tests[] = {
        NET_FIXTURE_BOTH(is_set_by_index_and_reset),
        cmocka_unit_test(is_set_by_address),
        NET_FIXTURE_BOTH(refuses_what_is_not_there),
        cmocka_unit_test(refuses_an_address_of_no_interface),
        NET_FIXTURE_BOTH(refuses_an_ipv6_address),
    };
    int failed = cmocka_run_group_tests_name("net/multicast_if", tests, NULL, NULL);
    net_fixture_done(&fixture);
    return failed;
}
