#include "fixture.h"

static struct mh_error err;

static struct mh_lab *two_hosts(void)
{
    struct mh_switch_plan plan = snooping_switch("lan");

    memset(&err, 0, sizeof(err));
    return describe(2, &plan);
}

static void refuses_port(
    struct mh_lab *lab, const struct mh_port_plan *plan, int code, const char *words)
{
    assert_int_equal(mh_lab_add_port(lab, plan, &err), code);
    assert_int_equal(err.code, code);
    if (!strstr(err.message, words))
        fail_msg("'%s' does not say '%s'", err.message, words);
    assert_null(strstr(err.message + strlen(err.operation), err.operation));
}

static void test_numbers_count_from_zero(void **state)
{
    struct mh_lab *lab = two_hosts();
    struct mh_switch_plan plan = snooping_switch("other");

    (void)state;
    assert_int_equal(mh_lab_add_switch(lab, &plan, &err), 1);
    assert_int_equal(mh_lab_add_host(lab, "h2", &err), 2);
    assert_int_equal(mh_lab_host_netns(lab, 0), -1);
    assert_int_equal(mh_lab_switch_netns(lab), -1);
    assert_int_equal(mh_lab_mdb_fd(lab), -1);
    assert_null(mh_lab_free(lab));
    assert_null(mh_lab_free(NULL));
}

static void test_a_name_is_needed_and_taken_once(void **state)
{
    struct mh_lab *lab = two_hosts();
    struct mh_switch_plan plan = snooping_switch("lan");

    (void)state;
    assert_int_equal(mh_lab_add_host(lab, "h1", &err), -EEXIST);
    assert_string_equal(err.message, "add host h1: there is one already (EEXIST)");
    assert_int_equal(mh_lab_add_host(lab, "", &err), -EINVAL);
    assert_begins(err.message, "add host without a name: ");
    assert_int_equal(mh_lab_add_host(lab, NULL, &err), -EINVAL);
    assert_int_equal(mh_lab_add_switch(lab, &plan, &err), -EEXIST);
    assert_string_equal(err.message, "add switch lan: there is one already (EEXIST)");
    plan.name = NULL;
    assert_int_equal(mh_lab_add_switch(lab, &plan, &err), -EINVAL);
    mh_lab_free(lab);
}

static void test_a_switch_speaks_a_known_version(void **state)
{
    struct mh_lab *lab = two_hosts();
    struct mh_switch_plan plan = snooping_switch("other");

    (void)state;
    plan.igmp_version = 1;
    assert_int_equal(mh_lab_add_switch(lab, &plan, &err), -EINVAL);
    assert_begins(err.message, "add switch other of IGMP version 1: expected 2 or 3 (");
    plan.igmp_version = 3;
    plan.mld_version = 3;
    assert_int_equal(mh_lab_add_switch(lab, &plan, &err), -EINVAL);
    assert_begins(err.message, "add switch other of MLD version 3: expected 1 or 2 (");
    mh_lab_free(lab);
}

static void test_a_port_joins_what_exists(void **state)
{
    struct mh_lab *lab = two_hosts();
    struct mh_port_plan plan = port_plan(2, 0);

    (void)state;
    refuses_port(lab, &plan, -EINVAL, "add interface to host number 2 of 2: ");
    plan.host = -1;
    refuses_port(lab, &plan, -EINVAL, "host number -1");
    plan.host = 1;
    plan.attached_switch = 1;
    refuses_port(lab, &plan, -EINVAL, "add interface of host h1 to switch number 1 of 1: ");
    mh_lab_free(lab);
}

