#include "app/obstacle.h"
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A machine of files: what the kernel would say, under a folder of ours. */
struct machine {
    char root[64];
};

static int set_up(void **state)
{
    struct machine *machine = calloc(1, sizeof(*machine));
    strcpy(machine->root, "/tmp/mh-obstacle-XXXXXX");
    *state = machine;
    return mkdtemp(machine->root) ? 0 : -1;
}

static const char *const folders[] = {
    "/proc", "/proc/sys", "/proc/sys/user", "/proc/sys/kernel"};
static const char *const files[] = {"/proc/sys/user/max_user_namespaces",
    "/proc/sys/user/max_net_namespaces", "/proc/sys/kernel/unprivileged_userns_clone",
    "/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "/.dockerenv"};

static void path_of(const struct machine *machine, const char *name, char path[static 256])
{
    snprintf(path, 256, "%s%s", machine->root, name);
}

static void put(const struct machine *machine, const char *name, const char *text)
{
    char path[256];
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        path_of(machine, folders[i], path);
        mkdir(path, 0700);
    }
    path_of(machine, name, path);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static int tear_down(void **state)
{
    struct machine *machine = *state;
    char path[256];
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        path_of(machine, files[i], path);
        unlink(path);
    }
    for (size_t i = sizeof(folders) / sizeof(folders[0]); i-- > 0;) {
        path_of(machine, folders[i], path);
        rmdir(path);
    }
    rmdir(machine->root);
    free(machine);
    return 0;
}

static void expect_hint(
    const struct machine *machine, bool is_superuser, int code, const char *words)
{
    struct mh_error err = {0};
    mh_error_set(&err, code, "make", "the namespaces of a scenario");
    assert_int_equal(mh_obstacle_explain(machine->root, is_superuser, &err), code);
    if (!strstr(err.hint, words))
        fail_msg("'%s' is not in the hint '%s'", words, err.hint);
}

static void names_the_setting_that_forbids_it(void **state)
{
    static const struct {
        const char *file, *value, *words;
    } cases[] = {
        {"/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1\n",
            "kernel.apparmor_restrict_unprivileged_userns=0"},
        {"/proc/sys/kernel/unprivileged_userns_clone", "0\n",
            "kernel.unprivileged_userns_clone=1"},
        {"/proc/sys/user/max_net_namespaces", "0\n", "user.max_net_namespaces="},
        {"/proc/sys/user/max_user_namespaces", "0\n", "user.max_user_namespaces="},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        put(*state, cases[i].file, cases[i].value);
        expect_hint(*state, false, -EPERM, cases[i].words);
    }
}

static void a_permissive_setting_is_not_blamed(void **state)
{
    put(*state, "/proc/sys/kernel/unprivileged_userns_clone", "1\n");
    put(*state, "/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "0\n");
    expect_hint(*state, false, -EPERM, "CAP_SYS_ADMIN");
    expect_hint(*state, false, -EPERM, "run with sudo");
}

static void a_container_needs_more_capabilities(void **state)
{
    put(*state, "/.dockerenv", "");
    expect_hint(*state, true, -EPERM, "--cap-add SYS_ADMIN");
    expect_hint(*state, true, -EPERM, "--privileged");
}

static void root_is_not_told_to_become_root(void **state)
{
    put(*state, "/proc/sys/kernel/unprivileged_userns_clone", "0\n");
    expect_hint(*state, true, -EPERM, "root has no CAP_SYS_ADMIN");
}

static void a_limit_is_named(void **state)
{
    expect_hint(*state, true, -ENOSPC, "too many namespaces");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(names_the_setting_that_forbids_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_permissive_setting_is_not_blamed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_container_needs_more_capabilities, set_up, tear_down),
        cmocka_unit_test_setup_teardown(root_is_not_told_to_become_root, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_limit_is_named, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
