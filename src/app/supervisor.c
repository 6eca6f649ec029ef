#include "app/supervisor.h"

#include "app/inbox.h"
#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef P_PIDFD /* musl and glibc before 2.36 */
#define P_PIDFD 3
#endif

struct entry {
    int number;
    pid_t pid;
    int pidfd;
    struct mh_inbox lines;
    struct mh_inbox output;
    bool dead; /* reaped, and the pipes are emptied */
    int status, signal;
};

enum { POLLED_PER_ENTRY = 3, WATCHED_SIGNALS = 3 };

struct mh_supervisor {
    mh_child_body_fn *body;
    void *context;
    int signal_fd;
    int machine_netns_fd;
    sigset_t former_mask;
    int last_number;
    struct entry **entries;
    struct pollfd *polled; /* one for the signals, then POLLED_PER_ENTRY for each entry */
    size_t count, capacity;
    size_t next; /* whose turn it is to be heard first */
};

static int watch_signals(struct mh_supervisor *supervisor)
{
    static const int watched[WATCHED_SIGNALS] = {SIGINT, SIGTERM, SIGHUP};
    sigset_t mask;
    sigemptyset(&mask);
    for (size_t i = 0; i < WATCHED_SIGNALS; i++)
        sigaddset(&mask, watched[i]);

    sigprocmask(SIG_BLOCK, &mask, &supervisor->former_mask);
    signal(SIGPIPE, SIG_IGN);
    supervisor->signal_fd = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
    return supervisor->signal_fd < 0 ? -errno : 0;
}

static int make_room(struct mh_supervisor *supervisor)
{
    if (supervisor->count < supervisor->capacity)
        return 0;

    size_t capacity = supervisor->capacity ? supervisor->capacity * 2 : 8;
    struct entry **entries =
        reallocarray(supervisor->entries, capacity, sizeof(*supervisor->entries));
    if (!entries)
        return -ENOMEM;
    supervisor->entries = entries;
    struct pollfd *polled = reallocarray(
        supervisor->polled, 1 + POLLED_PER_ENTRY * capacity, sizeof(*supervisor->polled));
    if (!polled)
        return -ENOMEM;
    supervisor->polled = polled;
    supervisor->capacity = capacity;
    return 0;
}

int mh_supervisor_new(mh_child_body_fn *body, void *context,
    struct mh_supervisor **ret_supervisor, struct mh_error *err)
{
    struct mh_supervisor *supervisor = calloc(1, sizeof(*supervisor));
    if (!supervisor)
        return mh_error_set(err, -ENOMEM, "start", "set up the supervisor");

    supervisor->body = body;
    supervisor->context = context;
    supervisor->machine_netns_fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    int r = watch_signals(supervisor);
    if (r == 0)
        r = make_room(supervisor);
    if (r < 0) {
        mh_supervisor_free(supervisor);
        return mh_error_set(err, r, "start", "set up the supervisor");
    }
    *ret_supervisor = supervisor;
    return 0;
}

static void close_if_open(int fd)
{
    if (fd >= 0)
        close(fd);
}

static void free_entry(struct entry *entry)
{
    close_if_open(entry->pidfd);
    mh_inbox_done(&entry->lines);
    mh_inbox_done(&entry->output);
    free(entry);
}

static void remove_entry(struct mh_supervisor *supervisor, size_t i)
{
    free_entry(supervisor->entries[i]);
    supervisor->count--;
    memmove(&supervisor->entries[i], &supervisor->entries[i + 1],
        (supervisor->count - i) * sizeof(*supervisor->entries));
}

/* In its PID namespace nothing survives a child; without one its session is all we know of. */
static void kill_process(const struct entry *entry, int signal_number)
{
    if (signal_number == SIGKILL)
        kill(-entry->pid, SIGKILL);
    syscall(SYS_pidfd_send_signal, entry->pidfd, signal_number, NULL, 0);
}

struct mh_supervisor *mh_supervisor_free(struct mh_supervisor *supervisor)
{
    if (!supervisor)
        return NULL;

    for (size_t i = 0; i < supervisor->count; i++) {
        struct entry *entry = supervisor->entries[i];
        if (!entry->dead) {
            kill_process(entry, SIGKILL);
            waitpid(entry->pid, NULL, 0);
        }
        free_entry(entry);
    }
    close_if_open(supervisor->signal_fd);
    close_if_open(supervisor->machine_netns_fd);
    sigprocmask(SIG_SETMASK, &supervisor->former_mask, NULL);
    free(supervisor->entries);
    free(supervisor->polled);
    free(supervisor);
    return NULL;
}

