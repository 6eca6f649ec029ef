#include "net/closing.h"

#include "base/thread.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

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
    if (!closer || mh_thread_start(&closer->thread, "closing", close_descriptor, closer) != 0) {
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
