#include "base/error.h"
#include "test.h"

#include <errno.h>
#include <string.h>

static void reads_as_one_sentence(void **state)
{
    struct mh_error err;
    (void)state;

    memset(&err, 'x', sizeof(err));
    assert_int_equal(
        mh_error_set(&err, -ENODEV, "join", "group %s on %s", "239.1.2.3", "eth0"), -ENODEV);
    assert_string_equal(err.message, "join group 239.1.2.3 on eth0: No such device (ENODEV)");
    assert_string_equal(err.operation, "join");
    assert_string_equal(err.hint, "");
    assert_int_equal(err.code, -ENODEV);
}

static void prefers_the_kernels_own_words(void **state)
{
    struct mh_error err;
    (void)state;

    mh_error_set_said(&err, -EINVAL, "create switch", "Too many ports", "%s", "sw0");
    assert_string_equal(err.message, "create switch sw0: Too many ports (EINVAL)");
    mh_error_set_said(&err, -EINVAL, "create switch", "", "%s", "sw0");
    assert_string_equal(err.message, "create switch sw0: Invalid argument (EINVAL)");
    mh_error_set_said(&err, -EINVAL, "create switch", NULL, "%s", "");
    assert_string_equal(err.message, "create switch: Invalid argument (EINVAL)");
}

static void carries_a_hint_until_set_again(void **state)
{
    struct mh_error err;
    (void)state;

    mh_error_set(&err, -EPERM, "open", "it");
    assert_int_equal(mh_error_hint(&err, "run as %s", "root"), -EPERM);
    assert_string_equal(err.hint, "run as root");
    mh_error_set(&err, -EPERM, "open", "it");
    assert_string_equal(err.hint, "");
}

static void may_be_absent(void **state)
{
    (void)state;
    assert_int_equal(mh_error_set(NULL, -EPERM, "open", "it"), -EPERM);
    assert_int_equal(mh_error_set_said(NULL, -EPERM, "open", "no", "it"), -EPERM);
    assert_int_equal(mh_error_hint(NULL, "run as root"), 0);
}

static void cuts_what_is_too_long(void **state)
{
    char text[2000];
    struct mh_error err;
    (void)state;

    memset(text, 'a', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    mh_error_set_said(&err, -EPERM, text, text, "%s", text);
    mh_error_hint(&err, "%s", text);
    assert_int_equal(strlen(err.operation), sizeof(err.operation) - 1);
    assert_int_equal(strlen(err.message), sizeof(err.message) - 1);
    assert_int_equal(strlen(err.hint), sizeof(err.hint) - 1);
}

static void names_the_codes(void **state)
{
    (void)state;
    assert_string_equal(mh_error_name(-EADDRINUSE), "EADDRINUSE");
    assert_string_equal(mh_error_name(EADDRINUSE), "EADDRINUSE");
    assert_string_equal(mh_error_name(EXFULL), "EXFULL");
    assert_string_equal(mh_error_name(4000), "E4000");
    assert_string_equal(mh_error_name(0), "E0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_as_one_sentence),
        cmocka_unit_test(prefers_the_kernels_own_words),
        cmocka_unit_test(carries_a_hint_until_set_again),
        cmocka_unit_test(may_be_absent),
        cmocka_unit_test(cuts_what_is_too_long),
        cmocka_unit_test(names_the_codes),
    };
    return cmocka_run_group_tests_name("base/error", tests, NULL, NULL);
}
