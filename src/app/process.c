#include "app/process.h"

#include "app/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef P_PIDFD /* musl and glibc before 2.36 */
#define P_PIDFD 3
#endif

struct pipes {
    int event[2];
    int output[2];
    int job[2]; /* {-1, -1} without */
    struct mh_attendant attendant;
    int errand; /* the child's end of the line to it */
};

static void close_if_open(int fd)
{
    if (fd >= 0)
        close(fd);
}

static void close_pipe(const int fds[2])
{
    close_if_open(fds[0]);
    close_if_open(fds[1]);
}

static void close_pipes(const struct pipes *pipes)
{
    close_pipe(pipes->event);
    close_pipe(pipes->output);
    close_pipe(pipes->job);
    close_if_open(pipes->attendant.line_fd);
    close_if_open(pipes->errand);
}

/* `pipes` has no open descriptor, before as after a failure. */
static int open_pipes(bool with_job, struct pipes *pipes)
{
    if (pipe2(pipes->event, O_CLOEXEC) == 0 && pipe2(pipes->output, O_CLOEXEC) == 0 &&
        (!with_job || pipe2(pipes->job, O_CLOEXEC) == 0) &&
        mh_attendant_open(&pipes->attendant, &pipes->errand) == 0)
        return 0;
    int r = -errno;
    close_pipes(pipes);
    return r;
}

/* Owns the parent's ends of the pipes. */
static struct mh_process *new_process(const struct pipes *pipes)
{
    struct mh_process *process = calloc(1, sizeof(*process));
    if (!process)
        return NULL;
    process->pidfd = -1;
    process->attendant = pipes->attendant;
    process->job_fd = pipes->job[1];
    mh_inbox_init(&process->lines, pipes->event[0]);
    mh_inbox_init(&process->output, pipes->output[0]);
    return process;
}

static int fork_child(struct mh_process *process, enum mh_sandbox_kind kind,
    const struct pipes *pipes, struct mh_child *child, struct mh_error *err)
{
    child->event_fd = pipes->event[1];
    child->output_fd = pipes->output[1];
    child->job_fd = pipes->job[0];
    child->errand_fd = pipes->errand;
    fflush(stdout); /* or the child would say it again */

    sigset_t former;
    mh_signals_block(&former);
    pid_t pid = mh_sandbox_fork(kind, &child->sandbox, err);
    if (pid == 0)
        mh_child_live(child);
    sigprocmask(SIG_SETMASK, &former, NULL);
    close(child->event_fd);
    close(child->output_fd);
    close_if_open(child->job_fd);
    close(child->errand_fd);
    if (pid < 0)
        return pid;
    process->pid = pid;
    process->pidfd = child->sandbox.pidfd;
    return 0;
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
            return mh_error_set(err, -ECHILD, "start", "a child, which died on the way");
        got += (size_t)n;
    }
    if (told.code < 0 && err)
        *err = told;
    return told.code;
}

int mh_process_start(enum mh_sandbox_kind kind, struct mh_child *child,
    struct mh_process **ret_process, struct mh_error *err)
{
    struct pipes pipes = {{-1, -1}, {-1, -1}, {-1, -1}, {.line_fd = -1, .pidfd = -1}, -1};
    int r = open_pipes(child->takes_another_job, &pipes);
    if (r < 0)
        return mh_error_set(err, r, "make", "the pipes of a child");

    struct mh_process *process = new_process(&pipes);
    if (!process) {
        close_pipes(&pipes);
        return mh_error_set(err, -ENOMEM, "remember", "a child");
    }
    r = fork_child(process, kind, &pipes, child, err);
    if (r == 0)
        r = await_settled(process->lines.fd, err);
    if (r < 0) {
        mh_process_free(process);
        return r;
    }
    fcntl(process->lines.fd, F_SETFL, O_NONBLOCK);
    fcntl(process->output.fd, F_SETFL, O_NONBLOCK);
    *ret_process = process;
    return 0;
}

struct mh_process *mh_process_free(struct mh_process *process)
{
    if (!process)
        return NULL;

    if (process->pid > 0 && !process->is_buried) {
        mh_process_kill(process, SIGKILL);
        waitpid(process->pid, NULL, 0);
    }
    mh_attendant_close(&process->attendant);
    close_if_open(process->pidfd);
    close_if_open(process->job_fd);
    mh_inbox_done(&process->lines);
    mh_inbox_done(&process->output);
    free(process);
    return NULL;
}

int mh_process_send(struct mh_process *process, const char *job)
{
    if (process->job_fd < 0)
        return -EINVAL;

    struct iovec line[] = {
        {.iov_base = (char *)job, .iov_len = strlen(job)}, {.iov_base = "\n", .iov_len = 1}};
    ssize_t n = writev(process->job_fd, line, 2); /* blocking, and a pipe: all or nothing */
    int r = n < 0 ? -errno : 0;
    close(process->job_fd);
    process->job_fd = -1;
    return r;
}

/* In its PID namespace nothing survives a child; without one its session is all we know of. */
void mh_process_kill(const struct mh_process *process, int signal_number)
{
    if (process->is_buried)
        return;
    if (signal_number == SIGKILL)
        kill(-process->pid, SIGKILL);
    syscall(SYS_pidfd_send_signal, process->pidfd, signal_number, NULL, 0);
}

static int drain(struct mh_inbox *inbox)
{
    int r;
    while ((r = mh_inbox_fill(inbox)) > 0)
        ;
    return r;
}

/* What a dead process wrote is in the pipe, whole: emptying it once is enough, even where an
 * orphan of its keeps the other end open. Until it is reaped its id is nobody else's. */
int mh_process_bury(struct mh_process *process)
{
    siginfo_t info;
    memset(&info, 0, sizeof(info));
    kill(-process->pid, SIGKILL);
    if (waitid((idtype_t)P_PIDFD, (id_t)process->pidfd, &info, WEXITED) < 0)
        return -errno;

    bool exited = info.si_code == CLD_EXITED;
    int fatal =
        exited && info.si_status > 128 ? info.si_status - 128 : 0; /* child.c, on_fatal */
    process->signal = exited ? fatal : info.si_status;
    process->status = process->signal ? -1 : info.si_status;
    process->is_buried = true;
    close(process->pidfd);
    process->pidfd = -1;
    int r = drain(&process->lines);
    return r < 0 ? r : drain(&process->output);
}
