/* The carrier of cables between hosts that can be impaired. */
#include "fixture.h"

#include <linux/if_link.h>
#include <net/if.h>
#include <sys/ioctl.h>

static struct ifreq ask(const struct mh_lab *lab, int host, unsigned long request)
{
    struct ifreq interface = {.ifr_name = "eth0"};

    enter_host(lab, host);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_int_equal(ioctl(fd, request, &interface), 0);
    close(fd);
    return interface;
}

static void set_up(const struct mh_lab *lab, int host, bool up)
{
    struct ifreq interface = ask(lab, host, SIOCGIFFLAGS);
    int fd;

    interface.ifr_flags =
        (short)(up ? interface.ifr_flags | IFF_UP : interface.ifr_flags & ~IFF_UP);
    enter_host(lab, host);
    fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_int_equal(ioctl(fd, SIOCSIFFLAGS, &interface), 0);
    close(fd);
}

static bool runs(const struct mh_lab *lab, int host)
{
    return ask(lab, host, SIOCGIFFLAGS).ifr_flags & IFF_RUNNING;
}

/* As the loop does: follows when the kernel tells of something. */
static void await_running(struct mh_lab *lab, int host, bool expected)
{
    struct mh_error err = {0};

    for (int waits = 0; runs(lab, host) != expected; waits++) {
        assert_true(waits < DEADLINE_MS / 100);
        await_readable(mh_lab_carrier_fd(lab), 100);
        check(mh_lab_follow_carriers(lab, &err), &err);
    }
}

static void test_the_other_end_follows(void **state)
{
    struct mh_lab *lab = build_cable(0);

    (void)state;
    for (int host = 0; host < 2; host++) {
        set_up(lab, host, false);
        await_running(lab, !host, false);
        set_up(lab, host, true);
        await_running(lab, !host, true);
        await_running(lab, host, true);
    }
    mh_lab_free(lab);
}

static void test_who_comes_up_alone_has_none(void **state)
{
    struct mh_lab *lab = build_cable(0);

    (void)state;
    for (int first = 0; first < 2; first++) {
        set_up(lab, 0, false);
        set_up(lab, 1, false);
        await_running(lab, 0, false);
        await_running(lab, 1, false);
        set_up(lab, first, true);
        struct mh_error err = {0};
        check(mh_lab_follow_carriers(lab, &err), &err);
        await_running(lab, first, false);
        set_up(lab, !first, true);
        await_running(lab, 0, true);
        await_running(lab, 1, true);
    }
    mh_lab_free(lab);
}

static void test_any_other_cable_needs_no_help(void **state)
{
    struct mh_lab *lab = build_cable(NO_END);
    struct mh_error err = {0};

    (void)state;
    assert_int_equal(mh_lab_carrier_fd(lab), -1);
    check(mh_lab_follow_carriers(lab, &err), &err);
    mh_lab_free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_other_end_follows),
        cmocka_unit_test(test_who_comes_up_alone_has_none),
        cmocka_unit_test(test_any_other_cable_needs_no_help),
    };

    return enter_sandbox() ? cmocka_run_group_tests(tests, NULL, NULL) : TEST_SKIPPED;
}
