#include "base/thread.h"

#include <signal.h>
#include <time.h>

enum { STACK_SIZE = 128 << 10 };

int mh_thread_start(
    pthread_t *ret_thread, const char *name, void *(*run)(void *context), void *context)
{
    sigset_t all;
    sigset_t before;
    pthread_attr_t attributes;
    int code = pthread_attr_init(&attributes);

    if (code)
        return -code;
    pthread_attr_setstacksize(&attributes, STACK_SIZE);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    code = pthread_create(ret_thread, &attributes, run, context);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    if (code == 0)
        pthread_setname_np(*ret_thread, name);
    return -code;
}

void mh_thread_condition_init(pthread_cond_t *condition)
{
    pthread_condattr_t monotonic;

    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(condition, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

bool mh_thread_await(pthread_cond_t *condition, pthread_mutex_t *mutex, uint64_t until_ns)
{
    enum { NS_PER_S = 1000000000 };
    struct timespec until = {
        .tv_sec = (time_t)(until_ns / NS_PER_S), .tv_nsec = (long)(until_ns % NS_PER_S)};

    if (until_ns == UINT64_MAX)
        return pthread_cond_wait(condition, mutex) == 0;
    return pthread_cond_timedwait(condition, mutex, &until) == 0;
}
