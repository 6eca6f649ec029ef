/* Routers and cables between hosts: forwarding, routes, what a snooping switch sends a router.
 */
#include "fixture.h"

static const sa_family_t both[] = {AF_INET, AF_INET6};

static struct mh_port_plan end_plan(int host, const char *interface, int net, int number)
{
    struct mh_port_plan plan = port_plan(host, 0);
    char text[64];

    plan.interface = interface;
    snprintf(text, sizeof(text), "10.%d.0.%d", net, number);
    plan.address = address(text);
    plan.prefix_length = 24;
    snprintf(text, sizeof(text), "fd00:%d::%d", net, number);
    plan.address6 = address(text);
    plan.default_multicast = false;
    return plan;
}

static void add_route(
    struct mh_lab *lab, int port, const char *to, uint8_t length, const char *gateway)
{
    struct mh_route_plan plan = {.port = port,
        .destination = address(to),
        .prefix_length = length,
        .gateway = address(gateway)};
    struct mh_error err = {0};

    check(mh_lab_add_route(lab, &plan, &err), &err);
}

/* h0 -- lan -- h1 (a router) -- h2: ports 0 and 1 on the switch, 2 and 3 on the cable. */
static struct mh_lab *chain(void)
{
    struct mh_switch_plan plan = snooping_switch("lan");
    struct mh_lab *lab = mh_lab_new();
    struct mh_port_plan first = end_plan(0, "eth0", 1, 1);
    struct mh_port_plan second = end_plan(1, "eth0", 1, 254);
    struct mh_port_plan ends[2] = {end_plan(1, "eth1", 2, 1), end_plan(2, "eth0", 2, 2)};
    struct mh_error err = {0};

    assert_int_equal(mh_lab_add_switch(lab, &plan, &err), 0);
    assert_int_equal(mh_lab_add_host(lab, "h0", &err), 0);
    assert_int_equal(mh_lab_add_router(lab, "h1", &err), 1);
    assert_int_equal(mh_lab_add_host(lab, "h2", &err), 2);
    assert_int_equal(mh_lab_add_port(lab, &first, &err), 0);
    assert_int_equal(mh_lab_add_port(lab, &second, &err), 1);
    assert_int_equal(mh_lab_add_cable(lab, ends, &err), 2);
    add_route(lab, 0, "10.2.0.0", 24, "10.1.0.254");
    add_route(lab, 0, "fd00:2::", 64, "fd00:1::254");
    add_route(lab, 3, "0.0.0.0", 0, "10.2.0.1");
    add_route(lab, 3, "::", 0, "fd00:2::1");
    check(mh_lab_build(lab, &err), &err);
    check(mh_lab_settle(lab, &err), &err);
    return lab;
}

static void test_a_router_forwards_unicast_both_ways(void **state)
{
    struct mh_lab *lab = chain();

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct mh_addr there = address(both[i] == AF_INET ? "10.2.0.2" : "fd00:2::2");
        struct mh_addr back = address(both[i] == AF_INET ? "10.1.0.1" : "fd00:1::1");
        int left = open_socket(lab, 0, both[i]);
        int right = open_socket(lab, 2, both[i]);

        assert_int_equal(send_to(left, &there, "request"), 0);
        expect_text(right, "request");
        assert_int_equal(send_to(right, &back, "reply"), 0);
        expect_text(left, "reply");
        close(left);
        close(right);
    }
    mh_lab_free(lab);
}

static void test_a_cable_carries_multicast_at_once(void **state)
{
    struct mh_lab *lab = chain();
    struct mh_addr group = address("239.1.2.3");
    const unsigned out = mh_lab_port(lab, 2)->interface_index;
    struct ip_mreqn through = {.imr_ifindex = (int)out};
    int member = join(lab, 2, "239.1.2.3");
    int sender = open_socket(lab, 1, AF_INET);

    (void)state;
    assert_int_equal(
        setsockopt(sender, IPPROTO_IP, IP_MULTICAST_IF, &through, sizeof(through)), 0);
    assert_int_equal(send_to(sender, &group, "hello"), 0);
    expect_text(member, "hello");
    assert_string_equal(mh_lab_port(lab, 2)->switch_device, "");
    assert_int_equal(mh_lab_port(lab, 2)->switch_index, 0);
    assert_false(has_group(lab, 3, "239.1.2.3", NULL));
    close(member);
    close(sender);
    mh_lab_free(lab);
}

