#include "fixture.h"
#include "lab/state.h"

struct groups {
    const char *group;
    const char *source;
};

static const struct groups ipv4 = {"239.1.2.3", "10.0.0.1"};
static const struct groups ipv6 = {"ff05::1:3", "fd00::1"};
static const struct groups *const families[] = {&ipv4, &ipv6};

/* ---- the table -----------------------------------------------------------------------------
 */

static struct mh_mdb_dump read_table(struct mh_lab *lab, int number)
{
    struct mh_mdb_dump dump;
    struct mh_error err = {0};

    check(mh_lab_read_mdb(lab, number, &dump, &err), &err);
    return dump;
}

static void free_table(struct mh_mdb_dump *dump)
{
    free(dump->records);
    free(dump->sources);
    free(dump->routers);
}

/* `source` NULL: (*,G). */
static const struct mh_mdb_record *find(const struct mh_lab *lab,
    const struct mh_mdb_dump *dump, int port, const char *group, const char *source)
{
    struct mh_addr of_group = address(group);

    for (size_t i = 0; i < dump->count; i++) {
        const struct mh_mdb_record *record = &dump->records[i];
        struct mh_addr of_source = source ? address(source) : (struct mh_addr){0};

        if (record->port == mh_lab_port(lab, port)->switch_index &&
            mh_addr_equal(&record->group, &of_group) &&
            mh_addr_equal(&record->source, &of_source))
            return record;
    }
    return NULL;
}

/* A port that has not heard of the group yet has no source either: so its record is awaited. */
static struct mh_mdb_dump read_once_blocked(
    struct mh_lab *lab, int port, const struct groups *groups)
{
    struct mh_error err = {0};

    for (;;) {
        check(mh_lab_mdb_update(lab, &err), &err);
        struct mh_mdb_dump dump = read_table(lab, 0);
        const struct mh_mdb_record *record =
            find(lab, &dump, port, groups->group, groups->source);

        if (record && record->blocked)
            return dump;
        free_table(&dump);
        if (!await_readable(mh_lab_mdb_fd(lab), DEADLINE_MS))
            fail_msg("port %d did not block %s", port, groups->source);
    }
}

static void tells_modes_and_sources(struct mh_lab *lab, const struct groups *groups)
{
    int only = open_socket(lab, 1, address(groups->group).family);
    int but = join(lab, 2, groups->group);
    const struct mh_mdb_record *record;
    struct mh_mdb_dump dump;

    change_source(only, MCAST_JOIN_SOURCE_GROUP, groups->group, groups->source);
    change_source(but, MCAST_BLOCK_SOURCE, groups->group, groups->source);
    await_group(lab, 1, groups->group, groups->source, true);
    dump = read_once_blocked(lab, 2, groups);

    record = find(lab, &dump, 1, groups->group, NULL);
    assert_true(record && record->has_mode && !record->excludes && !record->permanent);
    assert_int_equal(record->source_count, 1);
    assert_true(dump.sources[record->first_source].timer > 0);
    assert_string_equal(record->protocol, "kernel");
    record = find(lab, &dump, 2, groups->group, NULL);
    assert_true(record && record->excludes && record->timer > 0);
    assert_int_equal(record->source_count, 1);
    assert_int_equal(dump.sources[record->first_source].timer, 0);
    record = find(lab, &dump, 1, groups->group, groups->source);
    assert_true(record && !record->blocked);
    record = find(lab, &dump, 2, groups->group, groups->source);
    assert_true(record && record->blocked);
    assert_null(find(lab, &dump, 0, groups->group, NULL));

    free_table(&dump);
    close(only);
    close(but);
}

static void test_modes_and_sources(void **state)
{
    struct mh_switch_plan plan = snooping_switch("lan");
    struct mh_lab *lab = build(3, &plan);

    (void)state;
    for (size_t i = 0; i < 2; i++)
        tells_modes_and_sources(lab, families[i]);
    mh_lab_free(lab);
}

static void test_a_switch_of_igmpv2_has_no_modes(void **state)
{
    struct mh_switch_plan plan = snooping_switch("lan");
    struct mh_mdb_dump dump;
    struct mh_lab *lab;
    int fd;

    (void)state;
    plan.igmp_version = 2;
    lab = build(2, &plan);
    fd = join(lab, 1, ipv4.group);
    await_group(lab, 1, ipv4.group, NULL, true);
    dump = read_table(lab, 0);
    assert_false(find(lab, &dump, 1, ipv4.group, NULL)->has_mode);
    free_table(&dump);
    close(fd);
    mh_lab_free(lab);
}

