#include "base/thread.h"
#include "test.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>

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
    assert_int_equal(mh_thread_start(&thread, "looking", look_at_signals, &of_thread), 0);
    pthread_join(thread, NULL);
    assert_true(blocks(&of_thread, SIGINT));
    assert_true(blocks(&of_thread, SIGTERM));
    assert_true(blocks(&of_thread, SIGALRM));
    pthread_sigmask(SIG_SETMASK, NULL, &own);
    assert_false(blocks(&own, SIGINT));
    assert_false(blocks(&own, SIGALRM));
}

static void *read_name(void *context)
{
    (void)prctl(PR_GET_NAME, context);
    return NULL;
}

/* It may run before it has been given one. */
static void is_known_by_name(void **state)
{
    char name[16] = "";
    pthread_t thread;
    (void)state;

    for (int i = 0; i < 10000 && strcmp(name, "counting") != 0; i++) {
        assert_int_equal(mh_thread_start(&thread, "counting", read_name, name), 0);
        pthread_join(thread, NULL);
    }
    assert_string_equal(name, "counting");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_known_by_name),
        cmocka_unit_test(takes_no_signal_from_the_scenario),
    };

    return cmocka_run_group_tests_name("base/thread", tests, NULL, NULL);
}