/* Nobody has joined: a host on the same switch hears nothing, the router all of it. */
static void test_a_switch_sends_a_router_what_nobody_joined(void **state)
{
    struct mh_lab *lab = chain();
    struct mh_addr group = address("239.1.2.3");
    struct mh_addr marker = address("10.1.0.254");
    struct ip_mreqn through = {0};
    int sender = open_socket(lab, 0, AF_INET);
    int capture = open_capture(lab, 1, "eth0");

    (void)state;
    through.imr_ifindex = (int)mh_lab_port(lab, 0)->interface_index;
    assert_int_equal(
        setsockopt(sender, IPPROTO_IP, IP_MULTICAST_IF, &through, sizeof(through)), 0);
    assert_int_equal(send_to(sender, &group, "wanted by none"), 0);
    assert_int_equal(send_to(sender, &marker, "marker"), 0);
    assert_int_equal(count_before(capture, "marker", UDP_FRAME), 1);
    close(capture);
    close(sender);
    mh_lab_free(lab);
}

static void refuse_cable(const struct mh_port_plan ends[2], int code, const char *why)
{
    struct mh_lab *lab = mh_lab_new();
    struct mh_error err = {0};

    mh_lab_add_host(lab, "a", &err);
    mh_lab_add_host(lab, "b", &err);
    assert_int_equal(mh_lab_add_cable(lab, ends, &err), code);
    assert_begins(err.message, why);
    mh_lab_free(lab);
}

static void test_cables_that_cannot_be(void **state)
{
    struct mh_port_plan itself[2] = {end_plan(0, "eth0", 1, 1), end_plan(0, "eth1", 1, 2)};
    struct mh_port_plan twice[2] = {end_plan(0, "eth0", 1, 1), end_plan(1, "eth0", 1, 1)};
    struct mh_port_plan nobody[2] = {end_plan(0, "eth0", 1, 1), end_plan(7, "eth0", 1, 2)};

    (void)state;
    refuse_cable(itself, -EINVAL, "connect host a to host a: expected two hosts (");
    refuse_cable(
        twice, -EADDRINUSE, "connect host a to host b: both ends have the same address (");
    refuse_cable(nobody, -EINVAL, "add interface to host number 7 of 2: ");
}

static void test_routes_that_cannot_be(void **state)
{
    struct mh_switch_plan plan = snooping_switch("lan");
    struct mh_lab *lab = describe(1, &plan);
    struct mh_route_plan route = {.port = 0,
        .destination = address("10.9.0.0"),
        .prefix_length = 24,
        .gateway = address("fd00::1")};
    struct mh_error err = {0};

    (void)state;
    assert_int_equal(mh_lab_add_route(lab, &route, &err), -EINVAL);
    assert_begins(err.message, "add route to 10.9.0.0/24 through fd00::1: expected a subnet");
    route.port = 1;
    assert_int_equal(mh_lab_add_route(lab, &route, &err), -EINVAL);
    /* Not on the link: the kernel says so, and we which host's route it was. */
    route.port = 0;
    route.gateway = address("192.0.2.1");
    assert_int_equal(mh_lab_add_route(lab, &route, &err), 0);
    assert_true(mh_lab_build(lab, &err) < 0);
    assert_begins(err.message, "give host h0 a route through eth0: ");
    mh_lab_free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_router_forwards_unicast_both_ways),
        cmocka_unit_test(test_a_cable_carries_multicast_at_once),
        cmocka_unit_test(test_a_switch_sends_a_router_what_nobody_joined),
        cmocka_unit_test(test_cables_that_cannot_be),
        cmocka_unit_test(test_routes_that_cannot_be),
    };

    return enter_sandbox() ? cmocka_run_group_tests(tests, NULL, NULL) : TEST_SKIPPED;
}