/* The child's first message is how its settling in went; without one it died on the way. */
static int await_settled(int event_fd, struct mh_error *err)
{
    struct mh_error told;
    size_t got = 0;
    while (got < sizeof(told)) {
        ssize_t n = read(event_fd, (char *)&told + got, sizeof(told) - got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return mh_error_set(err, -ECHILD, "start a scenario", "a child died at its start");
        got += (size_t)n;
    }
    if (told.code < 0 && err)
        *err = told;
    return told.code;
}

static struct entry *new_entry(
    struct mh_supervisor *supervisor, pid_t pid, int pidfd, int event_fd, int output_fd)
{
    struct entry *entry = calloc(1, sizeof(*entry));
    if (!entry)
        return NULL;
    entry->number = ++supervisor->last_number;
    entry->pid = pid;
    entry->pidfd = pidfd;
    mh_inbox_init(&entry->lines, event_fd);
    mh_inbox_init(&entry->output, output_fd);
    fcntl(event_fd, F_SETFL, O_NONBLOCK);
    fcntl(output_fd, F_SETFL, O_NONBLOCK);
    supervisor->entries[supervisor->count++] = entry;
    return entry;
}

struct pipes {
    int event[2];
    int output[2];
};

static void close_pipe(int fds[2])
{
    close_if_open(fds[0]);
    close_if_open(fds[1]);
    fds[0] = fds[1] = -1;
}

static int open_pipes(struct pipes *pipes)
{
    if (pipe2(pipes->event, O_CLOEXEC) < 0)
        return -errno;
    if (pipe2(pipes->output, O_CLOEXEC) < 0) {
        int r = -errno;
        close_pipe(pipes->event);
        return r;
    }
    return 0;
}

static pid_t fork_child(struct mh_supervisor *supervisor, enum mh_sandbox_kind kind,
    const char *job, const struct pipes *pipes, int *ret_pidfd, struct mh_error *err)
{
    struct mh_child child = {
        .job = job,
        .event_fd = pipes->event[1],
        .output_fd = pipes->output[1],
        .machine_netns_fd = supervisor->machine_netns_fd,
        .body = supervisor->body,
        .context = supervisor->context,
    };
    fflush(stdout); /* or the child would say it again */
    pid_t pid = mh_sandbox_fork(kind, &child.sandbox, err);
    if (pid == 0)
        mh_child_live(&child);
    *ret_pidfd = child.sandbox.pidfd;
    return pid;
}

int mh_supervisor_start(struct mh_supervisor *supervisor, enum mh_sandbox_kind kind,
    const char *job, struct mh_error *err)
{
    struct pipes pipes;
    int r = make_room(supervisor);
    if (r == 0)
        r = open_pipes(&pipes);
    if (r < 0)
        return mh_error_set(err, r, "start a scenario", "make the pipes of a child");

    int pidfd = -1;
    pid_t pid = fork_child(supervisor, kind, job, &pipes, &pidfd, err);
    close(pipes.output[1]);
    close(pipes.event[1]);
    r = pid < 0 ? pid : await_settled(pipes.event[0], err);

    struct entry *entry = NULL;
    if (r == 0) {
        entry = new_entry(supervisor, pid, pidfd, pipes.event[0], pipes.output[0]);
        if (!entry)
            r = mh_error_set(err, -ENOMEM, "start a scenario", "remember a child");
    }
    if (r < 0) {
        close(pipes.event[0]);
        close(pipes.output[0]);
        close_if_open(pidfd);
        if (pid > 0) {
            kill(pid, SIGKILL);
            waitpid(pid, NULL, 0);
        }
        return r;
    }
    return entry->number;
}

static struct pollfd polled_for(int fd)
{
    return (struct pollfd){.fd = fd, .events = POLLIN}; /* ppoll skips negative descriptors */
}

static int poll_all(struct mh_supervisor *supervisor, int64_t timeout_ns)
{
    struct pollfd *polled = supervisor->polled;
    polled[0] = polled_for(supervisor->signal_fd);
    for (size_t i = 0; i < supervisor->count; i++) {
        const struct entry *entry = supervisor->entries[i];
        struct pollfd *mine = &polled[1 + POLLED_PER_ENTRY * i];
        mine[0] = polled_for(entry->pidfd);
        mine[1] = polled_for(entry->lines.fd);
        mine[2] = polled_for(entry->output.fd);
    }
    struct timespec timeout = {
        .tv_sec = timeout_ns / 1000000000, .tv_nsec = timeout_ns % 1000000000};
    int r = ppoll(polled, 1 + POLLED_PER_ENTRY * supervisor->count,
        timeout_ns < 0 ? NULL : &timeout, NULL);
    return r < 0 && errno != EINTR ? -errno : 0;
}

static int drain(struct mh_inbox *inbox)
{
    int r;
    while ((r = mh_inbox_fill(inbox)) > 0)
        ;
    return r;
}

/* What a dead process wrote is in the pipe, whole: emptying it once is enough, even where an
 * orphan of its keeps the other end open. */
static int bury(struct entry *entry)
{
    siginfo_t info;
    memset(&info, 0, sizeof(info));
    kill(-entry->pid,
        SIGKILL); /* what is left of its session; until it is reaped the id is its */
    if (waitid((idtype_t)P_PIDFD, (id_t)entry->pidfd, &info, WEXITED) < 0)
        return -errno;

    bool exited = info.si_code == CLD_EXITED;
    int fatal =
        exited && info.si_status > 128 ? info.si_status - 128 : 0; /* child.c, on_fatal() */
    entry->signal = exited ? fatal : info.si_status;
    entry->status = entry->signal ? -1 : info.si_status;
    entry->dead = true;
    close(entry->pidfd);
    entry->pidfd = -1;
    int r = drain(&entry->lines);
    return r < 0 ? r : drain(&entry->output);
}

static int hear(struct entry *entry, const struct pollfd *polled)
{
    int r = 0;
    if (polled[1].revents)
        r = mh_inbox_fill(&entry->lines);
    if (r >= 0 && polled[2].revents)
        r = mh_inbox_fill(&entry->output);
    if (r >= 0 && polled[0].revents)
        r = bury(entry);
    return r < 0 ? r : 0;
}

static int hear_all(struct mh_supervisor *supervisor)
{
    for (size_t i = 0; i < supervisor->count; i++) {
        int r = hear(supervisor->entries[i], &supervisor->polled[1 + POLLED_PER_ENTRY * i]);
        if (r < 0)
            return r;
    }
    return 0;
}

static bool take_from(struct entry *entry, struct mh_supervisor_event *ret_event)
{
    struct mh_supervisor_event event = {.child = entry->number};

    if (mh_inbox_take_line(&entry->lines, &event.text, &event.length)) {
        event.kind = MH_SUPERVISOR_LINE;
    } else if (mh_inbox_take_all(&entry->output, &event.text, &event.length)) {
        event.kind = MH_SUPERVISOR_OUTPUT;
    } else if (entry->dead) {
        event.kind = MH_SUPERVISOR_EXIT;
        event.status = entry->status;
        event.signal = entry->signal;
    } else {
        return false;
    }
    *ret_event = event;
    return true;
}

static bool take_signal(struct mh_supervisor *supervisor, struct mh_supervisor_event *ret_event)
{
    struct signalfd_siginfo info;
    if (read(supervisor->signal_fd, &info, sizeof(info)) != sizeof(info))
        return false;
    *ret_event = (struct mh_supervisor_event){
        .kind = MH_SUPERVISOR_SIGNAL, .signal = (int)info.ssi_signo};
    return true;
}

/* Children take turns, so that a talkative one cannot keep the others from being heard. */
static bool take_event(struct mh_supervisor *supervisor, struct mh_supervisor_event *ret_event)
{
    for (size_t n = 0; n < supervisor->count; n++) {
        size_t i = supervisor->next++ % supervisor->count;
        if (!take_from(supervisor->entries[i], ret_event))
            continue;
        if (ret_event->kind == MH_SUPERVISOR_EXIT)
            remove_entry(supervisor, i);
        return true;
    }
    return false;
}

static int64_t time_left(uint64_t deadline_ns, int64_t timeout_ns)
{
    uint64_t now = mh_clock_monotonic_ns();
    if (timeout_ns < 0)
        return -1;
    return now < deadline_ns ? (int64_t)(deadline_ns - now) : 0;
}

int mh_supervisor_wait(
    struct mh_supervisor *supervisor, int64_t timeout_ns, struct mh_supervisor_event *ret_event)
{
    uint64_t deadline = mh_clock_monotonic_ns() + (timeout_ns > 0 ? (uint64_t)timeout_ns : 0);

    for (;;) {
        if (take_signal(supervisor, ret_event) || take_event(supervisor, ret_event))
            return 1;
        int64_t left = time_left(deadline, timeout_ns);
        int r = poll_all(supervisor, left);
        if (r == 0)
            r = hear_all(supervisor);
        if (r < 0)
            return r;
        if (left == 0)
            return take_signal(supervisor, ret_event) || take_event(supervisor, ret_event);
    }
}

int mh_supervisor_kill(struct mh_supervisor *supervisor, int child, int signal_number)
{
    if (child < 1 || child > supervisor->last_number)
        return -ESRCH;
    for (size_t i = 0; i < supervisor->count; i++)
        if (supervisor->entries[i]->number == child && !supervisor->entries[i]->dead)
            kill_process(supervisor->entries[i], signal_number);
    return 0;
}
