/* Ports of a machine that is a network namespace of the test's own. */
#include "lab/macvlan.h"
#include "lab/nic.h"
#include "net/device.h"
#include "net/netns.h"
#include "test.h"

#include <errno.h>
#include <linux/if_link.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct machine {
    int netns;
    int host; /* the namespace of a host */
};

static void run(const char *command)
{
    assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c): ip(8), of a test */
}

static int make_machine(void **state)
{
    static struct machine machine;

    if (mh_netns_create(&machine.host, NULL) < 0)
        return 0;
    assert_int_equal(mh_netns_create(&machine.netns, NULL), 0);
    run("ip link add port type veth peer name far && ip link set far up && "
        "ip link set port up && ip address add 10.1.0.1/24 dev port && "
        "ip address add fd00:1::1/64 dev port nodad && "
        "ip route add 10.2.0.0/24 via 10.1.0.2");
    *state = &machine;
    return 0;
}

static int remove_machine(void **state)
{
    const struct machine *machine = *state;

    if (machine) {
        close(machine->host);
        close(machine->netns);
    }
    return 0;
}

static const struct machine *machine_of(void **state)
{
    if (!*state)
        skip();
    return *state;
}

static struct mh_device find(int netns, const char *name)
{
    struct mh_device *devices, found = {.index = 0};
    size_t count;

    assert_int_equal(mh_device_list(netns, &devices, &count, NULL), 0);
    for (size_t i = 0; i < count; i++)
        if (strcmp(devices[i].name, name) == 0)
            found = devices[i];
    free(devices);
    return found;
}

static struct mh_place place(const struct machine *machine, const char *lower)
{
    return (struct mh_place){
        .lower = lower, .kind = "macvlan", .name = "eth0", .netns = machine->host};
}

static void a_port_goes_and_comes_back(void **state)
{
    const struct machine *machine = machine_of(state);
    struct mh_place to = place(machine, "port");
    struct mh_device before = find(machine->netns, "port");
    struct mh_error err;
    struct mh_nic *nic;

    assert_int_equal(mh_nic_take(&to, &nic, &err), 0);
    assert_string_equal(mh_nic_name(nic), "port");
    assert_int_equal(find(machine->netns, "port").index, 0);
    assert_true(find(machine->host, "port").flags & IFF_UP);
    assert_true(find(machine->host, "port").address_count >= 2);
    assert_int_equal(mh_nic_give_back(nic, &err), 0);
    assert_int_equal(find(machine->host, "port").index, 0);
    struct mh_device after = find(machine->netns, "port");
    assert_int_equal(after.index, before.index);
    assert_int_equal(after.flags & IFF_UP, before.flags & IFF_UP);
    assert_int_equal(after.address_count, before.address_count);
    run("ip route show 10.2.0.0/24 | grep -q 'via 10.1.0.2 dev port'");
}

/* Neither DAD nor the kernel's worker, which makes local routes, is waited for. */
static void its_addresses_can_be_used_at_once(void **state)
{
    const struct machine *machine = machine_of(state);
    struct mh_place to = place(machine, "port");
    struct mh_nic *nic;
    int home;

    run("ip address add fd00:2::1/64 dev port");
    assert_int_equal(mh_nic_take(&to, &nic, NULL), 0);
    assert_int_equal(mh_netns_visit(machine->host, &home, NULL), 0);
    run("ip -6 route show table local fd00:1::1 | grep -q 'dev port proto static'");
    run("ip -6 route show table local fd00:2::1 | grep -q 'dev port proto static'");
    run("test -z \"$(ip -6 address show dev port scope global tentative)\"");
    assert_int_equal(mh_netns_return(home, NULL), 0);
    assert_int_equal(mh_nic_give_back(nic, NULL), 0);
}

/* It keeps the namespace that the host itself gave up. */
static void it_survives_the_hosts_namespace(void **state)
{
    const struct machine *machine = machine_of(state);
    struct mh_place to = place(machine, "port");
    struct mh_nic *nic;
    int short_lived;

    assert_int_equal(mh_netns_create(&short_lived, NULL), 0);
    assert_int_equal(mh_netns_enter(machine->netns, NULL), 0);
    to.netns = short_lived;
    assert_int_equal(mh_nic_take(&to, &nic, NULL), 0);
    close(short_lived);
    assert_int_equal(mh_nic_give_back(nic, NULL), 0);
    assert_true(find(machine->netns, "port").flags & IFF_UP);
}

static void it_comes_back_where_its_name_and_its_index_are_taken(void **state)
{
    const struct machine *machine = machine_of(state);
    struct mh_place to = place(machine, "port");
    struct mh_error err;
    struct mh_nic *nic;

    assert_int_equal(mh_nic_take(&to, &nic, &err), 0);
    run("ip link add port type bridge");
    assert_int_equal(mh_nic_give_back(nic, &err), -EEXIST);
    assert_string_equal(err.operation, "rename");
    /* The kernel fills the pattern in once or twice. */
    assert_true(find(machine->netns, "dev0").index || find(machine->netns, "dev1").index);
}

