#include "fixture.h"

#include <linux/capability.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static const sa_family_t both[] = {AF_INET, AF_INET6};

static const char *group_of(sa_family_t family)
{
    return family == AF_INET ? "239.1.2.3" : "ff05::1:3";
}

/* ---- traffic -------------------------------------------------------------------------------
 */

static void delivers(struct mh_lab *lab, sa_family_t family)
{
    struct mh_addr group = address(group_of(family));
    struct mh_addr back = host_address(family, 0);
    int sender = open_socket(lab, 0, family);
    int bystander = open_socket(lab, 2, family);
    int member = join(lab, 1, group_of(family));

    await_group(lab, 1, group_of(family), NULL, true);
    assert_int_equal(send_to(sender, &group, "request"), 0);
    expect_text(member, "request");
    expect_nothing(bystander);
    assert_int_equal(send_to(member, &back, "reply"), 0);
    expect_text(sender, "reply");
    close(sender);
    close(bystander);
    close(member);
}

static void test_traffic_end_to_end(void **state)
{
    struct mh_switch_plan plan = snooping_switch("lan");
    struct mh_lab *lab = build(3, &plan);

    (void)state;
    for (size_t i = 0; i < 2; i++)
        delivers(lab, both[i]);
    mh_lab_free(lab);
}

static void test_ports_are_as_told(void **state)
{
    struct mh_switch_plan plan = snooping_switch("lan");
    struct mh_lab *lab = build(3, &plan);

    (void)state;
    for (int i = 0; i < 3; i++) {
        const struct mh_port *port = mh_lab_port(lab, i);

        enter_host(lab, i);
        assert_string_equal(port->interface, "eth0");
        assert_int_equal(if_nametoindex("eth0"), port->interface_index);
        assert_int_equal(port->mac[0], 0x02);
        assert_int_equal(port->mac[5], i);
        assert_int_equal(setns(mh_lab_switch_netns(lab), CLONE_NEWNET), 0);
        assert_int_equal(if_nametoindex(port->switch_device), port->switch_index);
    }
    assert_null(mh_lab_port(lab, 3));
    assert_int_equal(mh_lab_host_netns(lab, 3), -1);
    assert_int_equal(mh_lab_host_netns(lab, -1), -1);
    mh_lab_free(lab);
}

/* Routes to addresses of the host's own that begin so; the kernel's have metric 0. */
static int local_routes(const char *prefix)
{
    FILE *file = fopen("/proc/thread-self/net/ipv6_route", "re");
    char line[256], destination[33];
    unsigned length, metric;
    int count = 0;

    assert_non_null(file);
    while (fgets(line, sizeof(line), file))
        if (sscanf(line, "%32s %2x %*s %*s %*s %x", destination, &length, &metric) == 3 &&
            length == 128 && metric > 0 && strncmp(destination, prefix, strlen(prefix)) == 0)
            count++;
    fclose(file);
    return count;
}

/* The kernel's worker, which makes the local routes of IPv6 addresses, is not waited for. */
static void test_unicast_is_taken_at_once(void **state)
{
    struct mh_switch_plan plan = snooping_switch("lan");
    struct mh_lab *lab = build(2, &plan);

    (void)state;
    enter_host(lab, 1);
    assert_int_equal(local_routes("fd00"), 1);
    assert_int_equal(local_routes("fe80"), 1);
    mh_lab_free(lab);
}

/* h2 is on both switches, and its multicast leaves through the second. */
static struct mh_lab *two_switches(void)
{
    struct mh_switch_plan left = snooping_switch("left");
    struct mh_switch_plan right = snooping_switch("right");
    struct mh_lab *lab = describe(3, &left);
    struct mh_port_plan port = port_plan(1, 1);
    struct mh_error err = {0};

