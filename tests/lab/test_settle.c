/* Snooping is effective from the first frame on: what nobody asked for reaches nobody. */
#include "fixture.h"

enum {
    ROUNDS = 20,
    FRAMES = 5,
    MANY = 70, /* hosts on a switch whose snooping pauses while its ports come up */
};

struct crossing {
    sa_family_t family;
    const char *unregistered;
    const char *flooded; /* reaches all ports whatever the switch has learned */
};

static const struct crossing crossings[] = {
    {AF_INET, "239.1.2.3", "224.0.0.77"},
    {AF_INET6, "ff05::1:3", "ff02::1"},
};

/* Frames on one path keep their order: when the flooded marker is there, so is all before it.
 */
static int leaked(const struct mh_lab *lab, int capture, const struct crossing *crossing)
{
    struct mh_addr group = address(crossing->unregistered);
    struct mh_addr all = address(crossing->flooded);
    int sender = open_socket(lab, 0, crossing->family);

    for (int i = 0; i < FRAMES; i++)
        assert_int_equal(send_to(sender, &group, "unwanted"), 0);
    assert_int_equal(send_to(sender, &all, "marker"), 0);
    close(sender);
    return count_before(capture, "marker", UDP_FRAME);
}

static int leaked_after_settling(
    const struct mh_switch_plan *plan, const struct crossing *crossing)
{
    struct mh_lab *lab = describe(3, plan);
    struct mh_error err = {0};
    int capture, count;

    check(mh_lab_build(lab, &err), &err);
    capture = open_capture(lab, 2, "eth0");
    check(mh_lab_settle(lab, &err), &err);
    count = leaked(lab, capture, crossing);
    close(capture);
    mh_lab_free(lab);
    return count;
}

static void test_snooping_is_effective_at_once(void **state)
{
    struct mh_switch_plan plan = snooping_switch("lan");

    (void)state;
    for (int i = 0; i < ROUNDS; i++)
        for (size_t family = 0; family < 2; family++)
            assert_int_equal(leaked_after_settling(&plan, &crossings[family]), 0);
}

/* That it learns tells that it snoops. To see what it floods is no test: the reports of many
 * hosts are flooded, too, and overflow the machine's input queue. */
static void test_a_large_switch_snoops_too(void **state)
{
    struct mh_switch_plan plan = snooping_switch("lan");
    struct mh_lab *lab = build(MANY, &plan);

    (void)state;
    for (size_t family = 0; family < 2; family++) {
        int member = join(lab, 1, crossings[family].unregistered);

        await_group(lab, 1, crossings[family].unregistered, NULL, true);
        close(member);
    }
    mh_lab_free(lab);
}

static void test_older_versions_are_effective_at_once(void **state)
{
    struct mh_switch_plan plan = snooping_switch("lan");

    (void)state;
    plan.igmp_version = 2;
    plan.mld_version = 1;
    for (size_t family = 0; family < 2; family++)
        assert_int_equal(leaked_after_settling(&plan, &crossings[family]), 0);
}

/* What the tests above would see of a switch that is not ready. */
static void test_a_switch_without_querier_or_snooping_floods(void **state)
{
    struct mh_switch_plan plan = snooping_switch("lan");

    (void)state;
    plan.querier = false;
    for (size_t family = 0; family < 2; family++)
        assert_int_equal(leaked_after_settling(&plan, &crossings[family]), FRAMES);
    plan = snooping_switch("lan");
    plan.snooping = false;
    for (size_t family = 0; family < 2; family++)
        assert_int_equal(leaked_after_settling(&plan, &crossings[family]), FRAMES);
}

static void test_settling_needs_a_built_network(void **state)
{
    struct mh_switch_plan plan = snooping_switch("lan");
    struct mh_lab *lab = describe(1, &plan);
    struct mh_error err = {0};

    (void)state;
    assert_int_equal(mh_lab_settle(lab, &err), -EINVAL);
    mh_lab_free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_snooping_is_effective_at_once),
        cmocka_unit_test(test_a_large_switch_snoops_too),
        cmocka_unit_test(test_older_versions_are_effective_at_once),
        cmocka_unit_test(test_a_switch_without_querier_or_snooping_floods),
        cmocka_unit_test(test_settling_needs_a_built_network),
    };

    return enter_sandbox() ? cmocka_run_group_tests(tests, NULL, NULL) : TEST_SKIPPED;
}
