#include "net/machine.h"
#include "net_fixture.h"

#include <errno.h>
#include <limits.h>
#include <net/if.h>
#include <string.h>

static struct net_fixture fixture;

struct range {
    enum mh_socket_option option;
    const char *name;
    int min;
    int max;
};

static const struct range ranges[] = {
    {MH_REUSE_ADDR, "reuse_addr", 0, 1},
    {MH_REUSE_PORT, "reuse_port", 0, 1},
    {MH_MULTICAST_TTL, "multicast_ttl", 0, 255},
    {MH_MULTICAST_LOOP, "multicast_loop", 0, 1},
    {MH_MULTICAST_ALL, "multicast_all", 0, 1},
    {MH_UNICAST_TTL, "unicast_ttl", 1, 255},
    {MH_TOS, "tos", 0, 255},
};
enum { RANGES = sizeof(ranges) / sizeof(ranges[0]) };

static int get(struct mh_mcast_socket *socket, enum mh_socket_option option)
{
    struct mh_error err;
    int value;

    if (mh_mcast_socket_get(socket, option, &value, &err) < 0)
        fail_msg("%s", err.message);
    return value;
}

static void set(struct mh_mcast_socket *socket, enum mh_socket_option option, int value)
{
    struct mh_error err;

    if (mh_mcast_socket_set(socket, option, value, &err) < 0)
        fail_msg("%s", err.message);
}

static void keeps_every_value_in_range(void **state)
{
    struct mh_mcast_socket *socket = net_fixture_socket(&fixture, 1, *(sa_family_t *)*state);

    for (size_t i = 0; i < RANGES; i++) {
        assert_string_equal(mh_socket_option_name(ranges[i].option), ranges[i].name);
        for (int value = ranges[i].min; value <= ranges[i].max; value++) {
            set(socket, ranges[i].option, value);
            if (get(socket, ranges[i].option) != value)
                fail_msg("%s is not %d", ranges[i].name, value);
        }
    }
    mh_mcast_socket_free(socket);
}

static void refuse(struct mh_mcast_socket *socket, const struct range *range, int value)
{
    int before = get(socket, range->option);
    struct mh_error err;

    if (mh_mcast_socket_set(socket, range->option, value, &err) != -EINVAL)
        fail_msg("%s takes %d", range->name, value);
    assert_non_null(strstr(err.message, range->name));
    assert_non_null(strstr(err.message, "the value must be"));
    assert_int_equal(get(socket, range->option), before);
}

static void refuses_every_value_beyond(void **state)
{
    sa_family_t family = *(sa_family_t *)*state;
    struct mh_mcast_socket *socket = net_fixture_socket(&fixture, 1, family);

    for (size_t i = 0; i < RANGES; i++) {
        bool hops = family == AF_INET6 && ranges[i].option == MH_UNICAST_TTL;
        refuse(socket, &ranges[i], hops ? -1 : ranges[i].min - 1);
        refuse(socket, &ranges[i], ranges[i].max + 1);
        refuse(socket, &ranges[i], INT_MIN);
        refuse(socket, &ranges[i], INT_MAX);
    }
    mh_mcast_socket_free(socket);
}

static void says_the_range_in_words(void **state)
{
    struct mh_mcast_socket *socket = net_fixture_socket(&fixture, 1, AF_INET);
    struct mh_error err;
    (void)state;

    mh_mcast_socket_set(socket, MH_MULTICAST_TTL, 256, &err);
    assert_string_equal(
        err.message, "set multicast_ttl to 256: the value must be 0 to 255 (EINVAL)");
    mh_mcast_socket_set(socket, MH_REUSE_ADDR, 2, &err);
    assert_string_equal(err.message, "set reuse_addr to 2: the value must be 0 or 1 (EINVAL)");
    assert_int_equal(mh_mcast_socket_set(socket, MH_RECEIVE_BUFFER, -1, &err), -EINVAL);
    mh_mcast_socket_free(socket);
}

