#include "base/thread.h"
#include "test.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>

static void *look_at_signals(void *context)
{
    pthread_sigmask(SIG_SETMASK, NULL, context);
    return NULL;
}

static bool blocks(const sigset_t *mask, int signal)
{
    return sigismember(mask, signal) == 1;
}

static void takes_no_signal_from_the_scenario(void **state)
{
    pthread_t thread;
    sigset_t own;
    sigset_t of_thread;
    (void)state;

    sigemptyset(&of_thread);
    assert_int_equal(mh_thread_start(&thread, look_at_signals, &of_thread), 0);
    pthread_join(thread, NULL);
    assert_true(blocks(&of_thread, SIGINT));
    assert_true(blocks(&of_thread, SIGTERM));
    assert_true(blocks(&of_thread, SIGALRM));
    pthread_sigmask(SIG_SETMASK, NULL, &own);
    assert_false(blocks(&own, SIGINT));
    assert_false(blocks(&own, SIGALRM));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_no_signal_from_the_scenario),
    };

    return cmocka_run_group_tests_name("base/thread", tests, NULL, NULL);
}
