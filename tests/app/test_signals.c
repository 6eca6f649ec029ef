#include "app/signals.h"
#include "test.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE_MS = 60000 };

static int take(int fd)
{
    struct pollfd readable = {.fd = fd, .events = POLLIN};
    assert_int_equal(poll(&readable, 1, PATIENCE_MS), 1);
    return mh_signals_take(fd);
}

static void each_is_taken_once(void **state)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGXCPU};
    (void)state;
    int fd = mh_signals_open();

    assert_true(fd >= 0);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        raise(numbers[i]);
        assert_int_equal(take(fd), numbers[i]);
        assert_int_equal(mh_signals_take(fd), 0);
    }
    mh_signals_close(fd);
}

static void several_that_come_together_are_one(void **state)
{
    (void)state;
    int fd = mh_signals_open();

    raise(SIGTERM);
    raise(SIGINT);
    raise(SIGTERM);
    assert_int_equal(take(fd), SIGTERM);
    assert_int_equal(mh_signals_take(fd), 0);
    raise(SIGINT);
    assert_int_equal(take(fd), SIGINT);
    mh_signals_close(fd);
}

static void what_was_ignored_stays_so(void **state)
{
    (void)state;
    signal(SIGHUP, SIG_IGN);
    int fd = mh_signals_open();

    raise(SIGHUP);
    assert_int_equal(mh_signals_take(fd), 0);
    mh_signals_close(fd);
    assert_ptr_equal(signal(SIGHUP, SIG_DFL), SIG_IGN);
}

static void everything_is_as_it_was(void **state)
{
    (void)state;
    mh_signals_close(mh_signals_open());
    assert_ptr_equal(signal(SIGTERM, SIG_DFL), SIG_DFL);
    assert_ptr_equal(signal(SIGPIPE, SIG_DFL), SIG_DFL);
    mh_signals_close(-1);
}

static void blocked_they_wait(void **state)
{
    (void)state;
    sigset_t former;
    int fd = mh_signals_open();

    mh_signals_block(&former);
    raise(SIGQUIT);
    assert_int_equal(mh_signals_take(fd), 0);
    sigprocmask(SIG_SETMASK, &former, NULL);
    assert_int_equal(take(fd), SIGQUIT);
    mh_signals_close(fd);
}

/* In a child: what signals that nobody takes make of it. */
static void ignore_all_requests(void)
{
    mh_signals_open();
    for (;;) {
        raise(SIGTERM);
        poll(NULL, 0, 50);
    }
}

static void one_that_nobody_takes_gives_way_to_the_next(void **state)
{
    (void)state;
    int status;
    pid_t child = fork();

    if (child == 0)
        ignore_all_requests();
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 128 + SIGTERM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_taken_once),
        cmocka_unit_test(several_that_come_together_are_one),
        cmocka_unit_test(what_was_ignored_stays_so),
        cmocka_unit_test(everything_is_as_it_was),
        cmocka_unit_test(blocked_they_wait),
        cmocka_unit_test(one_that_nobody_takes_gives_way_to_the_next),
    };
    return cmocka_run_group_tests_name("app/signals", tests, NULL, NULL);
}
