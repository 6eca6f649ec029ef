#include "fixture.h"

enum { UNMESHED = 40, NEWCOMER = 0, STRANGER = 1, PEER = 2 };

/* ARP requests and neighbour solicitations that reach `to` before the first datagram to it. */
static int questions_before_datagram(const struct mh_lab *lab, int to, const char *destination)
{
    struct mh_addr parsed = address(destination);
    int capture = open_capture(lab, to, "eth0");
    int sender = open_socket(lab, PEER, parsed.family);
    int questions;

    parsed.scope = parsed.family == AF_INET6 ? mh_lab_port(lab, PEER)->interface_index : 0;
    assert_int_equal(send_to(sender, &parsed, "first"), 0);
    questions = count_before(capture, "first", RESOLUTION_FRAME);
    close(sender);
    close(capture);
    return questions;
}

static void test_small_networks_know_each_other(void **state)
{
    struct mh_switch_plan plan = snooping_switch("lan");
    struct mh_lab *lab = build(3, &plan);

    (void)state;
    assert_int_equal(questions_before_datagram(lab, NEWCOMER, "10.0.0.1"), 0);
    assert_int_equal(questions_before_datagram(lab, NEWCOMER, "fd00::1"), 0);
    assert_int_equal(questions_before_datagram(lab, NEWCOMER, "fe80::4d:ff:fe00:0"), 0);
    mh_lab_free(lab);
}

static void test_introducing_makes_resolution_unnecessary(void **state)
{
    struct mh_switch_plan plan = snooping_switch("lan");
    struct mh_error err = {0};
    struct mh_lab *lab;

    (void)state;
    plan.flood_unknown = MH_FLOOD_ON; /* lets neighbour solicitations through */
    lab = build(UNMESHED, &plan);
    check(mh_lab_introduce(lab, NEWCOMER, &err), &err);
    check(mh_lab_introduce(lab, NEWCOMER, &err), &err);
    assert_int_equal(questions_before_datagram(lab, NEWCOMER, "10.0.0.1"), 0);
    assert_int_equal(questions_before_datagram(lab, NEWCOMER, "fd00::1"), 0);
    assert_int_equal(questions_before_datagram(lab, NEWCOMER, "fe80::4d:ff:fe00:0"), 0);
    assert_true(questions_before_datagram(lab, STRANGER, "10.0.0.2") > 0);
    mh_lab_free(lab);
}

static void test_introducing_needs_a_built_host(void **state)
{
    struct mh_switch_plan plan = snooping_switch("lan");
    struct mh_lab *lab = describe(1, &plan);
    struct mh_error err = {0};

    (void)state;
    assert_int_equal(mh_lab_introduce(lab, 0, &err), -EINVAL);
    assert_int_equal(mh_lab_introduce(lab, 7, &err), -EINVAL);
    mh_lab_free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_small_networks_know_each_other),
        cmocka_unit_test(test_introducing_makes_resolution_unnecessary),
        cmocka_unit_test(test_introducing_needs_a_built_host),
    };

    return enter_sandbox() ? cmocka_run_group_tests(tests, NULL, NULL) : TEST_SKIPPED;
}
