#include "traffic/stream_worker.h"

#include "base/clock.h"
#include "base/thread.h"
#include "traffic/fair_lock.h"
#include "traffic/stream_private.h"
#include "traffic/stream_queue.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/prctl.h>

/* Who waits for so many to be sent hears of it so much later, at most: mostly a receiver tells
 * of each of them anyway. */
static const uint64_t told_every_ns = 500000;

struct mh_stream_worker {
    pthread_t thread;
    struct mh_standby *standby;
    uint64_t unread;          /* the thread's: sent, and `standby` does not know */
    struct mh_fair_lock lock; /* of all below but `async` */
    pthread_cond_t changed;   /* by CLOCK_MONOTONIC: what is first in the queue, or `ends` */
    struct mh_stream_queue queue;
    size_t over;      /* streams that have left the queue by themselves */
    uint64_t told_ns; /* CLOCK_MONOTONIC */
    bool has_news;    /* since then */
    bool ends;
    uv_async_t *async;
    mh_stream_worker_told_fn *told;
    void *context;
};

/* ---- the thread ----------------------------------------------------------------------------
 */

static void tell(struct mh_stream_worker *worker, uint64_t now_ns)
{
    worker->told_ns = now_ns;
    worker->has_news = false;
    uv_async_send(worker->async);
}

/* One train of the stream. */
static void serve(struct mh_stream_worker *worker, struct mh_stream *stream)
{
    uint64_t sent = stream->status.sent;

    if (mh_stream_take_turn(stream)) {
        mh_stream_queue_move(&worker->queue, stream);
    } else {
        mh_stream_queue_remove(&worker->queue, stream);
        worker->over++;
        worker->told_ns = 0; /* that is told at once */
    }
    worker->unread += stream->status.sent - sent;
    if (stream->is_over || stream->status.sent > sent)
        worker->has_news = true;
}

/* One thing that is due, or waits for the next one. */
static void work(struct mh_stream_worker *worker)
{
    struct mh_stream *first = mh_stream_queue_first(&worker->queue);
    uint64_t now_ns = mh_clock_monotonic_ns();
    uint64_t tell_ns = worker->has_news ? worker->told_ns + told_every_ns : UINT64_MAX;
    uint64_t due_ns = first ? first->due_ns : UINT64_MAX;

    if (tell_ns <= now_ns)
        tell(worker, now_ns);
    else if (due_ns <= now_ns)
        serve(worker, first);
    else
        mh_thread_await(
            &worker->changed, &worker->lock.mutex, due_ns < tell_ns ? due_ns : tell_ns);
}

/* The kernel would wake it up to 50 us late, to save power (PR_SET_TIMERSLACK). */
static void *run(void *context)
{
    struct mh_stream_worker *worker = context;
    bool ends = false;

    (void)prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
    while (!ends) {
        mh_fair_lock_take(&worker->lock);
        ends = worker->ends;
        if (!ends)
            work(worker);
        mh_fair_lock_leave(&worker->lock);
        mh_standby_relieve(worker->standby, worker->unread);
        worker->unread = 0;
    }
    return NULL;
}

/* ---- its life ------------------------------------------------------------------------------
 */

static void on_told(uv_async_t *async)
{
    const struct mh_stream_worker *worker = async->data;

    worker->told(worker->context);
}

static void free_handle(uv_handle_t *handle)
{
    free(handle);
}

/* It keeps no loop alive. */
static int open_async(uv_loop_t *loop, struct mh_stream_worker *worker)
{
    uv_async_t *async = calloc(1, sizeof(*async));
    int r = async ? uv_async_init(loop, async, on_told) : -ENOMEM;

    if (r < 0) {
        free(async);
        return r;
    }
    async->data = worker;
    uv_unref((uv_handle_t *)async);
    worker->async = async;
    return 0;
}

/* All but the thread. */
static void dispose(struct mh_stream_worker *worker)
{
    if (worker->async)
        uv_close((uv_handle_t *)worker->async, free_handle);
    mh_stream_queue_done(&worker->queue);
    pthread_cond_destroy(&worker->changed);
    mh_fair_lock_done(&worker->lock);
    free(worker);
}

int mh_stream_worker_start(uv_loop_t *loop, struct mh_standby *standby,
    mh_stream_worker_told_fn *told, void *context, struct mh_stream_worker **ret_worker)
{
    struct mh_stream_worker *worker = calloc(1, sizeof(*worker));
    if (!worker)
        return -ENOMEM;

    worker->standby = standby;
    worker->told = told;
    worker->context = context;
    mh_fair_lock_init(&worker->lock);
    mh_thread_condition_init(&worker->changed);
    int r = open_async(loop, worker);
    if (r == 0)
        r = mh_thread_start(&worker->thread, "streams", run, worker);
    if (r < 0) {
        dispose(worker);
        return r;
    }
    *ret_worker = worker;
    return 0;
}

struct mh_stream_worker *mh_stream_worker_stop(struct mh_stream_worker *worker)
{
    if (!worker)
        return NULL;

    mh_stream_worker_lock(worker);
    worker->ends = true;
    pthread_cond_signal(&worker->changed);
    mh_stream_worker_unlock(worker);
    pthread_join(worker->thread, NULL);
    dispose(worker);
    return NULL;
}

/* ---- for its streams -----------------------------------------------------------------------
 */

int mh_stream_worker_add(struct mh_stream_worker *worker, struct mh_stream *stream)
{
    mh_stream_worker_lock(worker);
    int r = mh_stream_queue_put(&worker->queue, stream);
    pthread_cond_signal(&worker->changed);
    mh_stream_worker_unlock(worker);
    return r;
}

void mh_stream_worker_remove(struct mh_stream_worker *worker, struct mh_stream *stream)
{
    mh_stream_worker_lock(worker);
    mh_stream_queue_remove(&worker->queue, stream);
    mh_stream_worker_unlock(worker);
}

size_t mh_stream_worker_count_over(struct mh_stream_worker *worker)
{
    mh_stream_worker_lock(worker);
    size_t over = worker->over;
    worker->over = 0;
    mh_stream_worker_unlock(worker);
    return over;
}

void mh_stream_worker_lock(struct mh_stream_worker *worker)
{
    mh_fair_lock_take(&worker->lock);
}

void mh_stream_worker_unlock(struct mh_stream_worker *worker)
{
    mh_fair_lock_leave(&worker->lock);
}
