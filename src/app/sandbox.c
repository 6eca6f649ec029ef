#include "app/sandbox.h"

#include "app/obstacle.h"
#include "lab/loopback.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NETWORK_FLAGS = CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC };

/* clone(2) and not clone3(2): container engines let the older one through their filters. The
 * argument order is that of every architecture but s390 and CRIS. */
static pid_t clone_process(int flags, int *ret_pidfd)
{
    long pid = syscall(
        SYS_clone, (unsigned long)(CLONE_PIDFD | SIGCHLD | flags), NULL, ret_pidfd, NULL, NULL);
    return pid < 0 ? -errno : (pid_t)pid;
}

int mh_sandbox_fork(
    enum mh_sandbox_kind kind, struct mh_sandbox *ret_sandbox, struct mh_error *err)
{
    struct mh_sandbox sandbox = {.kind = kind, .uid = geteuid(), .gid = getegid(), .pidfd = -1};
    int flags = kind == MH_SANDBOX_NETWORK ? NETWORK_FLAGS : 0;

    sandbox.has_user_namespace = flags && sandbox.uid != 0;
    pid_t pid = clone_process(
        sandbox.has_user_namespace ? flags | CLONE_NEWUSER : flags, &sandbox.pidfd);
    if (pid == -EPERM && flags && !sandbox.has_user_namespace) {
        sandbox.has_user_namespace = true;
        pid = clone_process(flags | CLONE_NEWUSER, &sandbox.pidfd);
    }
    if (pid < 0) {
        mh_error_set(err, pid, "make", flags ? "the namespaces of a scenario" : "a process");
        return mh_obstacle_explain("", sandbox.uid == 0, err);
    }
    *ret_sandbox = sandbox;
    return pid;
}

static int write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;

    ssize_t n = write(fd, text, strlen(text));
    int r = n < 0 ? -errno : 0;
    close(fd);
    return r;
}

/* The caller becomes root inside, and that is the only id there is (user_namespaces(7)). */
static int map_ids(const struct mh_sandbox *sandbox, struct mh_error *err)
{
    char uid_map[32], gid_map[32];
    snprintf(uid_map, sizeof(uid_map), "0 %u 1", sandbox->uid);
    snprintf(gid_map, sizeof(gid_map), "0 %u 1", sandbox->gid);

    int r = write_file("/proc/self/setgroups", "deny");
    if (r == 0 || r == -ENOENT)
        r = write_file("/proc/self/uid_map", uid_map);
    if (r == 0)
        r = write_file("/proc/self/gid_map", gid_map);
    if (r == 0)
        return 0;
    mh_error_set(err, r, "become", "root in a user namespace");
    return mh_obstacle_explain("", sandbox->uid == 0, err);
}

/* Container engines may forbid every mount; nothing of ours depends on these. */
static void isolate_mounts(void)
{
    if (mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) == 0)
        mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
}

/* Also the proof that the capabilities are real: AppArmor may grant the user namespace and
 * withhold what it is good for. */
static int bring_loopback_up(const struct mh_sandbox *sandbox, struct mh_error *err)
{
    int r = mh_loopback_raise(err);

    return r == 0 ? 0 : mh_obstacle_explain("", sandbox->uid == 0, err);
}

int mh_sandbox_enter(const struct mh_sandbox *sandbox, struct mh_error *err)
{
    if (sandbox->kind == MH_SANDBOX_PROCESS)
        return 0;

    if (sandbox->has_user_namespace) {
        int r = map_ids(sandbox, err);
        if (r < 0)
            return r;
    }
    isolate_mounts();
    return bring_loopback_up(sandbox, err);
}
