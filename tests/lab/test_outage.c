/* An interface that was down is as it was before. */
#include "fixture.h"
#include "lab/outage.h"

static struct mh_outage *begin(const struct mh_lab *lab, int host)
{
    struct mh_outage *outage = NULL;
    struct mh_error err = {0};

    check(mh_outage_begin(mh_lab_host_netns(lab, host), mh_lab_port(lab, host)->interface_index,
              "eth0", &outage, &err),
        &err);
    return outage;
}

static void finish(struct mh_lab *lab, int host, struct mh_outage *outage)
{
    struct mh_error err = {0};

    check(mh_outage_end(outage, &err), &err);
    check(mh_lab_settle_port(lab, host, &err), &err);
}

static const char *const unicast[] = {"10.0.0.2", "fd00::2"};
static const char *const groups[] = {"239.1.2.3", "ff15::123"};

static void test_nothing_gets_through_and_then_all(void **state)
{
    struct mh_switch_plan plan = snooping_switch("lan");
    struct mh_lab *lab = build(2, &plan);

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct mh_addr there = address(unicast[i]);
        int sender = open_socket(lab, 0, there.family);
        int receiver = open_socket(lab, 1, there.family);
        struct mh_outage *outage = begin(lab, 1);

        assert_int_equal(send_to(sender, &there, "lost"), 0);
        finish(lab, 1, outage);
        finish(lab, 1, outage);
        assert_int_equal(send_to(sender, &there, "found"), 0);
        expect_text(receiver, "found");
        mh_outage_free(outage);
        close(receiver);
        close(sender);
    }
    mh_lab_free(lab);
}

static void test_the_host_can_send_to_groups_again(void **state)
{
    struct mh_switch_plan plan = snooping_switch("lan");
    struct mh_lab *lab = build(2, &plan);

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct mh_addr group = address(groups[i]);
        int member = join(lab, 1, groups[i]);
        int sender = open_socket(lab, 0, group.family);
        struct mh_outage *outage = begin(lab, 0);

        assert_int_equal(send_to(sender, &group, "nowhere"), -ENETUNREACH);
        finish(lab, 0, outage);
        await_group(lab, 1, groups[i], NULL, true);
        assert_int_equal(send_to(sender, &group, "hello"), 0);
        expect_text(member, "hello");
        mh_outage_free(outage);
        close(sender);
        close(member);
    }
    mh_lab_free(lab);
}

static void test_the_switch_forgets_and_learns_again(void **state)
{
    struct mh_switch_plan plan = snooping_switch("lan");
    struct mh_lab *lab = build(2, &plan);

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        int member = join(lab, 1, groups[i]);
        struct mh_outage *outage;

        await_group(lab, 1, groups[i], NULL, true);
        outage = begin(lab, 1);
        await_group(lab, 1, groups[i], NULL, false);
        finish(lab, 1, outage);
        await_group(lab, 1, groups[i], NULL, true);
        mh_outage_free(outage);
        close(member);
    }
    mh_lab_free(lab);
}

/* What a route leads through must be there before the route. */
static void test_a_default_route_comes_back(void **state)
{
    struct mh_switch_plan plan = snooping_switch("lan");
    struct mh_lab *lab = describe(2, &plan);
    struct mh_addr far = address("fd01::1"), far4 = address("192.0.2.1");
    struct mh_error err = {0};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct mh_route_plan route = {.port = 0,
            .destination = address(i ? "::" : "0.0.0.0"),
            .gateway = address(unicast[i])};

        check(mh_lab_add_route(lab, &route, &err), &err);
    }
    check(mh_lab_build(lab, &err), &err);
    check(mh_lab_settle(lab, &err), &err);

    int sender = open_socket(lab, 0, AF_INET), sender6 = open_socket(lab, 0, AF_INET6);
    struct mh_outage *outage = begin(lab, 0);

    assert_int_equal(send_to(sender, &far4, "nowhere"), -ENETUNREACH);
    assert_int_equal(send_to(sender6, &far, "nowhere"), -ENETUNREACH);
    finish(lab, 0, outage);
    assert_int_equal(send_to(sender, &far4, "there"), 0);
    assert_int_equal(send_to(sender6, &far, "there"), 0);
    mh_outage_free(outage);
    close(sender);
    close(sender6);
    mh_lab_free(lab);
}

static void test_no_such_interface(void **state)
{
    struct mh_switch_plan plan = snooping_switch("lan");
    struct mh_lab *lab = build(1, &plan);
    struct mh_outage *outage = NULL;
    struct mh_error err = {0};

    (void)state;
    assert_int_equal(
        mh_outage_begin(mh_lab_host_netns(lab, 0), 77, "eth7", &outage, &err), -ENODEV);
    assert_string_equal(err.message, "take down eth7: No such device (ENODEV)");
    assert_null(outage);
    assert_null(mh_outage_free(NULL));
    mh_lab_free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_gets_through_and_then_all),
        cmocka_unit_test(test_the_host_can_send_to_groups_again),
        cmocka_unit_test(test_the_switch_forgets_and_learns_again),
        cmocka_unit_test(test_a_default_route_comes_back),
        cmocka_unit_test(test_no_such_interface),
    };

    return enter_sandbox() ? cmocka_run_group_tests(tests, NULL, NULL) : TEST_SKIPPED;
}