/* More than one part of a dump, and more than the arrays begin with. */
static void test_a_large_table(void **state)
{
    enum { GROUPS = 600, PER_SOCKET = 20 };
    struct mh_switch_plan plan = snooping_switch("lan");
    struct mh_lab *lab = build(2, &plan);
    int sockets[GROUPS / PER_SOCKET];
    struct mh_mdb_dump dump;
    char group[32];

    (void)state;
    enter_host(lab, 1);
    for (int i = 0; i < GROUPS; i++) {
        if (i % PER_SOCKET == 0)
            sockets[i / PER_SOCKET] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        snprintf(group, sizeof(group), "239.1.%d.%d", i / 200, i % 200);
        change_membership(sockets[i / PER_SOCKET], MCAST_JOIN_GROUP, group);
    }
    for (int i = 0; i < GROUPS; i++) {
        snprintf(group, sizeof(group), "239.1.%d.%d", i / 200, i % 200);
        await_group(lab, 1, group, NULL, true);
    }
    dump = read_table(lab, 0);
    for (int i = 0; i < GROUPS; i++) {
        snprintf(group, sizeof(group), "239.1.%d.%d", i / 200, i % 200);
        assert_non_null(find(lab, &dump, 1, group, NULL));
    }
    free_table(&dump);
    for (size_t i = 0; i < GROUPS / PER_SOCKET; i++)
        close(sockets[i]);
    mh_lab_free(lab);
}

/* ---- two switches, a router on both
 * -----------------------------------------------------------
 */

static struct mh_lab *build_routed(void)
{
    struct mh_switch_plan plan = snooping_switch("lan");
    struct mh_lab *lab = describe(2, &plan);
    struct mh_error err = {0};
    struct mh_port_plan port;
    int router;

    plan.name = "other";
    plan.querier = false;
    assert_int_equal(mh_lab_add_switch(lab, &plan, &err), 1);
    router = mh_lab_add_router(lab, "r", &err);
    port = port_plan(router, 0);
    assert_int_equal(mh_lab_add_port(lab, &port, &err), 2);
    port.attached_switch = 1;
    port.interface = "eth1";
    port.address = address("10.1.0.1");
    port.address6 = address("fd01::1");
    port.default_multicast = false;
    assert_int_equal(mh_lab_add_port(lab, &port, &err), 3);
    check(mh_lab_build(lab, &err), &err);
    check(mh_lab_settle(lab, &err), &err);
    return lab;
}

static void test_router_ports_of_one_switch(void **state)
{
    struct mh_lab *lab = build_routed();

    (void)state;
    for (int number = 0; number < 2; number++) {
        struct mh_mdb_dump dump = read_table(lab, number);

        assert_int_equal(dump.router_count, 1);
        assert_int_equal(dump.routers[0].port, mh_lab_port(lab, 2 + number)->switch_index);
        assert_int_equal(dump.routers[0].type, MH_ROUTER_PORT_PERMANENT);
        free_table(&dump);
    }
    mh_lab_free(lab);
}

static void test_queriers(void **state)
{
    struct mh_lab *lab = build_routed();
    struct mh_querier queriers[2];
    struct mh_error err = {0};
    struct mh_addr any = address("0.0.0.0");

    (void)state;
    check(mh_lab_read_querier(lab, 0, queriers, &err), &err);
    assert_true(queriers[0].present && !queriers[0].other);
    assert_true(mh_addr_equal(&queriers[0].address, &any));
    assert_true(queriers[1].present && !queriers[1].other);
    assert_int_equal(queriers[1].address.v6.s6_addr[0], 0xfe);
    check(mh_lab_read_querier(lab, 1, queriers, &err), &err);
    assert_false(queriers[0].present || queriers[1].present);
    assert_int_equal(mh_lab_read_querier(lab, 2, queriers, &err), -EINVAL);
    mh_lab_free(lab);
}

/* ---- ports ---------------------------------------------------------------------------------
 */

static void test_ports(void **state)
{
    struct mh_lab *lab = build_routed();
    struct mh_port_state states[2];
    struct mh_error err = {0};

    (void)state;
    assert_int_equal(mh_lab_read_ports(lab, 0, states, 2, &err), 3);
    assert_int_equal(states[0].port, mh_lab_port(lab, 0)->switch_index);
    assert_int_equal(states[1].port, mh_lab_port(lab, 1)->switch_index);
    assert_true(states[0].forwarding && states[0].floods);
    assert_int_equal(mh_lab_read_ports(lab, 1, states, 2, &err), 1);
    assert_int_equal(states[0].port, mh_lab_port(lab, 3)->switch_index);
    assert_int_equal(mh_lab_read_ports(lab, -1, states, 2, &err), -EINVAL);
    mh_lab_free(lab);
}

/* A large switch with a querier does not flood (lab.h): as many as are not asked at once. */
static void test_many_ports(void **state)
{
    enum { PORTS = 320 };
    struct mh_switch_plan plan = snooping_switch("lan");
    struct mh_lab *lab = build(PORTS, &plan);
    struct mh_port_state states[PORTS];
    struct mh_error err = {0};

    (void)state;
    assert_int_equal(mh_lab_read_ports(lab, 0, states, PORTS, &err), PORTS);
    for (int i = 0; i < PORTS; i++) {
        assert_int_equal(states[i].port, mh_lab_port(lab, i)->switch_index);
        assert_true(states[i].forwarding && !states[i].floods);
    }
    mh_lab_free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_modes_and_sources),
        cmocka_unit_test(test_a_switch_of_igmpv2_has_no_modes),
        cmocka_unit_test(test_a_large_table),
        cmocka_unit_test(test_router_ports_of_one_switch),
        cmocka_unit_test(test_queriers),
        cmocka_unit_test(test_ports),
        cmocka_unit_test(test_many_ports),
    };

    return enter_sandbox() ? cmocka_run_group_tests(tests, NULL, NULL) : TEST_SKIPPED;
}
