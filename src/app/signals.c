#include "app/signals.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

enum { WATCHED = 7, IGNORED = 2 };

static const int watched[WATCHED] = {
    SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGXCPU};
static const int ignored[IGNORED] = {SIGPIPE, SIGXFSZ};

/* Two that come closer together are one request: timeout(1) sends its own twice. */
static const uint64_t patience_ns = 1000000000;

/* A signal handler has no argument of ours. */
static int write_fd = -1;
static volatile sig_atomic_t is_untaken;
static uint64_t untaken_since_ns; /* the handler's alone */
static struct sigaction former_actions[WATCHED + IGNORED];

static void on_signal(int number)
{
    int saved_errno = errno;
    unsigned char byte = (unsigned char)number;
    uint64_t now = mh_clock_monotonic_ns();

    if (is_untaken && now - untaken_since_ns > patience_ns)
        _exit(128 + number);
    if (!is_untaken) {
        is_untaken = true;
        untaken_since_ns = now;
        if (write(write_fd, &byte, 1) < 0)
            _exit(128 + number);
    }
    errno = saved_errno;
}

static void handle(int number, void (*handler)(int), struct sigaction *ret_former)
{
    struct sigaction action;

    memset(&action, 0, sizeof(action));
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    sigfillset(&action.sa_mask);
    sigaction(number, NULL, ret_former);
    if (ret_former->sa_handler != SIG_IGN)
        sigaction(number, &action, NULL);
}

static void set_of_watched(sigset_t *ret_set)
{
    sigemptyset(ret_set);
    for (int i = 0; i < WATCHED; i++)
        sigaddset(ret_set, watched[i]);
}

int mh_signals_open(void)
{
    int ends[2];
    sigset_t set;

    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
        return -errno;
    write_fd = ends[1];
    is_untaken = false;
    for (int i = 0; i < WATCHED; i++)
        handle(watched[i], on_signal, &former_actions[i]);
    for (int i = 0; i < IGNORED; i++)
        handle(ignored[i], SIG_IGN, &former_actions[WATCHED + i]);
    set_of_watched(&set);
    sigprocmask(SIG_UNBLOCK, &set, NULL); /* whoever started us may have blocked them */
    return ends[0];
}

void mh_signals_reset(void)
{
    if (write_fd < 0)
        return;
    for (int i = 0; i < WATCHED; i++)
        sigaction(watched[i], &former_actions[i], NULL);
    for (int i = 0; i < IGNORED; i++)
        sigaction(ignored[i], &former_actions[WATCHED + i], NULL);
}

void mh_signals_close(int fd)
{
    if (fd < 0)
        return;
    mh_signals_reset();
    close(write_fd);
    close(fd);
    write_fd = -1;
}

int mh_signals_take(int fd)
{
    unsigned char number;

    if (read(fd, &number, 1) != 1)
        return 0;
    is_untaken = false;
    return number;
}

void mh_signals_block(sigset_t *ret_former)
{
    sigset_t set;

    set_of_watched(&set);
    sigprocmask(SIG_BLOCK, &set, ret_former);
}
