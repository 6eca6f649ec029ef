#include "net/interface.h"
#include "net/netns.h"
#include "net_fixture.h"

#include <errno.h>
#include <unistd.h>

static struct net_fixture fixture;
static int remote; /* a socket of host 1, while the thread is in host 0 */

static void names_by_index(void **state)
{
    char text[MH_INTERFACE_TEXT_MAX];
    (void)state;

    assert_string_equal(mh_interface_name(remote, fixture.index[1], text), "eth0");
    assert_string_equal(mh_interface_name(remote, 4000000000U, text), "interface 4000000000");
}

static void tells_the_flags(void **state)
{
    (void)state;
    assert_true(mh_interface_flags(remote, fixture.index[1]) & IFF_MULTICAST);
    assert_false(mh_interface_flags(remote, 1) & IFF_MULTICAST);
    assert_int_equal(mh_interface_flags(remote, 99), -ENODEV);
}

static void finds_the_address_in_the_sockets_own_namespace(void **state)
{
    struct mh_addr expected = net_fixture_address(1, AF_INET);
    struct mh_addr elsewhere = net_fixture_address(0, AF_INET);
    struct mh_addr found = mh_interface_ipv4(remote, fixture.index[1]);
    (void)state;

    assert_true(mh_addr_equal(&found, &expected));
    assert_int_equal(mh_interface_with_ipv4(remote, &expected), fixture.index[1]);
    assert_int_equal(mh_interface_with_ipv4(remote, &elsewhere), 0);
    found = mh_interface_ipv4(remote, 99);
    assert_int_equal(found.family, AF_UNSPEC);
}

int main(void)
{
    if (!net_fixture_init(&fixture))
        return TEST_SKIPPED;
    remote = mh_netns_socket(fixture.netns[1], AF_INET, SOCK_DGRAM, 0, NULL);

    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_by_index),
        cmocka_unit_test(tells_the_flags),
        cmocka_unit_test(finds_the_address_in_the_sockets_own_namespace),
    };
    int failed = cmocka_run_group_tests_name("net/interface", tests, NULL, NULL);
    close(remote);
    net_fixture_done(&fixture);
    return failed;
}
