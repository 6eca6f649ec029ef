#include "lab/loopback.h"
#include "test.h"

#include <errno.h>
#include <net/if.h>
#include <sched.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static bool is_up(void)
{
    struct ifreq request;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    memset(&request, 0, sizeof(request));
    strcpy(request.ifr_name, "lo");
    assert_int_equal(ioctl(fd, SIOCGIFFLAGS, &request), 0);
    close(fd);
    return request.ifr_flags & IFF_UP;
}

static void is_raised_where_the_thread_is(void **state)
{
    (void)state;
    assert_int_equal(unshare(CLONE_NEWNET), 0);
    assert_false(is_up());
    assert_int_equal(mh_loopback_raise(NULL), 0);
    assert_true(is_up());
    assert_int_equal(mh_loopback_raise(NULL), 0);
}

/* In a user namespace that does not own the network's. */
static void tells_that_it_may_not(void **state)
{
    pid_t child = fork();
    int status;
    (void)state;

    assert_true(child >= 0);
    if (!child) {
        struct mh_error err;

        assert_int_equal(unshare(CLONE_NEWUSER), 0);
        assert_int_equal(mh_loopback_raise(&err), -EPERM);
        assert_string_equal(
            err.message, "bring up the loopback interface: Operation not permitted (EPERM)");
        _exit(77);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 77);
}

int main(void)
{
    if (geteuid() != 0 && unshare(CLONE_NEWUSER) < 0)
        return TEST_SKIPPED;
    if (unshare(CLONE_NEWNET) < 0)
        return TEST_SKIPPED;

    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_raised_where_the_thread_is),
        cmocka_unit_test(tells_that_it_may_not),
    };
    return cmocka_run_group_tests_name("lab/loopback", tests, NULL, NULL);
}
