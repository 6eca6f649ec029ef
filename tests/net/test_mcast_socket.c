#include "net/netns.h"
#include "net_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef IPV6_MULTICAST_ALL
#define IPV6_MULTICAST_ALL 29
#endif

static struct net_fixture fixture;

static struct mh_mcast_socket *open_on(int host, sa_family_t family)
{
    struct mh_mcast_socket *socket;
    struct mh_error err;

    if (mh_mcast_socket_open(fixture.netns[host], family, &socket, &err) < 0)
        fail_msg("%s", err.message);
    return socket;
}

static int option(const struct mh_mcast_socket *socket, int level, int name)
{
    int value = -1;
    socklen_t length = sizeof(value);

    assert_int_equal(getsockopt(mh_mcast_socket_fd(socket), level, name, &value, &length), 0);
    return value;
}

static ino_t here(void)
{
    struct stat status;

    assert_int_equal(stat("/proc/thread-self/ns/net", &status), 0);
    return status.st_ino;
}

static void opens_in_another_namespace_and_comes_home(void **state)
{
    sa_family_t family = *(sa_family_t *)*state;
    struct mh_addr remote = net_fixture_address(1, family);
    ino_t before = here();
    struct mh_mcast_socket *socket = open_on(1, family);

    assert_int_equal(here(), before);
    assert_int_equal(mh_mcast_socket_family(socket), family);
    assert_int_equal(mh_mcast_socket_bind(socket, &remote, 0, NULL), 0);
    mh_mcast_socket_free(socket);
}

static void opens_where_the_thread_is_for_minus_one(void **state)
{
    sa_family_t family = *(sa_family_t *)*state;
    struct mh_addr local = net_fixture_address(0, family);
    struct mh_mcast_socket *socket;

    assert_int_equal(mh_mcast_socket_open(-1, family, &socket, NULL), 0);
    assert_int_equal(mh_mcast_socket_bind(socket, &local, 0, NULL), 0);
    mh_mcast_socket_free(socket);
}

static void owns_what_it_adopts(void **state)
{
    sa_family_t family = *(sa_family_t *)*state;
    struct mh_mcast_socket *adopted;

    int fd = mh_netns_socket(fixture.netns[1], family, SOCK_DGRAM, IPPROTO_UDP, NULL);
    assert_int_equal(mh_mcast_socket_adopt(fd, family, &adopted, NULL), 0);
    assert_int_equal(mh_mcast_socket_fd(adopted), fd);
    assert_int_equal(option(adopted, family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6,
                         family == AF_INET ? IP_MULTICAST_ALL : IPV6_MULTICAST_ALL),
        0);
    mh_mcast_socket_free(adopted);
    assert_int_equal(fcntl(fd, F_GETFD), -1);
    fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    assert_int_equal(mh_mcast_socket_adopt(fd, family, &adopted, NULL), -ENOTSOCK);
    assert_int_equal(fcntl(fd, F_GETFD), -1);
}

static void starts_with_what_the_harness_wants(void **state)
{
    sa_family_t family = *(sa_family_t *)*state;
    struct mh_mcast_socket *socket = open_on(0, family);
    int fd = mh_mcast_socket_fd(socket);

    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
    assert_int_equal(option(socket, SOL_SOCKET, SO_TIMESTAMPNS), 1);
    if (family == AF_INET6) {
        assert_int_equal(option(socket, IPPROTO_IPV6, IPV6_V6ONLY), 1);
        assert_int_equal(option(socket, IPPROTO_IPV6, IPV6_MULTICAST_ALL), 0);
        assert_int_equal(option(socket, IPPROTO_IPV6, IPV6_RECVPKTINFO), 1);
        assert_int_equal(option(socket, IPPROTO_IPV6, IPV6_RECVHOPLIMIT), 1);
    } else {
        assert_int_equal(option(socket, IPPROTO_IP, IP_MULTICAST_ALL), 0);
        assert_int_equal(option(socket, IPPROTO_IP, IP_PKTINFO), 1);
        assert_int_equal(option(socket, IPPROTO_IP, IP_RECVTTL), 1);
    }
    mh_mcast_socket_free(socket);
}

static void refuses_another_family(void **state)
{
    struct mh_mcast_socket *socket = NULL;
    struct mh_error err;
    (void)state;

    assert_int_equal(mh_mcast_socket_open(-1, AF_UNIX, &socket, &err), -EAFNOSUPPORT);
    assert_non_null(strstr(err.message, "the family must be IPv4 or IPv6"));
    assert_null(socket);
    assert_null(mh_mcast_socket_free(NULL));
}

static void takes_a_free_port_for_zero(void **state)
{
    sa_family_t family = *(sa_family_t *)*state;
    struct mh_mcast_socket *socket = open_on(0, family);
    struct mh_addr none = {.family = AF_UNSPEC};
    struct mh_addr local;
    uint16_t port;

    assert_int_equal(mh_mcast_socket_local(socket, &local, &port, NULL), 0);
    assert_int_equal(port, 0);
    assert_int_equal(mh_mcast_socket_bind(socket, &none, 0, NULL), 0);
    assert_int_equal(mh_mcast_socket_local(socket, &local, &port, NULL), 0);
    assert_true(mh_addr_is_any(&local));
    assert_int_not_equal(port, 0);
    mh_mcast_socket_free(socket);
}

