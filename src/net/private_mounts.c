#include "net/private_mounts.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>

/* The inode of the machine's first user namespace: a constant (include/linux/proc_ns.h). */
#define FIRST_USER_NAMESPACE UINT32_C(0xEFFFFFFD)

enum { PATH_SIZE = 64 };

struct folder {
    const char *path;
    const char *layers; /* while they are being mounted */
    mode_t mode;
};

static const struct folder etc = {"/etc", "/run/etc", 0755};
static const struct folder var = {"/var", "/run/var", 0755};
static const struct folder tmp = {"/tmp", "/run/tmp", 01777};

/* Types and sources that the kernel does not look at are "none": valgrind wants a string. */
static int mount_tmpfs(const char *path)
{
    return mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV, "mode=755") < 0 ? -errno : 0;
}

/* With that mode, whatever the umask. */
static int make_directory(const char *parent, const char *name, mode_t mode)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof(path), "%s/%s", parent, name);
    return mkdir(path, 0700) < 0 || chmod(path, mode) < 0 ? -errno : 0;
}

/* What is written goes to `upper`; `work` is overlayfs's own. */
static int make_layers(const struct folder *folder)
{
    int r = mkdir(folder->layers, 0755) < 0 ? -errno : 0;

    if (r == 0)
        r = make_directory(folder->layers, "work", 0755);
    return r == 0 ? make_directory(folder->layers, "upper", folder->mode) : r;
}

/* Layers merge: a directory that is ours in the upper one can be written to, even where we are
 * not the machine's root. These are those that daemons keep things in. */
static int seed_var(void)
{
    static const char upper[] = "/run/var/upper";
    static const char *const names[] = {"lib", "log", "cache", "spool"};
    int r = make_directory(upper, "tmp", 01777);

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && r == 0; i++)
        r = make_directory(upper, names[i], 0755);
    return r;
}

static bool is_in_user_namespace(void)
{
    struct stat st;
    return stat("/proc/self/ns/user", &st) == 0 && st.st_ino != FIRST_USER_NAMESPACE;
}

/* What overlayfs notes in extended attributes is only root's to write, or "user." ones. */
static int mount_overlay(const struct folder *folder)
{
    char options[4 * PATH_SIZE];
    snprintf(options, sizeof(options), "%slowerdir=%s,upperdir=%s/upper,workdir=%s/work",
        is_in_user_namespace() ? "userxattr," : "", folder->path, folder->layers,
        folder->layers);
    return mount("overlay", folder->path, "overlay", MS_NOSUID | MS_NODEV, options) < 0 ? -errno
                                                                                        : 0;
}

/* Not every kernel has overlayfs for us: it refuses mounts of a more privileged namespace
 * inside the folder, such as a container's /etc/hosts, and more than two layers. Then /etc can
 * only be read, and the others hold nothing but what daemons need. */
static int mount_substitute(const struct folder *folder)
{
    char upper[PATH_SIZE];
    snprintf(upper, sizeof(upper), "%s/upper", folder->layers);

    if (folder != &etc)
        return mount(upper, folder->path, "none", MS_BIND, NULL) < 0 ? -errno : 0;
    if (mount(folder->path, folder->path, "none", MS_BIND | MS_REC, NULL) < 0 ||
        mount("none", folder->path, "none", MS_REMOUNT | MS_BIND | MS_RDONLY, NULL) < 0)
        return -errno;
    return 0;
}

static int cover(const struct folder *folder)
{
    int r = make_layers(folder);

    if (r == 0 && folder == &var)
        r = seed_var();
    if (r < 0)
        return r;
    return mount_overlay(folder) == 0 ? 0 : mount_substitute(folder);
}

/* The layers are in a first /run, which the second one hides. */
static int make(const char **ret_path)
{
    static const struct folder *const folders[] = {&etc, &var, &tmp};

    *ret_path = "/run";
    int r = mount_tmpfs("/run");
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]) && r == 0; i++) {
        *ret_path = folders[i]->path;
        r = cover(folders[i]);
    }
    if (r < 0)
        return r;
    *ret_path = "/run";
    r = mount_tmpfs("/run");
    return r == 0 ? make_directory("/run", "lock", 01777) : r;
}

int mh_private_mounts_make(struct mh_error *err)
{
    const char *path = "/";
    int r = mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) < 0 ? -errno : make(&path);
    if (r == 0)
        return 0;

    mh_error_set(err, r, "mount", "a private %s for daemons", path);
    if (r == -EPERM || r == -EACCES)
        mh_error_hint(err, "this sandbox forbids mounts, as container engines do: give the "
                           "container CAP_SYS_ADMIN, or run on the machine itself");
    return r;
}
