#include "app/child.h"

#include "app/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sysexits.h>
#include <unistd.h>

enum { FD_EVENT = 3, FD_NETNS, FD_JOB, FD_ERRAND, FD_FIRST_FREE };

/* PID 1 has no default actions: the kernel shields it from its own signals, and abort() would
 * end in a misleading SIGSEGV. The supervisor reads such a status as the signal. */
static void on_fatal(int signal_number)
{
    _exit(128 + signal_number);
}

static void handle(int signal_number, void (*handler)(int))
{
    struct sigaction action;
    memset(&action, 0, sizeof(action));
    action.sa_handler = handler;
    sigaction(signal_number, &action, NULL);
}

static void do_nothing(int signal_number)
{
    (void)signal_number;
}

/* What a write says is enough of SIGPIPE and SIGXFSZ; ignored, they would be so in the programs
 * that a scenario starts, too. The parent has blocked what would make us write into its pipe.
 */
static void take_signals(void)
{
    mh_signals_reset();
    handle(SIGTERM, on_fatal);
    handle(SIGABRT, on_fatal);
    handle(SIGPIPE, do_nothing);
    handle(SIGXFSZ, do_nothing);

    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static int above_reserved(int fd)
{
    return fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, FD_FIRST_FREE);
}

/* To `target`, which is closed when there is nothing to put there. */
static int put_at(int fd, int target)
{
    if (dup3(fd, target, O_CLOEXEC) == target)
        return target;
    close(target);
    return -1;
}

/* Everything else the parent has open is none of the child's business: a pipe end that it kept
 * would keep a brother's pipe from ever ending. */
static int arrange_descriptors(struct mh_child *child)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    int input = above_reserved(null), output = above_reserved(child->output_fd);
    int event = above_reserved(child->event_fd),
        netns = above_reserved(child->machine_netns_fd);
    int job = above_reserved(child->job_fd), errand = above_reserved(child->errand_fd);

    if (dup2(input, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0 ||
        dup2(output, STDERR_FILENO) < 0 || dup3(event, FD_EVENT, O_CLOEXEC) < 0)
        return -errno;
    child->event_fd = FD_EVENT;
    child->output_fd = STDOUT_FILENO;
    child->machine_netns_fd = put_at(netns, FD_NETNS);
    child->job_fd = put_at(job, FD_JOB);
    child->errand_fd = put_at(errand, FD_ERRAND);
    return syscall(SYS_close_range, FD_FIRST_FREE, ~0U, 0) < 0 ? -errno : 0;
}

static void set_limits(void)
{
    struct rlimit none, files;
    memset(&none, 0, sizeof(none));
    setrlimit(RLIMIT_CORE, &none);
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
}

/* The parent may have died before the request to die with it; then nobody reads the pipe, and
 * getppid() would not tell across PID namespaces. */
static int die_with_parent(int event_fd)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
        return -errno;

    struct pollfd pipe = {.fd = event_fd};
    poll(&pipe, 1, 0);
    return pipe.revents & POLLERR ? -EPIPE : 0;
}

static int settle_in(struct mh_child *child, struct mh_error *err)
{
    int r = arrange_descriptors(child);
    if (r < 0)
        return mh_error_set(err, r, "arrange", "the descriptors of a child");

    setsid();
    set_limits();
    r = mh_sandbox_enter(&child->sandbox, err);
    if (r < 0)
        return r;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return mh_error_set(err, -errno, "renounce", "new privileges");
    r = die_with_parent(child->event_fd);
    if (r < 0)
        return mh_error_set(err, r, "tie", "a child to its parent");
    take_signals();
    return 0;
}

/* AddressSanitizer's, where we are built with it: it looks for leaks at exit(3), which a child
 * never comes to.
 * NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming) */
int __lsan_do_recoverable_leak_check(void) __attribute__((weak));

static int check_leaks(int status)
{
    bool leaks = __lsan_do_recoverable_leak_check && __lsan_do_recoverable_leak_check();
    return leaks && status == 0 ? EX_SOFTWARE : status;
}

_Noreturn void mh_child_live(struct mh_child *child)
{
    struct mh_error err;
    memset(&err, 0, sizeof(err));
    int r = settle_in(child, &err);
    if (write(child->event_fd, &err, sizeof(err)) != sizeof(err) || r < 0)
        _exit(EX_OSERR);

    setvbuf(stdout, NULL, _IONBF, 0); /* a crash must not take the last words along */
    _exit(check_leaks(child->body(child)));
}