    assert_int_equal(mh_lab_add_switch(lab, &right, &err), 1);
    port.interface = "eth1";
    port.address = address("10.1.0.2");
    port.address6 = address("fd01::2");
    port.default_multicast = false;
    assert_int_equal(mh_lab_add_port(lab, &port, &err), 3);
    port.host = mh_lab_add_host(lab, "both", &err);
    port.attached_switch = 0;
    port.interface = "eth0";
    port.address = address("10.0.0.9");
    port.address6 = address("fd00::9");
    assert_int_equal(mh_lab_add_port(lab, &port, &err), 4);
    port.attached_switch = 1;
    port.interface = "eth1";
    port.address = address("10.1.0.9");
    port.address6 = address("fd01::9");
    port.default_multicast = true;
    assert_int_equal(mh_lab_add_port(lab, &port, &err), 5);
    check(mh_lab_build(lab, &err), &err);
    check(mh_lab_settle(lab, &err), &err);
    return lab;
}

static void test_multicast_leaves_through_the_default_interface(void **state)
{
    struct mh_lab *lab = two_switches();
    struct mh_addr all = address("224.0.0.77");
    struct mh_addr all6 = address("ff02::1");
    int left = open_capture(lab, 0, "eth0");
    int right = open_capture(lab, 1, "eth1");
    int sender = open_socket(lab, 3, AF_INET);
    int sender6 = open_socket(lab, 3, AF_INET6);
    struct mh_addr neighbour = host_address(AF_INET, 0);

    (void)state;
    assert_int_equal(send_to(sender, &all, "everybody"), 0);
    assert_int_equal(send_to(sender6, &all6, "everybody6"), 0);
    assert_int_equal(send_to(sender, &neighbour, "last"), 0);
    count_before(right, "everybody", OTHER_FRAME);
    count_before(right, "everybody6", OTHER_FRAME);
    assert_int_equal(count_before(left, "last", UDP_FRAME), 0);
    close(left);
    close(right);
    close(sender);
    close(sender6);
    mh_lab_free(lab);
}

static void test_an_mtu_holds_on_both_ends(void **state)
{
    struct mh_switch_plan plan = snooping_switch("lan");
    struct mh_lab *lab = describe(0, &plan);
    struct mh_addr other = host_address(AF_INET, 1);
    struct mh_error err = {0};
    char large[8001];
    int from, to;

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct mh_port_plan port = port_plan(i, 0);

        port.mtu = 9000;
        assert_int_equal(mh_lab_add_host(lab, i ? "h1" : "h0", &err), i);
        assert_int_equal(mh_lab_add_port(lab, &port, &err), i);
    }
    check(mh_lab_build(lab, &err), &err);
    check(mh_lab_settle(lab, &err), &err);
    memset(large, 'x', sizeof(large) - 1);
    large[sizeof(large) - 1] = '\0';
    from = open_socket(lab, 0, AF_INET);
    to = open_socket(lab, 1, AF_INET);
    assert_int_equal(
        setsockopt(from, IPPROTO_IP, IP_MTU_DISCOVER, &(int){IP_PMTUDISC_DO}, sizeof(int)), 0);
    assert_int_equal(send_to(from, &other, large), 0);
    assert_true(await_readable(to, DEADLINE_MS));
    close(from);
    close(to);
    mh_lab_free(lab);
}

/* Everybody's acknowledgement arrives, the first time. */
static void test_a_hundred_hosts(void **state)
{
    enum { HOSTS = 100 };
    struct mh_switch_plan plan = snooping_switch("lan");
    struct mh_lab *lab = build(HOSTS, &plan);
    struct mh_addr group = address("239.1.2.3");
    struct mh_error err = {0};
    int members[HOSTS];
    int sender = open_socket(lab, 0, AF_INET);
    struct mh_addr back = host_address(AF_INET, 0);

    (void)state;
    check(mh_lab_introduce(lab, 0, &err), &err);
    for (int i = 1; i < HOSTS; i++)
        members[i] = join(lab, i, "239.1.2.3");
    for (int i = 1; i < HOSTS; i++)
        await_group(lab, i, "239.1.2.3", NULL, true);
    assert_int_equal(send_to(sender, &group, "request"), 0);
    for (int i = 1; i < HOSTS; i++) {
        expect_text(members[i], "request");
        assert_int_equal(send_to(members[i], &back, "reply"), 0);
    }
    for (int i = 1; i < HOSTS; i++) {
        expect_text(sender, "reply");
        close(members[i]);
    }
    close(sender);
    mh_lab_free(lab);
}

/* ---- refusals ------------------------------------------------------------------------------
 */

