#include "net/device.h"
#include "net_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct net_fixture fixture;

static bool has_address(const struct mh_device *device, const char *text, uint8_t prefix_length)
{
    struct mh_addr wanted = net_fixture_addr(text);

    for (size_t i = 0; i < device->address_count; i++)
        if (mh_addr_equal(&device->addresses[i].address, &wanted) &&
            device->addresses[i].prefix_length == prefix_length)
            return true;
    return false;
}

static void lists_the_interfaces_of_a_namespace_by_index(void **state)
{
    struct mh_device *devices;
    size_t count;
    (void)state;

    assert_int_equal(mh_device_list(fixture.netns[1], &devices, &count, NULL), 0);
    assert_int_equal(count, 2);
    assert_string_equal(devices[0].name, "lo");
    assert_int_equal(devices[0].index, 1);
    assert_true(devices[0].flags & IFF_LOOPBACK);
    assert_int_equal(devices[0].mtu, 65536);
    assert_true(has_address(&devices[0], "127.0.0.1", 8));
    assert_true(has_address(&devices[0], "::1", 128));

    assert_string_equal(devices[1].name, "eth0");
    assert_int_equal(devices[1].index, fixture.index[1]);
    assert_true(devices[1].flags & IFF_UP);
    assert_true(devices[1].flags & IFF_MULTICAST);
    assert_int_equal(devices[1].mtu, 1500);
    assert_memory_not_equal(devices[1].mac, "\0\0\0\0\0\0", 6);
    assert_true(has_address(&devices[1], "10.0.0.2", 24));
    assert_true(has_address(&devices[1], "fd00::2", 64));
    free(devices);
}

static void takes_minus_one_for_where_the_thread_is(void **state)
{
    struct mh_device *devices;
    size_t count;
    (void)state;

    assert_int_equal(mh_device_list(-1, &devices, &count, NULL), 0);
    assert_int_equal(count, 2);
    assert_true(has_address(&devices[1], "10.0.0.1", 24));
    free(devices);
}

static void gives_link_local_addresses_their_scope(void **state)
{
    struct mh_device *devices;
    bool found = false;
    size_t count;
    (void)state;

    assert_int_equal(mh_device_list(fixture.netns[0], &devices, &count, NULL), 0);
    for (size_t i = 0; i < devices[1].address_count; i++) {
        const struct mh_addr *addr = &devices[1].addresses[i].address;
        if (addr->family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&addr->v6)) {
            assert_int_equal(addr->scope, fixture.index[0]);
            found = true;
        }
    }
    assert_true(found);
    free(devices);
}

static void refuses_what_is_no_namespace(void **state)
{
    struct mh_device *devices = NULL;
    struct mh_error err;
    size_t count;
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    (void)state;

    assert_int_equal(mh_device_list(fd, &devices, &count, &err), -EINVAL);
    assert_null(devices);
    close(fd);
}

int main(void)
{
    if (!net_fixture_init(&fixture))
        return TEST_SKIPPED;

    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_the_interfaces_of_a_namespace_by_index),
        cmocka_unit_test(takes_minus_one_for_where_the_thread_is),
        cmocka_unit_test(gives_link_local_addresses_their_scope),
        cmocka_unit_test(refuses_what_is_no_namespace),
    };
    int failed = cmocka_run_group_tests_name("net/device", tests, NULL, NULL);
    net_fixture_done(&fixture);
    return failed;
}