static void takes_a_hop_limit_of_zero_for_ipv6_unicast(void **state)
{
    struct mh_mcast_socket *socket = net_fixture_socket(&fixture, 1, AF_INET6);
    (void)state;

    set(socket, MH_UNICAST_TTL, 0);
    assert_int_equal(get(socket, MH_UNICAST_TTL), 0);
    mh_mcast_socket_free(socket);
}

/* Whether this process has CAP_NET_ADMIN over the machine, as the kernel asks for here. */
static bool may_force(sa_family_t family, int force_name)
{
    struct mh_mcast_socket *socket = net_fixture_socket(&fixture, 1, family);
    int size = 4096;

    bool may = setsockopt(mh_mcast_socket_fd(socket), SOL_SOCKET, force_name, &size,
                   sizeof(size)) == 0;
    mh_mcast_socket_free(socket);
    return may;
}

/* Within the maximum the kernel gives twice what is asked. */
static void check_buffer(struct mh_mcast_socket *socket, enum mh_socket_option option,
    unsigned maximum, int force_name)
{
    bool force = may_force(mh_mcast_socket_family(socket), force_name);
    int most = (int)maximum;

    set(socket, option, most / 2);
    assert_int_equal(get(socket, option), most / 2 * 2);
    set(socket, option, most + 5000);
    assert_int_equal(get(socket, option), 2 * (force ? most + 5000 : most));
}

static void tells_the_effective_buffer_sizes(void **state)
{
    struct mh_mcast_socket *socket = net_fixture_socket(&fixture, 1, *(sa_family_t *)*state);

    check_buffer(socket, MH_RECEIVE_BUFFER, mh_machine_receive_buffer_max(), SO_RCVBUFFORCE);
    check_buffer(socket, MH_SEND_BUFFER, mh_machine_send_buffer_max(), SO_SNDBUFFORCE);
    mh_mcast_socket_free(socket);
}

static void is_bound_to_a_device_and_released(void **state)
{
    struct mh_mcast_socket *socket = net_fixture_socket(&fixture, 1, *(sa_family_t *)*state);
    char device[IFNAMSIZ];

    assert_int_equal(mh_mcast_socket_device(socket, device, NULL), 0);
    assert_string_equal(device, "");
    assert_int_equal(mh_mcast_socket_set_device(socket, "eth0", NULL), 0);
    assert_int_equal(mh_mcast_socket_device(socket, device, NULL), 0);
    assert_string_equal(device, "eth0");
    assert_int_equal(mh_mcast_socket_set_device(socket, NULL, NULL), 0);
    assert_int_equal(mh_mcast_socket_device(socket, device, NULL), 0);
    assert_string_equal(device, "");
    mh_mcast_socket_free(socket);
}

static void refuses_a_device_that_does_not_exist(void **state)
{
    struct mh_mcast_socket *socket = net_fixture_socket(&fixture, 1, *(sa_family_t *)*state);
    struct mh_error err;

    assert_int_equal(mh_mcast_socket_set_device(socket, "eth9", &err), -ENODEV);
    assert_string_equal(err.message, "set device to eth9: No such device (ENODEV)");
    assert_string_equal(err.hint, "this host has no interface of that name");
    assert_int_equal(mh_mcast_socket_set_device(socket, "a-name-of-16-chr", &err), -EINVAL);
    mh_mcast_socket_free(socket);
}

int main(void)
{
    if (!net_fixture_init(&fixture))
        return TEST_SKIPPED;

    const struct CMUnitTest tests[] = {
        NET_FIXTURE_BOTH(keeps_every_value_in_range),
        NET_FIXTURE_BOTH(refuses_every_value_beyond),
        cmocka_unit_test(says_the_range_in_words),
        cmocka_unit_test(takes_a_hop_limit_of_zero_for_ipv6_unicast),
        NET_FIXTURE_BOTH(tells_the_effective_buffer_sizes),
        NET_FIXTURE_BOTH(is_bound_to_a_device_and_released),
        NET_FIXTURE_BOTH(refuses_a_device_that_does_not_exist),
    };
    int failed = cmocka_run_group_tests_name("net/socket_option", tests, NULL, NULL);
    net_fixture_done(&fixture);
    return failed;
}
