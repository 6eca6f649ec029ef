#include "fixture.h"

struct groups {
    const char *group;
    const char *source;
    const char *other;
};

static const struct groups ipv4 = {"239.1.2.3", "10.0.0.1", "10.0.0.3"};
static const struct groups ipv6 = {"ff05::1:3", "fd00::1", "fd00::3"};
static const struct groups *const families[] = {&ipv4, &ipv6};

static void learns_and_forgets(struct mh_lab *lab, const struct groups *groups)
{
    int fd = join(lab, 1, groups->group);

    await_group(lab, 1, groups->group, NULL, true);
    assert_true(has_group(lab, 1, groups->group, groups->source));
    assert_false(has_group(lab, 2, groups->group, NULL));
    close(fd);
    await_group(lab, 1, groups->group, NULL, false);
    assert_false(has_group(lab, 1, groups->group, groups->source));
}

static void learns_and_forgets_a_source(struct mh_lab *lab, const struct groups *groups)
{
    int fd = open_socket(lab, 1, address(groups->group).family);

    change_source(fd, MCAST_JOIN_SOURCE_GROUP, groups->group, groups->source);
    await_group(lab, 1, groups->group, groups->source, true);
    assert_false(has_group(lab, 1, groups->group, NULL));
    assert_false(has_group(lab, 1, groups->group, groups->other));
    change_source(fd, MCAST_LEAVE_SOURCE_GROUP, groups->group, groups->source);
    await_group(lab, 1, groups->group, groups->source, false);
    close(fd);
}

static void learns_a_blocked_source(struct mh_lab *lab, const struct groups *groups)
{
    int fd = open_socket(lab, 1, address(groups->group).family);

    change_membership(fd, MCAST_JOIN_GROUP, groups->group);
    change_source(fd, MCAST_BLOCK_SOURCE, groups->group, groups->source);
    await_group(lab, 1, groups->group, NULL, true);
    await_group(lab, 1, groups->group, groups->source, false);
    assert_true(has_group(lab, 1, groups->group, groups->other));
    assert_true(has_group(lab, 1, groups->group, NULL));
    close(fd);
    await_group(lab, 1, groups->group, NULL, false);
}

static void test_any_source(void **state)
{
    struct mh_switch_plan plan = snooping_switch("lan");
    struct mh_lab *lab = build(3, &plan);

    (void)state;
    for (size_t i = 0; i < 2; i++)
        learns_and_forgets(lab, families[i]);
    mh_lab_free(lab);
}

static void test_source_specific(void **state)
{
    struct mh_switch_plan plan = snooping_switch("lan");
    struct mh_lab *lab = build(3, &plan);

    (void)state;
    for (size_t i = 0; i < 2; i++)
        learns_and_forgets_a_source(lab, families[i]);
    mh_lab_free(lab);
}

static void test_blocked_source(void **state)
{
    struct mh_switch_plan plan = snooping_switch("lan");
    struct mh_lab *lab = build(3, &plan);

    (void)state;
    for (size_t i = 0; i < 2; i++)
        learns_a_blocked_source(lab, families[i]);
    mh_lab_free(lab);
}

/* On IGMPv2 and MLDv1 the switch sees only the group. */
static void test_older_versions_forward_every_source(void **state)
{
    struct mh_switch_plan plan = snooping_switch("lan");
    struct mh_lab *lab;

    (void)state;
    plan.igmp_version = 2;
    plan.mld_version = 1;
    lab = build(3, &plan);
    for (size_t i = 0; i < 2; i++) {
        int fd = open_socket(lab, 1, address(families[i]->group).family);

        change_source(fd, MCAST_JOIN_SOURCE_GROUP, families[i]->group, families[i]->source);
        await_group(lab, 1, families[i]->group, families[i]->source, true);
        assert_true(has_group(lab, 1, families[i]->group, families[i]->other));
        close(fd);
    }
    mh_lab_free(lab);
}

static void test_fast_leave(void **state)
{
    struct mh_switch_plan plan = snooping_switch("lan");
    struct timespec start, end;
    struct mh_lab *lab;
    int fd;

    (void)state;
    plan.fast_leave = true;
    plan.last_member_interval = 500;
    lab = build(2, &plan);
    fd = join(lab, 1, ipv4.group);
    await_group(lab, 1, ipv4.group, NULL, true);
    clock_gettime(CLOCK_MONOTONIC, &start);
    close(fd);
    await_group(lab, 1, ipv4.group, NULL, false);
    clock_gettime(CLOCK_MONOTONIC, &end);
    assert_true(end.tv_sec - start.tv_sec < 4);
    mh_lab_free(lab);
}

/* The switch changes more than the socket's buffer holds: nothing is missed nevertheless. */
static void test_overflow_is_made_up_for(void **state)
{
    enum { GROUPS = 200, PER_SOCKET = 20 };
    struct mh_switch_plan plan = snooping_switch("lan");
    struct mh_lab *lab = build(2, &plan);
    struct mh_error err = {0};
    int sockets[GROUPS / PER_SOCKET];
    const int tiny = 2304;
    char group[32];

    (void)state;
    check(mh_lab_mdb_update(lab, &err), &err);
    assert_int_equal(
        setsockopt(mh_lab_mdb_fd(lab), SOL_SOCKET, SO_RCVBUF, &tiny, sizeof(tiny)), 0);
    enter_host(lab, 1);
    for (int i = 0; i < GROUPS; i++) {
        if (i % PER_SOCKET == 0)
            sockets[i / PER_SOCKET] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        snprintf(group, sizeof(group), "239.1.1.%d", i);
        change_membership(sockets[i / PER_SOCKET], MCAST_JOIN_GROUP, group);
    }
    for (int i = 0; i < GROUPS; i++) {
        snprintf(group, sizeof(group), "239.1.1.%d", i);
        await_group(lab, 1, group, NULL, true);
    }
    for (size_t i = 0; i < GROUPS / PER_SOCKET; i++)
        close(sockets[i]);
    mh_lab_free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_source),
        cmocka_unit_test(test_source_specific),
        cmocka_unit_test(test_blocked_source),
        cmocka_unit_test(test_older_versions_forward_every_source),
        cmocka_unit_test(test_fast_leave),
        cmocka_unit_test(test_overflow_is_made_up_for),
    };

    return enter_sandbox() ? cmocka_run_group_tests(tests, NULL, NULL) : TEST_SKIPPED;
}
