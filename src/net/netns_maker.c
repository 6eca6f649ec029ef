#include "net/netns_maker.h"

#include "base/thread.h"
#include "net/netns.h"

#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

struct mh_netns_maker {
    mh_netns_prepare_fn *prepare;
    void *context;
    int count;
    int taken;
    bool has_thread;
    pthread_t thread;

    pthread_mutex_t lock; /* of the rest */
    pthread_cond_t changed;
    int made;
    bool stopped;
    int status; /* of the one after the last that was made; told in `failure` */
    struct mh_error failure;
    int fds[];
};

static int make(struct mh_netns_maker *maker, int number, int *ret_fd, struct mh_error *err)
{
    int status = mh_netns_create(ret_fd, err);

    if (status || !maker->prepare)
        return status;
    status = maker->prepare(maker->context, number, err);
    if (status)
        close(*ret_fd);
    return status;
}

/* True when there is more to do. */
static bool hand_over(
    struct mh_netns_maker *maker, int fd, int status, const struct mh_error *failure)
{
    bool more;

    pthread_mutex_lock(&maker->lock);
    if (status) {
        maker->status = status;
        maker->failure = *failure;
    } else {
        maker->fds[maker->made++] = fd;
    }
    more = !status && !maker->stopped && maker->made < maker->count;
    pthread_cond_signal(&maker->changed);
    pthread_mutex_unlock(&maker->lock);
    return more;
}

static void *make_all(void *context)
{
    struct mh_netns_maker *maker = context;
    struct mh_error failure = {0};
    int number = 0;
    int status;
    int fd;

    do {
        fd = -1;
        status = make(maker, number++, &fd, &failure);
    } while (hand_over(maker, fd, status, &failure));
    return NULL;
}

struct mh_netns_maker *mh_netns_maker_start(
    int count, mh_netns_prepare_fn *prepare, void *context)
{
    struct mh_netns_maker *maker = calloc(1, sizeof(*maker) + (size_t)count * sizeof(int));

    if (!maker)
        return NULL;
    maker->count = count;
    maker->prepare = prepare;
    maker->context = context;
    pthread_mutex_init(&maker->lock, NULL);
    pthread_cond_init(&maker->changed, NULL);
    maker->has_thread =
        count && mh_thread_start(&maker->thread, "namespaces", make_all, maker) == 0;
    return maker;
}

static int await_next(struct mh_netns_maker *maker, int *ret_fd, struct mh_error *err)
{
    int status = 0;

    pthread_mutex_lock(&maker->lock);
    while (maker->made == maker->taken && !maker->status)
        pthread_cond_wait(&maker->changed, &maker->lock);
    if (maker->made > maker->taken)
        *ret_fd = maker->fds[maker->taken];
    else
        status = maker->status;
    if (status && err)
        *err = maker->failure;
    pthread_mutex_unlock(&maker->lock);
    return status;
}

int mh_netns_maker_take(struct mh_netns_maker *maker, int *ret_fd, struct mh_error *err)
{
    int status = maker->has_thread ? await_next(maker, ret_fd, err)
                                   : make(maker, maker->taken, ret_fd, err);

    maker->taken += !status;
    return status;
}

static void stop(struct mh_netns_maker *maker)
{
    pthread_mutex_lock(&maker->lock);
    maker->stopped = true;
    pthread_mutex_unlock(&maker->lock);
    pthread_join(maker->thread, NULL);
}

struct mh_netns_maker *mh_netns_maker_finish(struct mh_netns_maker *maker)
{
    if (!maker)
        return NULL;
    if (maker->has_thread)
        stop(maker);
    for (int i = maker->taken; i < maker->made; i++)
        close(maker->fds[i]);
    pthread_cond_destroy(&maker->changed);
    pthread_mutex_destroy(&maker->lock);
    free(maker);
    return NULL;
}
