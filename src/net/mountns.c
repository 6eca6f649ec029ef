#include "net/mountns.h"

#include "net/kept_folder.h"
#include "net/private_mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stddef.h>
#include <unistd.h>

static const struct mh_mountns nowhere = {-1, -1, -1};

void mh_mountns_close(struct mh_mountns *mountns)
{
    int *const fds[] = {&mountns->namespace_fd, &mountns->root_fd, &mountns->directory_fd};

    for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
        if (*fds[i] >= 0)
            close(*fds[i]);
        *fds[i] = -1;
    }
}

/* Where the calling thread is now. */
static int look_around(struct mh_mountns *ret_here, struct mh_error *err)
{
    struct mh_mountns here = {
        .namespace_fd = open("/proc/thread-self/ns/mnt", O_RDONLY | O_CLOEXEC),
        .root_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC),
        .directory_fd = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC),
    };
    if (here.namespace_fd < 0 || here.root_fd < 0 || here.directory_fd < 0) {
        int r = mh_error_set(err, -errno, "keep", "the place in the file system");
        mh_mountns_close(&here);
        return r;
    }
    *ret_here = here;
    return 0;
}

/* Entering a mount namespace puts a thread at its top: a root and a directory of its own are
 * set again. The kernel refuses threads that share theirs with others. */
static int enter(const struct mh_mountns *place, struct mh_error *err)
{
    if (unshare(CLONE_FS) == 0 && setns(place->namespace_fd, CLONE_NEWNS) == 0 &&
        fchdir(place->root_fd) == 0 && chroot(".") == 0 && fchdir(place->directory_fd) == 0)
        return 0;
    return mh_error_set(err, -errno, "enter", "a mount namespace");
}

int mh_mountns_visit(
    const struct mh_mountns *mountns, struct mh_mountns *ret_home, struct mh_error *err)
{
    struct mh_mountns home = nowhere;
    int r = look_around(&home, err);
    if (r < 0)
        return r;
    r = enter(mountns, err);
    if (r < 0) {
        mh_mountns_return(&home, NULL);
        return r;
    }
    *ret_home = home;
    return 0;
}

int mh_mountns_return(struct mh_mountns *home, struct mh_error *err)
{
    int r = enter(home, err);

    mh_mountns_close(home);
    return r;
}

static int explain_create(struct mh_error *err, int code)
{
    mh_error_set(err, code, "create", "a mount namespace");
    if (code == -EPERM)
        mh_error_hint(err, "it takes CAP_SYS_ADMIN: run as root or inside a user namespace");
    if (code == -ENOSPC)
        mh_error_hint(err, "the limit is sysctl user.max_mnt_namespaces");
    return code;
}

static int mount_all(const char *folder, struct mh_error *err)
{
    int kept = folder ? mh_kept_folder_open(folder) : -1;
    int r = mh_private_mounts_make(err);
    if (r == 0)
        return mh_kept_folder_show(kept, folder, err);
    if (kept >= 0)
        close(kept);
    return r;
}

int mh_mountns_create(const char *folder, struct mh_mountns *ret_mountns, struct mh_error *err)
{
    struct mh_mountns home = nowhere, made = nowhere;
    int r = look_around(&home, err);
    if (r < 0)
        return r;
    if (unshare(CLONE_NEWNS) < 0) {
        r = explain_create(err, -errno);
        mh_mountns_close(&home);
        return r;
    }

    r = mount_all(folder, err);
    if (r == 0)
        r = look_around(&made, err);
    int back = mh_mountns_return(&home, r < 0 ? NULL : err);
    if (r == 0 && back < 0)
        mh_mountns_close(&made);
    if (r == 0 && back == 0)
        *ret_mountns = made;
    return r < 0 ? r : back;
}
