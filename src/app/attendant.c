#include "app/attendant.h"

#include "app/signals.h"
#include "lab/attendant.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

enum { FD_LINE = 3, FD_FIRST_FREE };

static void close_and_forget(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

int mh_attendant_open(struct mh_attendant *ret_attendant, int *ret_child_fd)
{
    int ends[2];

    *ret_attendant = (struct mh_attendant){.line_fd = -1, .pidfd = -1};
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return -errno;
    ret_attendant->line_fd = ends[0];
    *ret_child_fd = ends[1];
    return 0;
}

/* ---- its life ------------------------------------------------------------------------------
 */

/* Nothing of the supervisor's: a pipe end that it kept would keep a child from noticing that
 * the supervisor has died, or whoever reads our output from seeing its end. */
static int arrange_descriptors(int line_fd)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    int line = fcntl(line_fd, F_DUPFD_CLOEXEC, FD_FIRST_FREE);

    if (null < 0 || line < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 ||
        dup2(null, STDERR_FILENO) < 0 || dup3(line, FD_LINE, O_CLOEXEC) < 0)
        return -errno;
    return syscall(SYS_close_range, FD_FIRST_FREE, ~0U, 0) < 0 ? -errno : 0;
}

/* In a session of its own it is not hit by what is meant for the supervisor's process group;
 * and the signals that end a run stay blocked in it. */
static _Noreturn void live(int line_fd)
{
    setsid();
    int r = arrange_descriptors(line_fd);
    if (r == 0)
        r = mh_attendant_serve(FD_LINE);
    _exit(r < 0 ? EX_OSERR : EX_OK);
}

static int start(struct mh_attendant *attendant)
{
    sigset_t former;
    mh_signals_block(&former);
    pid_t pid = fork();
    if (pid == 0)
        live(attendant->line_fd);
    int r = pid < 0 ? -errno : 0;
    sigprocmask(SIG_SETMASK, &former, NULL);
    if (r < 0)
        return r;

    attendant->pid = pid;
    attendant->pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    return attendant->pidfd < 0 ? -errno : 0;
}

static void reap(struct mh_attendant *attendant)
{
    while (waitpid(attendant->pid, NULL, 0) < 0 && errno == EINTR) {
    }
    attendant->pid = 0;
    close_and_forget(&attendant->pidfd);
}

/* ---- from outside --------------------------------------------------------------------------
 */

int mh_attendant_fd(const struct mh_attendant *attendant)
{
    return attendant->pid > 0 ? attendant->pidfd : attendant->line_fd;
}

static bool is_asked(const struct mh_attendant *attendant)
{
    char first;
    return recv(attendant->line_fd, &first, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

int mh_attendant_hear(struct mh_attendant *attendant)
{
    int r = 0;

    if (attendant->pid > 0) {
        reap(attendant);
        return 0;
    }
    if (is_asked(attendant))
        r = start(attendant);
    close_and_forget(&attendant->line_fd);
    return r;
}

bool mh_attendant_is_over(const struct mh_attendant *attendant)
{
    return attendant->pid <= 0;
}

void mh_attendant_close(struct mh_attendant *attendant)
{
    if (attendant->pid > 0)
        reap(attendant);
    close_and_forget(&attendant->line_fd);
    close_and_forget(&attendant->pidfd);
}
