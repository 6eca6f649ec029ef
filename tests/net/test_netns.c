#include "net/netns.h"
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

static ino_t identity(int fd)
{
    struct stat status;

    assert_int_equal(fstat(fd, &status), 0);
    return status.st_ino;
}

static ino_t here(void)
{
    int fd;

    assert_int_equal(mh_netns_current(&fd, NULL), 0);
    ino_t inode = identity(fd);
    close(fd);
    return inode;
}

static void opens_a_namespace_by_its_file(void **state)
{
    int fd;
    (void)state;

    assert_int_equal(mh_netns_open("/proc/self/ns/net", &fd, NULL), 0);
    assert_int_equal(identity(fd), here());
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    close(fd);
}

static void opens_nothing_else(void **state)
{
    struct mh_error err;
    int fd = 77;
    (void)state;

    assert_int_equal(mh_netns_open("/nowhere", &fd, &err), -ENOENT);
    assert_string_equal(
        err.message, "open namespace /nowhere: No such file or directory (ENOENT)");
    assert_int_equal(mh_netns_open("/dev/null", &fd, &err), -EINVAL);
    assert_non_null(strstr(err.hint, "no network namespace"));
    assert_int_equal(mh_netns_open("/proc/self/ns/mnt", &fd, &err), -EINVAL);
    assert_int_equal(fd, 77);
}

static void creates_a_namespace_and_stays_inside(void **state)
{
    ino_t before = here();
    int fd;
    (void)state;

    assert_int_equal(mh_netns_create(&fd, NULL), 0);
    assert_int_equal(identity(fd), here());
    assert_true(here() != before);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    close(fd);
}

static void visits_and_returns(void **state)
{
    int first, second, home;
    (void)state;

    assert_int_equal(mh_netns_create(&first, NULL), 0);
    assert_int_equal(mh_netns_create(&second, NULL), 0);
    assert_int_equal(mh_netns_visit(first, &home, NULL), 0);
    assert_int_equal(here(), identity(first));
    assert_int_equal(mh_netns_return(home, NULL), 0);
    assert_int_equal(here(), identity(second));
    close(first);
    close(second);
}

static void stays_where_it_is_for_minus_one(void **state)
{
    ino_t before = here();
    int home;
    (void)state;

    assert_int_equal(mh_netns_visit(-1, &home, NULL), 0);
    assert_int_equal(here(), before);
    assert_int_equal(mh_netns_return(home, NULL), 0);
    assert_int_equal(here(), before);
}

static bool is_lo_up(int fd)
{
    struct ifreq request = {.ifr_name = "lo"};

    assert_int_equal(ioctl(fd, SIOCGIFFLAGS, &request), 0);
    return request.ifr_flags & IFF_UP;
}

static void opens_a_socket_elsewhere(void **state)
{
    struct ifreq up = {.ifr_name = "lo", .ifr_flags = IFF_UP};
    int there, other;
    (void)state;

    assert_int_equal(mh_netns_create(&there, NULL), 0);
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    assert_int_equal(ioctl(fd, SIOCSIFFLAGS, &up), 0);
    close(fd);
    assert_int_equal(mh_netns_create(&other, NULL), 0);

    fd = mh_netns_socket(there, AF_INET, SOCK_DGRAM, 0, NULL);
    assert_true(is_lo_up(fd));
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
    assert_int_equal(here(), identity(other));
    close(fd);

    fd = mh_netns_socket(-1, AF_INET, SOCK_DGRAM, 0, NULL);
    assert_false(is_lo_up(fd));
    close(fd);
    close(there);
    close(other);
}

static void refuses_a_descriptor_that_is_no_namespace(void **state)
{
    struct mh_error err;
    ino_t before = here();
    int home = 99;
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    (void)state;

    assert_int_equal(mh_netns_enter(fd, &err), -EINVAL);
    assert_non_null(strstr(err.message, "enter a network namespace"));
    assert_int_equal(mh_netns_visit(fd, &home, &err), -EINVAL);
    assert_int_equal(home, 99);
    assert_int_equal(mh_netns_socket(fd, AF_INET, SOCK_DGRAM, 0, &err), -EINVAL);
    assert_int_equal(here(), before);
    close(fd);
}

static void tells_why_a_socket_cannot_be(void **state)
{
    struct mh_error err;
    ino_t before = here();
    int fd;
    (void)state;

    assert_int_equal(mh_netns_current(&fd, NULL), 0);
    assert_int_equal(mh_netns_socket(fd, 9999, SOCK_DGRAM, 0, &err), -EAFNOSUPPORT);
    assert_non_null(strstr(err.message, "(EAFNOSUPPORT)"));
    assert_int_equal(here(), before);
    close(fd);
}

int main(void)
{
    if (geteuid() != 0 && unshare(CLONE_NEWUSER) < 0)
        return TEST_SKIPPED;
    if (unshare(CLONE_NEWNET) < 0)
        return TEST_SKIPPED;

    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_a_namespace_by_its_file),
        cmocka_unit_test(opens_nothing_else),
        cmocka_unit_test(creates_a_namespace_and_stays_inside),
        cmocka_unit_test(visits_and_returns),
        cmocka_unit_test(stays_where_it_is_for_minus_one),
        cmocka_unit_test(opens_a_socket_elsewhere),
        cmocka_unit_test(refuses_a_descriptor_that_is_no_namespace),
        cmocka_unit_test(tells_why_a_socket_cannot_be),
    };
    return cmocka_run_group_tests_name("net/netns", tests, NULL, NULL);
}