static void binds_to_a_group(void **state)
{
    sa_family_t family = *(sa_family_t *)*state;
    struct mh_mcast_socket *socket = open_on(0, family);
    struct mh_addr group = net_fixture_group(family);
    struct mh_addr local;
    uint16_t port;

    assert_int_equal(mh_mcast_socket_bind(socket, &group, 5000, NULL), 0);
    assert_int_equal(mh_mcast_socket_local(socket, &local, &port, NULL), 0);
    assert_true(mh_addr_equal(&local, &group));
    assert_int_equal(port, 5000);
    mh_mcast_socket_free(socket);
}

static void says_that_the_port_is_taken(void **state)
{
    sa_family_t family = *(sa_family_t *)*state;
    struct mh_mcast_socket *first = open_on(0, family);
    struct mh_mcast_socket *second = open_on(0, family);
    struct mh_addr none = {.family = AF_UNSPEC};
    struct mh_error err;

    assert_int_equal(mh_mcast_socket_bind(first, &none, 5000, NULL), 0);
    assert_int_equal(mh_mcast_socket_bind(second, &none, 5000, &err), -EADDRINUSE);
    assert_string_equal(err.message,
        family == AF_INET6 ? "bind to :: port 5000: Address already in use (EADDRINUSE)"
                           : "bind to 0.0.0.0 port 5000: Address already in use (EADDRINUSE)");
    assert_non_null(strstr(err.hint, "reuse_addr"));
    mh_mcast_socket_free(second);
    mh_mcast_socket_free(first);
}

static void says_that_it_is_bound_already(void **state)
{
    sa_family_t family = *(sa_family_t *)*state;
    struct mh_mcast_socket *socket = net_fixture_bound(&fixture, 0, family);
    struct mh_addr none = {.family = AF_UNSPEC};
    struct mh_error err;

    assert_int_equal(mh_mcast_socket_bind(socket, &none, 5000, &err), -EINVAL);
    assert_non_null(strstr(err.hint, "bound already"));
    mh_mcast_socket_free(socket);
}

static void says_that_no_interface_has_the_address(void **state)
{
    sa_family_t family = *(sa_family_t *)*state;
    struct mh_mcast_socket *socket = open_on(0, family);
    struct mh_addr remote = net_fixture_address(1, family);
    struct mh_error err;

    assert_int_equal(mh_mcast_socket_bind(socket, &remote, 5000, &err), -EADDRNOTAVAIL);
    assert_string_equal(err.hint, "no interface of this host has that address (yet)");
    mh_mcast_socket_free(socket);
}

static void says_that_a_link_local_address_lacks_its_interface(void **state)
{
    struct mh_mcast_socket *socket = open_on(0, AF_INET6);
    struct mh_addr group = net_fixture_addr("ff02::1234");
    struct mh_error err;
    (void)state;

    assert_int_equal(mh_mcast_socket_bind(socket, &group, 5000, &err), -EINVAL);
    assert_non_null(strstr(err.hint, "needs its interface"));
    group.scope = fixture.index[0];
    assert_int_equal(mh_mcast_socket_bind(socket, &group, 5000, &err), 0);
    mh_mcast_socket_free(socket);
}

static void refuses_an_address_of_the_other_family(void **state)
{
    sa_family_t family = *(sa_family_t *)*state;
    struct mh_mcast_socket *socket = open_on(0, family);
    struct mh_addr other = net_fixture_group(family == AF_INET ? AF_INET6 : AF_INET);
    struct mh_error err;

    assert_int_equal(mh_mcast_socket_bind(socket, &other, 5000, &err), -EAFNOSUPPORT);
    assert_non_null(strstr(err.message, "the address is of another family"));
    assert_int_equal(net_fixture_port(socket), 0);
    mh_mcast_socket_free(socket);
}

int main(void)
{
    if (!net_fixture_init(&fixture))
        return TEST_SKIPPED;

    const struct CMUnitTest tests[] = {
        NET_FIXTURE_BOTH(opens_in_another_namespace_and_comes_home),
        NET_FIXTURE_BOTH(opens_where_the_thread_is_for_minus_one),
        NET_FIXTURE_BOTH(owns_what_it_adopts),
        NET_FIXTURE_BOTH(starts_with_what_the_harness_wants),
        cmocka_unit_test(refuses_another_family),
        NET_FIXTURE_BOTH(takes_a_free_port_for_zero),
        NET_FIXTURE_BOTH(binds_to_a_group),
        NET_FIXTURE_BOTH(says_that_the_port_is_taken),
        NET_FIXTURE_BOTH(says_that_it_is_bound_already),
        NET_FIXTURE_BOTH(says_that_no_interface_has_the_address),
        cmocka_unit_test(says_that_a_link_local_address_lacks_its_interface),
        NET_FIXTURE_BOTH(refuses_an_address_of_the_other_family),
    };
    int failed = cmocka_run_group_tests_name("net/mcast_socket", tests, NULL, NULL);
    net_fixture_done(&fixture);
    return failed;
}
