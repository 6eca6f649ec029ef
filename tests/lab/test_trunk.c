/* Cables between switches: one LAN, one querier, no loops. */
#include "fixture.h"

/* h0 on the first of `switches` in a row, h1 on the last one. */
static struct mh_lab *describe_row(int switches)
{
    struct mh_lab *lab = mh_lab_new();
    struct mh_error err = {0};

    assert_non_null(lab);
    for (int i = 0; i < switches; i++) {
        char name[16], text[32];

        snprintf(name, sizeof(name), "s%d", i);
        snprintf(text, sizeof(text), "10.0.255.%d", i + 1);
        struct mh_switch_plan plan = snooping_switch(name);

        plan.query_response_interval = 10;
        plan.address = address(text);
        plan.prefix_length = 16;
        assert_int_equal(mh_lab_add_switch(lab, &plan, &err), i);
        if (i > 0)
            assert_int_equal(mh_lab_add_trunk(lab, i - 1, i, &err), i - 1);
    }
    for (int i = 0; i < 2; i++) {
        char name[16];

        snprintf(name, sizeof(name), "h%d", i);
        struct mh_port_plan port = port_plan(i, i ? switches - 1 : 0);

        assert_int_equal(mh_lab_add_host(lab, name, &err), i);
        assert_int_equal(mh_lab_add_port(lab, &port, &err), i);
    }
    return lab;
}

static struct mh_lab *build_row(int switches)
{
    struct mh_lab *lab = describe_row(switches);
    struct mh_error err = {0};

    check(mh_lab_build(lab, &err), &err);
    check(mh_lab_settle(lab, &err), &err);
    return lab;
}

static void test_unicast_needs_no_resolution(void **state)
{
    struct mh_lab *lab = build_row(3);
    struct mh_addr there = host_address(AF_INET, 1);
    int capture = open_capture(lab, 1, "eth0");
    int receiver = open_socket(lab, 1, AF_INET);
    int sender = open_socket(lab, 0, AF_INET);

    (void)state;
    assert_int_equal(send_to(sender, &there, "first"), 0);
    expect_text(receiver, "first");
    assert_int_equal(count_before(capture, "first", RESOLUTION_FRAME), 0);
    close(sender);
    close(receiver);
    close(capture);
    mh_lab_free(lab);
}

/* A port has a group when every switch of the LAN knows the way. */
static void test_members_are_known_everywhere(void **state)
{
    static const char *const groups[] = {"239.1.2.3", "ff15::123"};
    struct mh_lab *lab = build_row(3);

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct mh_addr group = address(groups[i]);
        struct mh_addr marker = host_address(group.family, 1);
        int sender = open_socket(lab, 0, group.family);
        int capture = open_capture(lab, 1, "eth0");
        int member;

        assert_int_equal(send_to(sender, &group, "wanted by none"), 0);
        assert_int_equal(send_to(sender, &marker, "marker"), 0);
        assert_int_equal(count_before(capture, "marker", UDP_FRAME), 0);
        member = join(lab, 1, groups[i]);
        await_group(lab, 1, groups[i], NULL, true);
        assert_int_equal(send_to(sender, &group, "wanted"), 0);
        expect_text(member, "wanted");
        close(member);
        close(capture);
        close(sender);
    }
    mh_lab_free(lab);
}

static void test_loops_are_refused(void **state)
{
    struct mh_lab *lab = describe_row(3);
    struct mh_error err = {0};

    (void)state;
    assert_int_equal(mh_lab_add_trunk(lab, 2, 0, &err), -ELOOP);
    assert_int_equal(mh_lab_add_trunk(lab, 0, 1, &err), -ELOOP);
    assert_int_equal(mh_lab_add_trunk(lab, 1, 1, &err), -ELOOP);
    assert_int_equal(mh_lab_add_trunk(lab, 0, 3, &err), -EINVAL);
    assert_int_equal(mh_lab_add_trunk(lab, -1, 0, &err), -EINVAL);
    check(mh_lab_build(lab, &err), &err);
    check(mh_lab_settle(lab, &err), &err);
    assert_int_equal(mh_lab_add_trunk(lab, 0, 2, &err), -ELOOP);
    mh_lab_free(lab);
}

static void test_ends_have_devices_of_their_own(void **state)
{
    struct mh_lab *lab = build_row(3);
    unsigned seen[6] = {mh_lab_port(lab, 0)->switch_index, mh_lab_port(lab, 1)->switch_index,
        mh_lab_trunk_index(lab, 0, 0), mh_lab_trunk_index(lab, 0, 1),
        mh_lab_trunk_index(lab, 1, 0), mh_lab_trunk_index(lab, 1, 1)};

    (void)state;
    for (int i = 0; i < 6; i++) {
        assert_true(seen[i] > 0);
        for (int j = 0; j < i; j++)
            assert_int_not_equal(seen[i], seen[j]);
    }
    assert_int_equal(mh_lab_trunk_index(lab, 2, 0), 0);
    mh_lab_free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unicast_needs_no_resolution),
        cmocka_unit_test(test_members_are_known_everywhere),
        cmocka_unit_test(test_loops_are_refused),
        cmocka_unit_test(test_ends_have_devices_of_their_own),
    };

    return enter_sandbox() ? cmocka_run_group_tests(tests, NULL, NULL) : TEST_SKIPPED;
}
