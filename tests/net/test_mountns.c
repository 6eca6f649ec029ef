#include "net/mountns.h"
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const folders[] = {"/run", "/etc", "/var/lib", "/var/log", "/tmp"};
enum { FOLDERS = sizeof(folders) / sizeof(folders[0]) };

static ino_t here(void)
{
    struct stat status;

    assert_int_equal(stat("/proc/thread-self/ns/mnt", &status), 0);
    return status.st_ino;
}

static void make(struct mh_mountns *ret_mountns)
{
    struct mh_error err;

    if (mh_mountns_create(NULL, ret_mountns, &err) < 0)
        fail_msg("%s", err.message);
}

static void visit(const struct mh_mountns *mountns, struct mh_mountns *ret_home)
{
    struct mh_error err;

    if (mh_mountns_visit(mountns, ret_home, &err) < 0)
        fail_msg("%s", err.message);
}

static const char *path_in(const char *folder)
{
    static char path[64];

    snprintf(path, sizeof(path), "%s/mountns-test-%d", folder, (int)getpid());
    return path;
}

static bool can_be_written(const char *folder)
{
    int fd = open(path_in(folder), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static bool has_file(const char *folder)
{
    return access(path_in(folder), F_OK) == 0;
}

static void write_text(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);

    if (fd < 0)
        return;
    (void)!write(fd, text, strlen(text));
    close(fd);
}

/* Becomes root in a user namespace that has no other users. */
static bool become_small_root(void)
{
    char uid_map[32], gid_map[32];

    snprintf(uid_map, sizeof(uid_map), "0 %u 1", geteuid());
    snprintf(gid_map, sizeof(gid_map), "0 %u 1", getegid());
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
        return false;
    write_text("/proc/self/setgroups", "deny");
    write_text("/proc/self/uid_map", uid_map);
    write_text("/proc/self/gid_map", gid_map);
    return geteuid() == 0;
}

static void keeps_what_is_written(void **state)
{
    struct mh_mountns one, other, home;
    (void)state;

    make(&one);
    make(&other);
    visit(&one, &home);
    for (int i = 0; i < FOLDERS; i++)
        assert_true(can_be_written(folders[i]));
    assert_int_equal(mh_mountns_return(&home, NULL), 0);
    for (int i = 0; i < FOLDERS; i++)
        assert_false(has_file(folders[i]));

    visit(&other, &home);
    for (int i = 0; i < FOLDERS; i++)
        assert_false(has_file(folders[i]));
    assert_int_equal(mh_mountns_return(&home, NULL), 0);

    visit(&one, &home);
    for (int i = 0; i < FOLDERS; i++)
        assert_true(has_file(folders[i]));
    assert_int_equal(mh_mountns_return(&home, NULL), 0);
    mh_mountns_close(&one);
    mh_mountns_close(&other);
}

static void shows_what_was_there(void **state)
{
    struct mh_mountns made, home;
    struct stat before, inside;
    (void)state;

    make(&made);
    assert_int_equal(stat("/etc/passwd", &before), 0);
    visit(&made, &home);
    assert_int_equal(stat("/etc/passwd", &inside), 0);
    assert_int_equal(inside.st_size, before.st_size);
    assert_int_equal(access("/run/lock", F_OK), 0);
    assert_int_equal(stat("/tmp", &inside), 0);
    assert_int_equal(inside.st_mode & 07777, 01777);
    assert_int_equal(mh_mountns_return(&home, NULL), 0);
    mh_mountns_close(&made);
}

/* "Relative paths begin at the scenario's file", and what is written there is for the scenario.
 */
static void check_kept(const char *folder)
{
    char file[96];
    struct mh_mountns made, home;
    struct mh_error err;

    snprintf(file, sizeof(file), "%s/scenario", folder);
    close(open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    if (mh_mountns_create(folder, &made, &err) < 0)
        fail_msg("%s", err.message);
    visit(&made, &home);
    assert_int_equal(unlink(file), 0);
    assert_int_equal(mh_mountns_return(&home, NULL), 0);
    assert_int_equal(access(file, F_OK), -1);
    mh_mountns_close(&made);
}

static void keeps_a_folder_the_machine_s_own(void **state)
{
    static const char *const tops[] = {"/run", "/tmp"};
    (void)state;

    for (int i = 0; i < 2; i++) {
        char folder[64];
        snprintf(folder, sizeof(folder), "%s/mountns-test-XXXXXX", tops[i]);
        if (access(tops[i], W_OK) < 0)
            continue;
        assert_non_null(mkdtemp(folder));
        check_kept(folder);
        assert_int_equal(mount("tmpfs", folder, "tmpfs", 0, NULL), 0);
        check_kept(folder);
        assert_int_equal(umount2(folder, MNT_DETACH), 0);
        assert_int_equal(rmdir(folder), 0);
    }
}

static void returns_to_the_directory_and_the_root(void **state)
{
    struct mh_mountns made, home;
    ino_t before = here();
    char directory[256];
    (void)state;

    assert_int_equal(chdir("/proc/self"), 0);
    make(&made);
    assert_int_equal(here(), before);
    visit(&made, &home);
    assert_true(here() != before);
    assert_int_equal(chdir("/"), 0);
    assert_int_equal(mh_mountns_return(&home, NULL), 0);
    assert_int_equal(here(), before);
    assert_non_null(getcwd(directory, sizeof(directory)));
    assert_non_null(strstr(directory, "/proc/"));
    mh_mountns_close(&made);
}

static int count_mounts(void)
{
    int count = 0, c;
    FILE *file = fopen("/proc/thread-self/mounts", "re");

    assert_non_null(file);
    while ((c = fgetc(file)) != EOF)
        count += c == '\n';
    fclose(file);
    return count;
}

static void mounts_nothing_here(void **state)
{
    struct mh_mountns made;
    int before = count_mounts();
    (void)state;

    make(&made);
    assert_int_equal(count_mounts(), before);
    mh_mountns_close(&made);
    mh_mountns_close(&made);
}

/* As a container has its /etc/hosts. Overlayfs refuses it where the mount belongs to a more
 * privileged namespace; what is promised holds all the same. */
static void leaves_the_machine_alone_without_an_overlay(void **state)
{
    struct mh_mountns made, home;
    (void)state;

    assert_int_equal(unshare(CLONE_NEWNS), 0);
    assert_int_equal(mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL), 0);
    assert_int_equal(mount("/etc/passwd", "/etc/passwd", "none", MS_BIND, NULL), 0);
    assert_int_equal(mount("/tmp", "/var/tmp", "none", MS_BIND, NULL), 0);
    if (!become_small_root())
        skip();

    make(&made);
    visit(&made, &home);
    assert_int_equal(access("/etc/passwd", R_OK), 0);
    assert_true(can_be_written("/tmp"));
    assert_true(can_be_written("/var/lib"));
    assert_false(can_be_written("/etc"));
    assert_int_equal(errno, EROFS);
    assert_int_equal(mh_mountns_return(&home, NULL), 0);
    assert_false(has_file("/etc"));
    assert_false(has_file("/tmp"));
    mh_mountns_close(&made);
}

static void refuses_what_is_no_namespace(void **state)
{
    struct mh_error err;
    ino_t before = here();
    struct mh_mountns home, wrong = {.root_fd = -1, .directory_fd = -1};
    (void)state;

    wrong.namespace_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    assert_int_equal(mh_mountns_visit(&wrong, &home, &err), -EINVAL);
    assert_non_null(strstr(err.message, "enter a mount namespace"));
    assert_int_equal(here(), before);
    mh_mountns_close(&wrong);
}

int main(void)
{
    bool is_able = geteuid() == 0 ? unshare(CLONE_NEWNS) == 0 : become_small_root();
    if (!is_able)
        return TEST_SKIPPED;

    /* As systemd leaves them: what is mounted in a copy appears here, unless it is made
     * private. */
    if (mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) < 0 ||
        mount("none", "/", "none", MS_REC | MS_SHARED, NULL) < 0)
        return TEST_SKIPPED;

    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_what_is_written), cmocka_unit_test(shows_what_was_there),
        cmocka_unit_test(keeps_a_folder_the_machine_s_own),
        cmocka_unit_test(returns_to_the_directory_and_the_root),
        cmocka_unit_test(mounts_nothing_here), cmocka_unit_test(refuses_what_is_no_namespace),
        cmocka_unit_test(leaves_the_machine_alone_without_an_overlay), /* last: in a user ns */
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
