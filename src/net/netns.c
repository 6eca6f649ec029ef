#include "net/netns.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

int mh_netns_current(int *ret_fd, struct mh_error *err)
{
    int fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        int r = mh_error_set(err, -errno, "open", "/proc/thread-self/ns/net");
        mh_error_hint(err, "a /proc that shows this process must be mounted");
        return r;
    }
    *ret_fd = fd;
    return 0;
}

static int explain_create(struct mh_error *err, int code)
{
    mh_error_set(err, code, "create", "a network namespace");
    if (code == -EPERM)
        mh_error_hint(err, "it takes CAP_SYS_ADMIN: run as root or inside a user namespace");
    if (code == -ENOSPC)
        mh_error_hint(err, "the limit is sysctl user.max_net_namespaces");
    if (code == -EINVAL)
        mh_error_hint(err, "this kernel was built without network namespaces (CONFIG_NET_NS)");
    return code;
}

int mh_netns_create(int *ret_fd, struct mh_error *err)
{
    if (unshare(CLONE_NEWNET) < 0)
        return explain_create(err, -errno);
    return mh_netns_current(ret_fd, err);
}

static int explain_open(struct mh_error *err, int code, const char *path)
{
    mh_error_set(err, code, "open namespace", "%s", path);
    if (code == -EACCES || code == -EPERM)
        mh_error_hint(err, "this is not yours to look into: run as root");
    return code;
}

int mh_netns_open(const char *path, int *ret_fd, struct mh_error *err)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return explain_open(err, -errno, path);

    if (ioctl(fd, NS_GET_NSTYPE) == CLONE_NEWNET) {
        *ret_fd = fd;
        return 0;
    }
    close(fd);
    mh_error_set(err, -EINVAL, "open namespace", "%s", path);
    return mh_error_hint(err, "this file is no network namespace; ip netns makes them in "
                              "/run/netns, a process has its own as /proc/PID/ns/net");
}

int mh_netns_enter(int fd, struct mh_error *err)
{
    if (setns(fd, CLONE_NEWNET) == 0)
        return 0;

    int r = mh_error_set(err, -errno, "enter", "a network namespace");
    if (r == -EPERM)
        mh_error_hint(err, "only root may go back into the machine's own network from inside a "
                           "sandbox: run as root, or use the hosts of a topology");
    return r;
}

int mh_netns_visit(int fd, int *ret_home, struct mh_error *err)
{
    int home = -1;

    if (fd >= 0) {
        int r = mh_netns_current(&home, err);
        if (r < 0)
            return r;
        r = mh_netns_enter(fd, err);
        if (r < 0) {
            close(home);
            return r;
        }
    }
    *ret_home = home;
    return 0;
}

int mh_netns_return(int home, struct mh_error *err)
{
    if (home < 0)
        return 0;

    int r = mh_netns_enter(home, err);
    close(home);
    return r;
}

int mh_netns_socket(int fd, int domain, int type, int protocol, struct mh_error *err)
{
    int home;
    int r = mh_netns_visit(fd, &home, err);
    if (r < 0)
        return r;

    int opened = socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
    if (opened < 0)
        opened = mh_error_set(err, -errno, "open", "socket (domain %d)", domain);

    r = mh_netns_return(home, err);
    if (r < 0 && opened >= 0)
        close(opened);
    return r < 0 ? r : opened;
}
