/* Switches that are changed while they run: what is read back, and what they then forward. */
#include "fixture.h"

#include <linux/if_bridge.h>

static unsigned set(struct mh_lab *lab, const struct mh_switch_plan *plan)
{
    unsigned grace_ms = 99;
    struct mh_error err = {0};

    check(mh_lab_set_switch(lab, 0, plan, &grace_ms, &err), &err);
    return grace_ms;
}

/* A host of the test has nothing else to do. */
static void outlast(struct mh_lab *lab, unsigned grace_ms)
{
    const struct timespec pause = {0, grace_ms * 1000000L};
    struct mh_error err = {0};

    nanosleep(&pause, NULL);
    check(mh_lab_await_grace(lab, 0, &err), &err);
}

static struct mh_switch_plan read_back(struct mh_lab *lab)
{
    struct mh_switch_plan plan;
    struct mh_error err = {0};

    check(mh_lab_read_switch(lab, 0, &plan, &err), &err);
    return plan;
}

static void test_everything_that_was_asked_for(void **state)
{
    struct mh_switch_plan first = snooping_switch("lan");
    struct mh_lab *lab = build(2, &first);
    struct mh_switch_plan plan = {.snooping = false,
        .querier = false,
        .igmp_version = 2,
        .mld_version = 1,
        .fast_leave = true,
        .flood_unknown = MH_FLOOD_OFF,
        .query_interval = 400,
        .query_response_interval = 40,
        .last_member_interval = 20,
        .startup_query_interval = 200,
        .membership_interval = 1200,
        .querier_interval = 1600};
    struct mh_switch_plan now;

    (void)state;
    assert_int_equal(set(lab, &plan), 0);
    now = read_back(lab);
    assert_string_equal(now.name, "lan");
    assert_false(now.snooping);
    assert_false(now.querier);
    assert_int_equal(now.igmp_version, 2);
    assert_int_equal(now.mld_version, 1);
    assert_true(now.fast_leave);
    assert_int_equal(now.flood_unknown, MH_FLOOD_OFF);
    assert_int_equal(now.query_interval, 400);
    assert_int_equal(now.query_response_interval, 40);
    assert_int_equal(now.last_member_interval, 20);
    assert_int_equal(now.startup_query_interval, 200);
    assert_int_equal(now.membership_interval, 1200);
    assert_int_equal(now.querier_interval, 1600);
    mh_lab_free(lab);
}

static void test_what_is_not_told_stays(void **state)
{
    struct mh_switch_plan first = snooping_switch("lan");
    struct mh_lab *lab;
    struct mh_switch_plan plan = first, before, now;

    (void)state;
    first.query_interval = 300;
    lab = build(1, &first);
    before = read_back(lab);
    assert_int_equal(set(lab, &plan), 0);
    now = read_back(lab);
    assert_int_equal(now.query_interval, 300);
    assert_int_equal(now.flood_unknown, before.flood_unknown);
    assert_int_equal(now.query_response_interval, before.query_response_interval);
    mh_lab_free(lab);
}

/* Sends to a group that host 1 has joined and host 2 has not; says whether host 2 saw it. */
static bool is_flooded(struct mh_lab *lab, int sender, int capture, const char *group)
{
    struct mh_addr to = address(group);
    struct mh_addr marker = host_address(to.family, 2);

    (void)lab;
    assert_int_equal(send_to(sender, &to, "for members"), 0);
    assert_int_equal(send_to(sender, &marker, "marker"), 0);
    return count_before(capture, "marker", UDP_FRAME) > 0;
}

static void test_a_querier_is_ready_after_its_grace(void **state)
{
    static const char *const groups[] = {"239.1.2.3", "ff15::123"};
    struct mh_switch_plan plan = snooping_switch("lan");
    struct mh_lab *lab = build(3, &plan);
    int capture = open_capture(lab, 2, "eth0");

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        int member = join(lab, 1, groups[i]);
        int sender = open_socket(lab, 0, address(groups[i]).family);

        await_group(lab, 1, groups[i], NULL, true);
        plan.querier = false;
        assert_int_equal(set(lab, &plan), 0);
        assert_true(is_flooded(lab, sender, capture, groups[i]));
        plan.querier = true;
        outlast(lab, set(lab, &plan));
        assert_false(is_flooded(lab, sender, capture, groups[i]));
        /* Its own response interval is 10 s: it was not waited for, and it is back. */
        assert_int_equal(read_back(lab).query_response_interval, 1000);
        close(sender);
        close(member);
    }
    close(capture);
    mh_lab_free(lab);
}

static void test_static_entries(void **state)
{
    struct mh_switch_plan plan = snooping_switch("lan");
    struct mh_lab *lab = build(3, &plan);
    struct mh_addr group = address("239.1.2.3"), any = {.family = AF_UNSPEC};
    struct mh_addr source = host_address(AF_INET, 0);
    const struct mh_addr *sources[] = {&any, &source};
    int capture = open_capture(lab, 2, "eth0");
    int member = join(lab, 1, "239.1.2.3");
    int sender = open_socket(lab, 0, AF_INET);
    struct mh_error err = {0};

    (void)state;
    await_group(lab, 1, "239.1.2.3", NULL, true);
    for (size_t i = 0; i < 2; i++) {
        check(mh_lab_add_mdb_entry(lab, 2, &group, sources[i], &err), &err);
        assert_int_equal(mh_lab_add_mdb_entry(lab, 2, &group, sources[i], &err), -EEXIST);
        assert_true(is_flooded(lab, sender, capture, "239.1.2.3"));
        expect_text(member, "for members");
        check(mh_lab_remove_mdb_entry(lab, 2, &group, sources[i], &err), &err);
        assert_false(is_flooded(lab, sender, capture, "239.1.2.3"));
        /* An entry of nobody's must not swallow it either. */
        expect_text(member, "for members");
    }
    assert_int_equal(mh_lab_remove_mdb_entry(lab, 2, &group, &any, &err), -EINVAL);
    close(sender);
    close(member);
    close(capture);
    mh_lab_free(lab);
}

static void test_multicast_router(void **state)
{
    struct mh_switch_plan plan = snooping_switch("lan");
    struct mh_lab *lab = build(3, &plan);
    int capture = open_capture(lab, 2, "eth0");
    int sender = open_socket(lab, 0, AF_INET);
    struct mh_error err = {0};
    uint8_t mode = 99;

    (void)state;
    check(mh_lab_read_multicast_router(lab, 2, &mode, &err), &err);
    assert_int_equal(mode, MDB_RTR_TYPE_DISABLED);
    assert_false(is_flooded(lab, sender, capture, "239.1.2.3"));
    check(mh_lab_set_multicast_router(lab, 2, MDB_RTR_TYPE_PERM, &err), &err);
    check(mh_lab_read_multicast_router(lab, 2, &mode, &err), &err);
    assert_int_equal(mode, MDB_RTR_TYPE_PERM);
    assert_true(is_flooded(lab, sender, capture, "239.1.2.3"));
    assert_int_equal(mh_lab_set_multicast_router(lab, 7, MDB_RTR_TYPE_PERM, &err), -EINVAL);
    close(sender);
    close(capture);
    mh_lab_free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything_that_was_asked_for),
        cmocka_unit_test(test_what_is_not_told_stays),
        cmocka_unit_test(test_a_querier_is_ready_after_its_grace),
        cmocka_unit_test(test_static_entries),
        cmocka_unit_test(test_multicast_router),
    };

    return enter_sandbox() ? cmocka_run_group_tests(tests, NULL, NULL) : TEST_SKIPPED;
}
