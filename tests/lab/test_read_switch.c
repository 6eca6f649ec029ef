#include "fixture.h"

static struct mh_switch_plan read_back(int hosts, const struct mh_switch_plan *plan)
{
    struct mh_lab *lab = build(hosts, plan);
    struct mh_switch_plan effective;
    struct mh_error err = {0};

    check(mh_lab_read_switch(lab, 0, &effective, &err), &err);
    assert_string_equal(effective.name, plan->name);
    effective.name = NULL;
    assert_int_equal(mh_lab_read_switch(lab, 1, &effective, &err), -EINVAL);
    mh_lab_free(lab);
    return effective;
}

/* Not by memory: there is padding. */
static void assert_same_settings(const struct mh_switch_plan *a, const struct mh_switch_plan *b)
{
    assert_int_equal(a->snooping, b->snooping);
    assert_int_equal(a->querier, b->querier);
    assert_int_equal(a->igmp_version, b->igmp_version);
    assert_int_equal(a->mld_version, b->mld_version);
    assert_int_equal(a->fast_leave, b->fast_leave);
    assert_int_equal(a->flood_unknown, b->flood_unknown);
    assert_int_equal(a->query_interval, b->query_interval);
    assert_int_equal(a->query_response_interval, b->query_response_interval);
    assert_int_equal(a->last_member_interval, b->last_member_interval);
    assert_int_equal(a->startup_query_interval, b->startup_query_interval);
    assert_int_equal(a->membership_interval, b->membership_interval);
    assert_int_equal(a->querier_interval, b->querier_interval);
}

static void test_everything_that_was_asked_for(void **state)
{
    struct mh_switch_plan plan = {
        .name = "lan",
        .snooping = true,
        .querier = true,
        .igmp_version = 2,
        .mld_version = 1,
        .fast_leave = true,
        .flood_unknown = MH_FLOOD_OFF,
        .query_interval = 400,
        .query_response_interval = 40,
        .last_member_interval = 20,
        .startup_query_interval = 200,
        .membership_interval = 1200,
        .querier_interval = 1600,
    };
    struct mh_switch_plan effective = read_back(2, &plan);

    (void)state;
    assert_same_settings(&effective, &plan);
}

static void test_what_the_kernel_makes_of_it(void **state)
{
    struct mh_switch_plan plan = snooping_switch("lan");
    struct mh_switch_plan effective;

    (void)state;
    plan.query_interval = 50;
    plan.last_member_interval = 1;
    effective = read_back(2, &plan);
    assert_int_equal(effective.query_interval, 100);
    assert_true(effective.last_member_interval <= 1); /* rounded to the kernel's tick */
}

static void test_nothing_asked_leaves_the_kernels(void **state)
{
    struct mh_switch_plan plan = snooping_switch("lan");
    struct mh_switch_plan effective;

    (void)state;
    plan.last_member_interval = 0;
    effective = read_back(2, &plan);
    assert_int_equal(effective.query_interval, 12500);
    assert_int_equal(effective.query_response_interval, 1000);
    assert_int_equal(effective.last_member_interval, 100);
    assert_int_equal(effective.membership_interval, 26000);
    assert_int_equal(effective.querier_interval, 25500);
    assert_int_equal(effective.flood_unknown, MH_FLOOD_ON);
    assert_false(effective.fast_leave);
}

static void test_a_large_switch_with_a_querier_does_not_flood(void **state)
{
    struct mh_switch_plan plan = snooping_switch("lan");

    (void)state;
    assert_int_equal(read_back(31, &plan).flood_unknown, MH_FLOOD_ON);
    assert_int_equal(read_back(320, &plan).flood_unknown, MH_FLOOD_OFF);
    plan.querier = false;
    assert_int_equal(read_back(320, &plan).flood_unknown, MH_FLOOD_ON);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything_that_was_asked_for),
        cmocka_unit_test(test_what_the_kernel_makes_of_it),
        cmocka_unit_test(test_nothing_asked_leaves_the_kernels),
        cmocka_unit_test(test_a_large_switch_with_a_querier_does_not_flood),
    };

    return enter_sandbox() ? cmocka_run_group_tests(tests, NULL, NULL) : TEST_SKIPPED;
}