static void test_a_switch_takes_1023_ports(void **state)
{
    struct mh_switch_plan plan = snooping_switch("lan");
    struct mh_lab *lab = describe(1, &plan);
    struct mh_port_plan port = {.interface = "", .attached_switch = 0};
    struct mh_error err = {0};
    char name[IFNAMSIZ];

    (void)state;
    port.interface = name;
    for (int i = 1; i < 1024; i++) {
        snprintf(name, sizeof(name), "eth%d", i);
        assert_int_equal(mh_lab_add_port(lab, &port, &err), i);
    }
    assert_int_equal(mh_lab_build(lab, &err), -EXFULL);
    assert_begins(err.message, "attach eth1023 of host h0 to switch lan: ");
    assert_non_null(strstr(err.hint, "1023 ports"));
    mh_lab_free(lab);
}

static void test_a_network_is_built_once(void **state)
{
    struct mh_switch_plan plan = snooping_switch("lan");
    struct mh_lab *lab = build(1, &plan);
    struct mh_error err = {0};
    struct mh_port_plan port = port_plan(0, 0);

    (void)state;
    assert_int_equal(mh_lab_build(lab, &err), -EBUSY);
    assert_int_equal(mh_lab_add_host(lab, "late", &err), -EBUSY);
    port.interface = "eth1";
    assert_int_equal(mh_lab_add_port(lab, &port, &err), -EBUSY);
    mh_lab_free(lab);
}

static int open_descriptors(void)
{
    int count = 0;

    for (int fd = 0; fd < 1024; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

/* In a child, since what it gives up it does not get back. */
static void fails_in_child(bool (*handicap)(void), int code, const char *hint)
{
    pid_t child = fork();
    int status;

    assert_true(child >= 0);
    if (!child) {
        struct mh_switch_plan plan = snooping_switch("lan");
        struct mh_lab *lab = describe(30, &plan);
        struct mh_error err = {0};
        int before = open_descriptors();
        bool as_told;

        if (!handicap())
            _exit(TEST_SKIPPED);
        as_told = mh_lab_build(lab, &err) == code && strstr(err.hint, hint);
        if (!as_told)
            fprintf(stderr, "%s (%s)\n", err.message, err.hint);
        mh_lab_free(lab);
        _exit(as_told && open_descriptors() == before ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == TEST_SKIPPED)
        print_message("not to be had here: %s\n", hint);
    else
        assert_int_equal(WEXITSTATUS(status), 0);
}

static bool drop_capabilities(void)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct none[2] = {{0}};

    return syscall(SYS_capset, &header, none) == 0;
}

static bool lower_descriptor_limit(void)
{
    struct rlimit limit;

    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = 20; /* the hard limit is not valgrind's to lower */
    return setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

/* A limit of each user namespace, user_namespaces(7): one of our own, and ten hosts. */
static bool limit_namespaces(void)
{
    char map[32];

    snprintf(map, sizeof(map), "0 %u 1", geteuid());
    return unshare(CLONE_NEWUSER) == 0 && write_file("/proc/self/uid_map", map) &&
           write_file("/proc/sys/user/max_net_namespaces", "11");
}

static void test_a_half_built_network_leaves_nothing(void **state)
{
    (void)state;
    fails_in_child(limit_namespaces, -ENOSPC, "max_net_namespaces");
    fails_in_child(drop_capabilities, -EPERM, "user namespace");
    fails_in_child(lower_descriptor_limit, -EMFILE, "ulimit -n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_traffic_end_to_end),
        cmocka_unit_test(test_ports_are_as_told),
        cmocka_unit_test(test_unicast_is_taken_at_once),
        cmocka_unit_test(test_multicast_leaves_through_the_default_interface),
        cmocka_unit_test(test_an_mtu_holds_on_both_ends),
        cmocka_unit_test(test_a_hundred_hosts),
        cmocka_unit_test(test_a_switch_takes_1023_ports),
        cmocka_unit_test(test_a_network_is_built_once),
        cmocka_unit_test(test_a_half_built_network_leaves_nothing),
    };

    return enter_sandbox() ? cmocka_run_group_tests(tests, NULL, NULL) : TEST_SKIPPED;
}
