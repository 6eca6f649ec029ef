#include "traffic/capture_reader.h"

#include "base/thread.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { PAUSE_MS = 2 };

struct mh_capture_reader {
    struct mh_capture_reader_calls calls;
    pthread_t thread;
    pthread_mutex_t mutex;
    int packets; /* epoll(7): the watched descriptors, and `end` */
    int end;     /* eventfd(2): readable when the thread is to end */
    uv_async_t *told;
};

/* ---- the thread ---- */

/* Only of the end, for a while: meanwhile packets may gather. */
static bool ends_within(const struct mh_capture_reader *reader, int timeout_ms)
{
    struct pollfd end = {.fd = reader->end, .events = POLLIN};

    return poll(&end, 1, timeout_ms) > 0;
}

static void await_packets(const struct mh_capture_reader *reader)
{
    struct epoll_event any;

    (void)epoll_wait(reader->packets, &any, 1, -1);
}

static void *run(void *context)
{
    struct mh_capture_reader *reader = context;

    do {
        await_packets(reader);
        mh_capture_reader_lock(reader);
        bool tell = reader->calls.read(reader->calls.context);
        mh_capture_reader_unlock(reader);
        if (tell)
            uv_async_send(reader->told);
    } while (!ends_within(reader, PAUSE_MS));
    return NULL;
}

/* ---- its life ---- */

static void on_told(uv_async_t *async)
{
    const struct mh_capture_reader_calls *calls = async->data;

    calls->tell(calls->context);
}

static void free_handle(uv_handle_t *handle)
{
    free(handle);
}

/* It keeps no loop alive. */
static int open_told(uv_loop_t *loop, struct mh_capture_reader *reader)
{
    uv_async_t *told = calloc(1, sizeof(*told));
    int r = told ? uv_async_init(loop, told, on_told) : -ENOMEM;

    if (r < 0) {
        free(told);
        return r;
    }
    told->data = &reader->calls;
    uv_unref((uv_handle_t *)told);
    reader->told = told;
    return 0;
}

static int open_descriptors(struct mh_capture_reader *reader)
{
    reader->packets = epoll_create1(EPOLL_CLOEXEC);
    if (reader->packets < 0)
        return -errno;
    reader->end = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return reader->end < 0 ? -errno : mh_capture_reader_watch(reader, reader->end);
}

static void close_all(struct mh_capture_reader *reader)
{
    if (reader->packets >= 0)
        close(reader->packets);
    if (reader->end >= 0)
        close(reader->end);
    if (reader->told)
        uv_close((uv_handle_t *)reader->told, free_handle);
    pthread_mutex_destroy(&reader->mutex);
    free(reader);
}

int mh_capture_reader_start(uv_loop_t *loop, const struct mh_capture_reader_calls *calls,
    struct mh_capture_reader **ret_reader)
{
    struct mh_capture_reader *reader = calloc(1, sizeof(*reader));
    if (!reader)
        return -ENOMEM;

    reader->calls = *calls;
    reader->packets = reader->end = -1;
    pthread_mutex_init(&reader->mutex, NULL);
    int r = open_descriptors(reader);
    if (r == 0)
        r = open_told(loop, reader);
    if (r == 0)
        r = mh_thread_start(&reader->thread, "captures", run, reader);
    if (r < 0) {
        close_all(reader);
        return r;
    }
    *ret_reader = reader;
    return 0;
}

struct mh_capture_reader *mh_capture_reader_stop(struct mh_capture_reader *reader)
{
    const uint64_t now = 1;

    if (!reader)
        return NULL;
    (void)!write(reader->end, &now, sizeof(now)); /* an eventfd at 0 takes it */
    pthread_join(reader->thread, NULL);
    close_all(reader);
    return NULL;
}

/* ---- for its users ---- */

int mh_capture_reader_watch(struct mh_capture_reader *reader, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

    return epoll_ctl(reader->packets, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

void mh_capture_reader_unwatch(struct mh_capture_reader *reader, int fd)
{
    (void)epoll_ctl(reader->packets, EPOLL_CTL_DEL, fd, NULL);
}

void mh_capture_reader_lock(struct mh_capture_reader *reader)
{
    pthread_mutex_lock(&reader->mutex);
}

void mh_capture_reader_unlock(struct mh_capture_reader *reader)
{
    pthread_mutex_unlock(&reader->mutex);
}