static void test_an_interface_has_a_name_of_its_own(void **state)
{
    static const char *const wrong[] = {
        "", "lo", ".", "..", "a/b", "a b", "a:b", "sixteen-letters!"};
    struct mh_lab *lab = two_hosts();
    struct mh_port_plan plan = port_plan(1, 0);

    (void)state;
    refuses_port(lab, &plan, -EEXIST, "add interface eth0 to host h1: it has one already (");
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        plan.interface = wrong[i];
        refuses_port(lab, &plan, -EINVAL, wrong[i]);
    }
    plan.interface = NULL;
    refuses_port(lab, &plan, -EINVAL, "host h1");
    mh_lab_free(lab);
}

static void test_an_address_is_unicast_and_of_its_family(void **state)
{
    struct mh_lab *lab = two_hosts();
    struct mh_port_plan plan = port_plan(1, 0);

    (void)state;
    plan.interface = "eth1";
    plan.address = address("239.1.2.3");
    refuses_port(lab, &plan, -EINVAL,
        "give eth1 of host h1 the address 239.1.2.3/16: a host needs a unicast address (");
    plan.address = address("0.0.0.0");
    refuses_port(lab, &plan, -EINVAL, "unicast");
    plan.address = address("fd00::9");
    refuses_port(lab, &plan, -EINVAL, "not an IPv4 address");
    plan.address = address("10.0.0.9");
    plan.prefix_length = 33;
    refuses_port(lab, &plan, -EINVAL, "10.0.0.9/33: expected a prefix of 1 to 32");
    plan.prefix_length = 24;
    plan.address6 = address("10.0.0.9");
    refuses_port(lab, &plan, -EINVAL, "not an IPv6 address");
    plan.address6 = address("fd00::9");
    plan.prefix_length6 = 0;
    refuses_port(lab, &plan, -EINVAL, "fd00::9/0");
    mh_lab_free(lab);
}

static void test_an_address_is_given_once_on_a_switch(void **state)
{
    struct mh_lab *lab = two_hosts();
    struct mh_switch_plan other = snooping_switch("other");
    struct mh_port_plan plan = port_plan(1, 0);

    (void)state;
    plan.interface = "eth1";
    plan.address = host_address(AF_INET, 0);
    refuses_port(lab, &plan, -EADDRINUSE,
        "give eth1 of host h1 the address 10.0.0.1, which host h0 on switch lan has: ");
    plan.address = (struct mh_addr){0};
    plan.address6 = host_address(AF_INET6, 0);
    refuses_port(lab, &plan, -EADDRINUSE, "fd00::1, which host h0");
    plan.attached_switch = mh_lab_add_switch(lab, &other, &err);
    assert_int_equal(mh_lab_add_port(lab, &plan, &err), 2);
    mh_lab_free(lab);
}

static void test_an_mtu_is_in_range(void **state)
{
    struct mh_lab *lab = two_hosts();
    struct mh_port_plan plan = port_plan(1, 0);

    (void)state;
    plan.interface = "eth1";
    plan.address = address("10.0.0.9");
    plan.address6 = address("fd00::9");
    plan.mtu = 1279;
    refuses_port(lab, &plan, -EINVAL, "MTU 1279, expected 1280 to 65535");
    plan.address6.family = AF_UNSPEC; /* there is the link-local one still */
    refuses_port(lab, &plan, -EINVAL, "MTU 1279, expected 1280 to 65535");
    plan.mtu = 70000;
    refuses_port(lab, &plan, -EINVAL, "MTU 70000");
    plan.mtu = 9000;
    assert_int_equal(mh_lab_add_port(lab, &plan, &err), 2);
    mh_lab_free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_count_from_zero),
        cmocka_unit_test(test_a_name_is_needed_and_taken_once),
        cmocka_unit_test(test_a_switch_speaks_a_known_version),
        cmocka_unit_test(test_a_port_joins_what_exists),
        cmocka_unit_test(test_an_interface_has_a_name_of_its_own),
        cmocka_unit_test(test_an_address_is_unicast_and_of_its_family),
        cmocka_unit_test(test_an_address_is_given_once_on_a_switch),
        cmocka_unit_test(test_an_mtu_is_in_range),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
