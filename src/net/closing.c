#include "net/closing.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

enum { STACK_SIZE = 128 << 10 };

struct mh_closer {
    struct mh_closer *next;
    pthread_t thread;
    int fd;
    atomic_bool done;
};

static void *close_descriptor(void *context)
{
    struct mh_closer *closer = context;

    close(closer->fd);
    atomic_store(&closer->done, true);
    return NULL;
}

/* Without signals: their handlers belong to the thread that the scenario runs in. */
static int start_thread(struct mh_closer *closer)
{
    sigset_t all;
    sigset_t before;
    pthread_attr_t attributes;

    if (pthread_attr_init(&attributes) != 0)
        return -1;
    pthread_attr_setstacksize(&attributes, STACK_SIZE);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int r = pthread_create(&closer->thread, &attributes, close_descriptor, closer);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return r;
}

static void reap(struct mh_closing *closing, bool also_undone)
{
    struct mh_closer **link = &closing->closers;

    while (*link) {
        struct mh_closer *closer = *link;
        if (!also_undone && !atomic_load(&closer->done)) {
            link = &closer->next;
            continue;
        }
        pthread_join(closer->thread, NULL);
        *link = closer->next;
        free(closer);
    }
}

void mh_closing_add(struct mh_closing *closing, int fd)
{
    struct mh_closer *closer = calloc(1, sizeof(*closer));

    reap(closing, false);
    if (closer)
        closer->fd = fd;
    if (!closer || start_thread(closer) != 0) {
        close(fd);
        free(closer);
        return;
    }
    closer->next = closing->closers;
    closing->closers = closer;
}

void mh_closing_finish(struct mh_closing *closing)
{
    reap(closing, true);
}
