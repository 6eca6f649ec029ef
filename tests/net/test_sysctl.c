#include "net/netns.h"
#include "net/sysctl.h"
#include "own_process.h"
#include "test.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char ttl[] = "net/ipv4/ip_default_ttl";

/* Two namespaces; the thread is in neither. */
static int fds[2];

static int make_namespaces(void **state)
{
    (void)state;
    struct mh_error err;
    int home;

    if (mh_netns_current(&home, &err) < 0)
        return -1;
    for (int i = 0; i < 2; i++) {
        if (mh_netns_create(&fds[i], &err) < 0)
            return -1;
    }
    return mh_netns_return(home, &err);
}

static int close_namespaces(void **state)
{
    (void)state;
    return close(fds[0]) | close(fds[1]);
}

static void assert_value(int netns, const char *expected)
{
    char text[64];
    struct mh_error err;
    int length = mh_sysctl_read(netns, ttl, text, sizeof(text), &err);

    assert_int_equal(length, strlen(expected));
    assert_memory_equal(text, expected, strlen(expected));
}

static void a_setting_is_that_of_its_namespace(void **state)
{
    (void)state;
    struct mh_error err;

    assert_value(fds[0], "64");
    assert_int_equal(mh_sysctl_write(fds[0], ttl, "42", &err), 0);
    assert_value(fds[0], "42");
    assert_value(fds[1], "64");
}

static void what_the_kernel_refuses_is_told(void **state)
{
    (void)state;
    char text[64];
    struct mh_error err;

    assert_int_equal(
        mh_sysctl_read(fds[0], "net/ipv4/no_such", text, sizeof(text), &err), -ENOENT);
    assert_non_null(strstr(err.message, "read setting net/ipv4/no_such"));
    assert_non_null(strstr(err.hint, "misspelt"));
    assert_int_equal(mh_sysctl_read(fds[0], "net/ipv4", text, sizeof(text), &err), -EISDIR);
    assert_non_null(strstr(err.hint, "folder"));
    assert_int_equal(mh_sysctl_write(fds[0], ttl, "many", &err), -EINVAL);
    assert_non_null(strstr(err.message, "write 'many' to setting net/ipv4/ip_default_ttl"));
    assert_non_null(strstr(err.hint, "this value"));
}

static void a_folder_is_listed_as_its_namespace_has_it(void **state)
{
    (void)state;
    char *names;
    size_t length;
    struct mh_error err;

    assert_int_equal(mh_sysctl_list(fds[0], "net/ipv4", &names, &length, &err), 0);
    assert_int_equal(strlen(names), length);
    assert_non_null(strstr(names, "\nip_default_ttl\n"));
    assert_non_null(strstr(names, "conf/\n"));
    assert_null(strstr(names, "./\n"));
    free(names);
    assert_int_equal(mh_sysctl_list(fds[0], "net/ipv4/conf", &names, &length, &err), 0);
    assert_non_null(strstr(names, "lo/\n"));
    free(names);
}

static void what_is_no_folder_is_not_listed(void **state)
{
    (void)state;
    char *names;
    size_t length;
    struct mh_error err;

    assert_int_equal(mh_sysctl_list(fds[0], "net/no", &names, &length, &err), -ENOENT);
    assert_int_equal(mh_sysctl_list(fds[0], ttl, &names, &length, &err), -ENOTDIR);
    assert_int_equal(mh_sysctl_list(-1, ttl, &names, &length, &err), -ENOTDIR);
}

static void the_thread_comes_home(void **state)
{
    (void)state;
    struct mh_error err;

    assert_int_equal(mh_sysctl_write(fds[0], ttl, "33", &err), 0);
    assert_value(-1, "64");
}

static void no_descriptor_stays_open(void **state)
{
    (void)state;
    char text[64];
    struct mh_error err;
    int descriptors = open_descriptors();

    assert_int_equal(mh_sysctl_write(fds[0], ttl, "33", &err), 0);
    assert_int_equal(mh_sysctl_write(fds[0], ttl, "many", &err), -EINVAL);
    assert_int_equal(mh_sysctl_write(fds[0], "net/ipv4/none", "1", &err), -ENOENT);
    assert_int_equal(mh_sysctl_read(fds[0], ttl, text, sizeof(text), &err), 2);
    assert_int_equal(open_descriptors(), descriptors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            a_setting_is_that_of_its_namespace, make_namespaces, close_namespaces),
        cmocka_unit_test_setup_teardown(
            what_the_kernel_refuses_is_told, make_namespaces, close_namespaces),
        cmocka_unit_test_setup_teardown(
            a_folder_is_listed_as_its_namespace_has_it, make_namespaces, close_namespaces),
        cmocka_unit_test_setup_teardown(
            what_is_no_folder_is_not_listed, make_namespaces, close_namespaces),
        cmocka_unit_test_setup_teardown(
            the_thread_comes_home, make_namespaces, close_namespaces),
        cmocka_unit_test_setup_teardown(
            no_descriptor_stays_open, make_namespaces, close_namespaces),
    };
    if (geteuid() != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
        return TEST_SKIPPED;
    return cmocka_run_group_tests_name("net/sysctl", tests, NULL, NULL);
}
