/* Nothing outlives the process, however it ends. */
#include "fixture.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <signal.h>
#include <sys/wait.h>

enum { HOSTS = 5 };

static int listen_to_links(void)
{
    struct sockaddr_nl group = {.nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK};
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&group, sizeof(group)), 0);
    return fd;
}

static int ports_here(void)
{
    struct if_nameindex *list = if_nameindex();
    int count = 0;

    for (int i = 0; list && list[i].if_index; i++)
        count += list[i].if_name[0] == 'p';
    if_freenameindex(list);
    return count;
}

static void await_no_ports(int events)
{
    char event[8192];

    while (ports_here() > 0) {
        assert_true(await_readable(events, DEADLINE_MS));
        assert_true(recv(events, event, sizeof(event), 0) > 0 || errno == ENOBUFS);
    }
}

static int build_in_child(pid_t *ret_child)
{
    int ready[2];
    int netns = -1;

    assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
    *ret_child = fork();
    assert_true(*ret_child >= 0);
    if (!*ret_child) {
        struct mh_switch_plan plan = snooping_switch("lan");
        struct mh_lab *lab = build(HOSTS, &plan);

        netns = mh_lab_switch_netns(lab);
        if (write(ready[1], &netns, sizeof(netns)) < 0)
            _exit(1);
        for (;;)
            pause();
    }
    close(ready[1]);
    assert_int_equal(read(ready[0], &netns, sizeof(netns)), sizeof(netns));
    close(ready[0]);
    return netns;
}

/* A witness keeps the switches' namespace: in it the ports vanish with the hosts' namespaces.
 */
static void test_a_killed_process_leaves_nothing(void **state)
{
    char path[64];
    pid_t child;
    int netns = build_in_child(&child);
    int witness, events, status;

    (void)state;
    snprintf(path, sizeof(path), "/proc/%d/fd/%d", child, netns);
    witness = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(witness >= 0);
    assert_int_equal(setns(witness, CLONE_NEWNET), 0);
    events = listen_to_links();
    assert_int_equal(ports_here(), HOSTS);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, &status, 0), child);
    await_no_ports(events);
    close(events);
    close(witness);
}

static void test_a_freed_network_leaves_nothing(void **state)
{
    struct mh_switch_plan plan = snooping_switch("lan");
    struct mh_lab *lab = build(HOSTS, &plan);
    int witness = dup(mh_lab_switch_netns(lab));
    int events;

    (void)state;
    assert_int_equal(setns(witness, CLONE_NEWNET), 0);
    events = listen_to_links();
    assert_int_equal(ports_here(), HOSTS);
    assert_null(mh_lab_free(lab));
    await_no_ports(events);
    close(events);
    close(witness);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_killed_process_leaves_nothing),
        cmocka_unit_test(test_a_freed_network_leaves_nothing),
    };

    return enter_sandbox() ? cmocka_run_group_tests(tests, NULL, NULL) : TEST_SKIPPED;
}
