#include "net/resident.h"

#include "base/clock.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { DEADLINE_MS = 2000, LOOK_EVERY_US = 500 };

static int fail(struct mh_error *err, int code)
{
    return mh_error_set(err, code, "look for processes", "of a host");
}

/* "proc/<pid>/ns/net" has the inode of the namespace (namespaces(7)). */
static bool lives_in(int proc, const char *pid, const struct stat *namespace)
{
    char path[300];
    struct stat found;

    snprintf(path, sizeof(path), "%s/ns/net", pid);
    return fstatat(proc, path, &found, 0) == 0 && found.st_ino == namespace->st_ino &&
           found.st_dev == namespace->st_dev;
}

/* The third field of proc_pid_stat(5); the second, in parentheses, may hold anything. 'X': it
 * is gone. */
static int state_of(int proc, const char *pid)
{
    char path[300], text[512];
    ssize_t length = -1;
    const char *name_end;
    int fd;

    snprintf(path, sizeof(path), "%s/stat", pid);
    fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        length = read(fd, text, sizeof(text) - 1);
        close(fd);
    }
    text[length > 0 ? length : 0] = '\0';
    name_end = strrchr(text, ')');
    return name_end && name_end[1] == ' ' ? name_end[2] : 'X';
}

static bool has_stopped(int state)
{
    return strchr("TtZX", state) != NULL;
}

/* In an uninterruptible sleep: it stops before it runs again. One that waits for its vfork(2)
 * child does so for as long as the child is stopped. */
static bool is_about_to_stop(int state)
{
    return state == 'D';
}

struct count {
    int residents;
    int running;
    char last[32]; /* the last one that runs */
};

static void signal_one(int proc, const char *pid, int number, struct count *count)
{
    count->residents++;
    if (number == SIGSTOP) {
        int state = state_of(proc, pid);

        if (has_stopped(state))
            return;
        if (!is_about_to_stop(state)) {
            count->running++;
            snprintf(count->last, sizeof(count->last), "%.31s", pid);
        }
    }
    kill((pid_t)atol(pid), number);
}

static void signal_all(
    DIR *proc, const struct stat *namespace, int number, struct count *ret_count)
{
    const struct dirent *entry;

    memset(ret_count, 0, sizeof(*ret_count));
    rewinddir(proc);
    while ((entry = readdir(proc)))
        if (isdigit((unsigned char)entry->d_name[0]) && atol(entry->d_name) != getpid() &&
            lives_in(dirfd(proc), entry->d_name, namespace))
            signal_one(dirfd(proc), entry->d_name, number, ret_count);
}

/* One that has just been made by another may have escaped a pass. */
static int stop_all(DIR *proc, const struct stat *namespace, struct mh_error *err)
{
    const struct timespec pause = {0, LOOK_EVERY_US * 1000L};
    uint64_t deadline = mh_clock_monotonic_ns() + DEADLINE_MS * UINT64_C(1000000);
    struct count count;

    signal_all(proc, namespace, SIGSTOP, &count);
    while (count.running) {
        if (mh_clock_monotonic_ns() > deadline)
            return mh_error_set(err, -ETIMEDOUT, "stop process", "%s of a host", count.last);
        ppoll(NULL, 0, &pause, NULL); /* no event tells of it */
        signal_all(proc, namespace, SIGSTOP, &count);
    }
    return count.residents;
}

static int visit_all(int netns, int number, struct mh_error *err)
{
    struct stat namespace;
    struct count count;
    DIR *proc;
    int status;

    if (fstat(netns, &namespace) < 0)
        return fail(err, -errno);
    proc = opendir("/proc");
    if (!proc)
        return fail(err, -errno);
    if (number == SIGSTOP) {
        status = stop_all(proc, &namespace, err);
    } else {
        signal_all(proc, &namespace, number, &count);
        status = count.residents;
    }
    closedir(proc);
    return status;
}

int mh_residents_stop(int netns, struct mh_error *err)
{
    return visit_all(netns, SIGSTOP, err);
}

int mh_residents_continue(int netns, struct mh_error *err)
{
    return visit_all(netns, SIGCONT, err);
}