static void it_is_told_when_the_port_has_gone(void **state)
{
    const struct machine *machine = machine_of(state);
    struct mh_place to = place(machine, "port");
    struct mh_error err;
    struct mh_nic *nic;

    assert_int_equal(mh_nic_take(&to, &nic, &err), 0);
    run("ip link delete far"); /* and its peer with it */
    assert_int_equal(mh_nic_give_back(nic, &err), -ENODEV);
    assert_string_equal(err.message, "give back port to this machine: No such device (ENODEV)");
}

static void what_is_not_there_or_not_free_is_not_taken(void **state)
{
    const struct machine *machine = machine_of(state);
    struct mh_place none = place(machine, "none"), loopback = place(machine, "lo"),
                    enslaved = place(machine, "port");
    struct mh_error err;
    struct mh_nic *nic;

    assert_int_equal(mh_nic_take(&none, &nic, &err), -ENODEV);
    assert_int_equal(mh_nic_take(&loopback, &nic, &err), -EINVAL);
    assert_non_null(strstr(err.hint, "loopback cannot be moved"));
    run("ip link add br0 type bridge && ip link set port master br0");
    assert_int_equal(mh_nic_take(&enslaved, &nic, &err), -EBUSY);
    assert_non_null(strstr(err.hint, "ip link set port nomaster"));
}

static void one_that_stays_is_as_it_was(void **state)
{
    const struct machine *machine = machine_of(state);
    struct mh_place there = place(machine, "port");
    struct mh_device before = find(machine->netns, "port");
    struct mh_nic *nic;

    there.netns = machine->netns;
    assert_int_equal(mh_netns_enter(machine->host, NULL), 0);
    assert_int_equal(mh_nic_keep(&there, &nic, NULL), 0);
    assert_int_equal(mh_netns_enter(machine->netns, NULL), 0);
    run("ip address flush dev port && ip link set port down");
    assert_int_equal(mh_netns_enter(machine->host, NULL), 0);
    assert_int_equal(mh_nic_give_back(nic, NULL), 0);
    assert_int_equal(find(-1, "port").index, 0); /* the thread is where it was */
    struct mh_device after = find(machine->netns, "port");
    assert_true(after.flags & IFF_UP);
    assert_int_equal(after.address_count, before.address_count);
    assert_int_equal(mh_netns_enter(machine->netns, NULL), 0);
    run("ip route show 10.2.0.0/24 | grep -q 'via 10.1.0.2 dev port'");
}

/* ---- children ------------------------------------------------------------------------------
 */

static void a_child_is_made_in_the_hosts_namespace(void **state)
{
    const struct machine *machine = machine_of(state);
    struct mh_place child = place(machine, "port");
    struct mh_error err;

    assert_int_equal(mh_macvlan_mode("bridge", &child.mode), 0);
    assert_int_equal(mh_addr_parse("10.1.0.7", &child.ipv4.address), 0);
    child.ipv4.prefix_length = 24;
    assert_int_equal(mh_macvlan_make(&child, &err), 0);
    struct mh_device made = find(machine->host, "eth0");
    assert_true(made.flags & IFF_UP);
    assert_true(mh_addr_equal(&made.addresses[0].address, &child.ipv4.address));
    assert_int_equal(find(machine->netns, "eth0").index, 0);
    assert_int_equal(mh_macvlan_make(&child, &err), -EEXIST);
}

static void a_kernel_without_the_module_is_told_of(void **state)
{
    const struct machine *machine = machine_of(state);
    struct mh_place child = place(machine, "port");
    struct mh_error err;

    child.kind = "novlan";
    assert_int_equal(mh_macvlan_make(&child, &err), -EOPNOTSUPP);
    assert_string_equal(err.message, "make a novlan on port: Unknown device type (EOPNOTSUPP)");
    assert_non_null(strstr(err.hint, "load the module (modprobe novlan)"));
}

static void modes_have_names(void **state)
{
    uint32_t mode = 0;
    (void)state;

    assert_int_equal(mh_macvlan_mode("private", &mode), 0);
    assert_int_equal(mode, MACVLAN_MODE_PRIVATE);
    assert_int_equal(mh_macvlan_mode("bright", &mode), -EINVAL);
}

#define ON_A_MACHINE(test) cmocka_unit_test_setup_teardown(test, make_machine, remove_machine)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_MACHINE(a_port_goes_and_comes_back),
        ON_A_MACHINE(its_addresses_can_be_used_at_once),
        ON_A_MACHINE(it_survives_the_hosts_namespace),
        ON_A_MACHINE(it_comes_back_where_its_name_and_its_index_are_taken),
        ON_A_MACHINE(it_is_told_when_the_port_has_gone),
        ON_A_MACHINE(what_is_not_there_or_not_free_is_not_taken),
        ON_A_MACHINE(one_that_stays_is_as_it_was),
        ON_A_MACHINE(a_child_is_made_in_the_hosts_namespace),
        ON_A_MACHINE(a_kernel_without_the_module_is_told_of),
        cmocka_unit_test(modes_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
