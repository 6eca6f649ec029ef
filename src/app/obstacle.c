#include "app/obstacle.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* -1: there is no such setting. */
static long read_setting(const char *root, const char *name)
{
    char path[PATH_MAX], text[32];
    snprintf(path, sizeof(path), "%s/proc/sys/%s", root, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;

    ssize_t n = read(fd, text, sizeof(text) - 1);
    close(fd);
    if (n <= 0)
        return -1;
    text[n] = '\0';
    return strtol(text, NULL, 10);
}

static bool exists(const char *root, const char *name)
{
    char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s%s", root, name);
    return access(path, F_OK) == 0;
}

static bool is_container(const char *root)
{
    return exists(root, "/.dockerenv") || exists(root, "/run/.containerenv");
}

/* A setting that forbids namespaces while it has this value; user_namespaces(7), namespaces(7).
 */
struct obstacle {
    const char *setting;
    long value;
    bool also_superuser;
    const char *remedy;
};

static const struct obstacle obstacles[] = {
    {"user/max_user_namespaces", 0, false,
        "user namespaces are switched off (user.max_user_namespaces is 0): "
        "sudo sysctl -w user.max_user_namespaces=15000, or run with sudo"},
    {"user/max_net_namespaces", 0, true,
        "network namespaces are switched off (user.max_net_namespaces is 0): "
        "sudo sysctl -w user.max_net_namespaces=15000"},
    {"kernel/unprivileged_userns_clone", 0, false,
        "user namespaces are reserved to root (kernel.unprivileged_userns_clone is 0): "
        "sudo sysctl -w kernel.unprivileged_userns_clone=1, or run with sudo"},
    {"kernel/apparmor_restrict_unprivileged_userns", 1, false,
        "AppArmor restricts user namespaces (kernel.apparmor_restrict_unprivileged_userns is "
        "1): "
        "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0, or run with sudo"},
};

static const char *find_setting(const char *root, bool is_superuser)
{
    for (size_t i = 0; i < sizeof(obstacles) / sizeof(obstacles[0]); i++)
        if ((obstacles[i].also_superuser || !is_superuser) &&
            read_setting(root, obstacles[i].setting) == obstacles[i].value)
            return obstacles[i].remedy;
    return NULL;
}

static const char *find_remedy(const char *root, bool is_superuser, int code)
{
    const char *remedy = find_setting(root, is_superuser);
    if (remedy)
        return remedy;
    if (code == -ENOSPC || code == -EUSERS)
        return "too many namespaces exist: see /proc/sys/user/max_*_namespaces";
    if (is_container(root))
        return "the capability CAP_SYS_ADMIN is missing in this container: start it with "
               "--cap-add SYS_ADMIN --cap-add NET_ADMIN --cap-add NET_RAW, or --privileged";
    if (is_superuser)
        return "root has no CAP_SYS_ADMIN here and may not make user namespaces: in a "
               "container "
               "add --cap-add SYS_ADMIN --cap-add NET_ADMIN --cap-add NET_RAW, or --privileged";
    return "the capability CAP_SYS_ADMIN is missing and user namespaces are not allowed: "
           "run with sudo";
}

int mh_obstacle_explain(const char *root, bool is_superuser, struct mh_error *err)
{
    if (!err)
        return -EPERM;
    if (err->code == -EAGAIN || err->code == -ENOMEM)
        return err->code;
    return mh_error_hint(err, "%s", find_remedy(root, is_superuser, err->code));
}
