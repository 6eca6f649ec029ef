#include "base/thread.h"

#include <signal.h>

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
