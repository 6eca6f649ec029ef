#include "net/netns.h"
#include "net/proc_net.h"
#include "test.h"

#include <errno.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Another namespace; the thread is not in it. */
static int elsewhere;

static int make_namespace(void **state)
{
    (void)state;
    struct mh_error err;
    int home;

    if (mh_netns_current(&home, &err) < 0 || mh_netns_create(&elsewhere, &err) < 0)
        return -1;
    return mh_netns_return(home, &err);
}

static int close_namespace(void **state)
{
    (void)state;
    return close(elsewhere);
}

static char *read_text(int netns, const char *name, size_t *ret_length)
{
    struct mh_error err;
    char *text;

    assert_int_equal(mh_proc_net_read(netns, name, &text, ret_length, &err), 0);
    assert_int_equal(strlen(text), *ret_length);
    return text;
}

static void a_file_is_that_of_its_namespace(void **state)
{
    (void)state;
    struct mh_error err;
    size_t here_length, there_length;
    int fd = mh_netns_socket(elsewhere, AF_INET, SOCK_DGRAM, 0, &err);
    struct sockaddr_in any = {.sin_family = AF_INET};

    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&any, sizeof(any)), 0);
    char *here = read_text(-1, "udp", &here_length);
    char *there = read_text(elsewhere, "udp", &there_length);
    assert_true(there_length > here_length);
    free(here);
    free(there);
    close(fd);
}

/* A line of /proc/net/udp has 128 bytes: more than the first buffer holds. */
static void a_long_file_is_read_to_its_end(void **state)
{
    (void)state;
    enum { SOCKETS = 300, LINE = 128 };
    int fds[SOCKETS];
    struct mh_error err;
    size_t length;

    for (int i = 0; i < SOCKETS; i++) {
        struct sockaddr_in any = {.sin_family = AF_INET};

        fds[i] = mh_netns_socket(elsewhere, AF_INET, SOCK_DGRAM, 0, &err);
        assert_int_equal(bind(fds[i], (const struct sockaddr *)&any, sizeof(any)), 0);
    }
    char *text = read_text(elsewhere, "udp", &length);
    assert_int_equal(length, (SOCKETS + 1) * LINE);
    free(text);
    for (int i = 0; i < SOCKETS; i++)
        close(fds[i]);
}

static void what_is_not_there_is_told(void **state)
{
    (void)state;
    struct mh_error err;
    size_t length;
    char *text;

    assert_int_equal(mh_proc_net_read(-1, "nonesuch", &text, &length, &err), -ENOENT);
    assert_non_null(strstr(err.message, "/proc/net/nonesuch"));
    assert_int_equal(
        mh_proc_net_read(-1, "a/name/that/is/longer/than/any/file/below/proc/net/could/ever/be",
            &text, &length, &err),
        -ENAMETOOLONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_that_of_its_namespace),
        cmocka_unit_test(a_long_file_is_read_to_its_end),
        cmocka_unit_test(what_is_not_there_is_told),
    };

    if (unshare(CLONE_NEWNET) < 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
        return TEST_SKIPPED;
    return cmocka_run_group_tests(tests, make_namespace, close_namespace);
}
