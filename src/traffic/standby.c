#include "traffic/standby.h"

#include "base/clock.h"
#include "base/thread.h"
#include "loop/turn_counter.h"
#include "net/stash.h"
#include "traffic/fair_lock.h"

#include <assert.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

/* The loop is held up when it has not turned from one look to the next. A buffer has room for a
 * quarter of a second at least (lua/mcast/lockstep.lua). */
static const uint64_t look_every_ns = 25000000;
static const uint64_t read_every_ns = 10000000;

/* On a machine with too much to do a thread that mostly sleeps was seen to wait for a second
 * until it ran (perhaps by calc_group_shares() of Linux: a group's weight on a processor is
 * that of its load there). The one that sends was running just now. */
enum { UNREAD_MAX = 128 };

/* Of one socket before others have their turn, and as much as there is in all. */
enum { READS_MAX = 256, STASH_MAX = 64 << 20 };

/* Of one of the threads: was the loop away, in the same turn, when it looked before? */
struct look {
    unsigned turn;
    bool held_up;
};

struct mh_standby {
    uv_loop_t *loop;
    mh_standby_told_fn *told;
    void *context;
    uv_async_t *async; /* NULL: it was not started */
    struct mh_turn_counter *turns;
    pthread_t thread;
    struct look look;            /* the thread's */
    struct look relief;          /* that of the one who sends */
    atomic_uint_fast64_t unread; /* sent since a round of reading began */
    /* Behind the lock: */
    struct mh_fair_lock lock;
    pthread_cond_t changed; /* by CLOCK_MONOTONIC: `expected` or `ends` */
    struct mh_standby_place *places;
    struct mh_standby_place *next; /* that is to be read */
    unsigned reads;                /* of that one */
    struct mh_stash *stash;
    unsigned expected;
    bool ends;
};

/* ---- reading --------------------------------------------------------------------------------
 */

/* One system call at the place that is next. False: all have had their turn. */
static bool read_next(struct mh_standby *standby, size_t *total)
{
    mh_fair_lock_take(&standby->lock);
    struct mh_standby_place *place = standby->next;
    if (place) {
        size_t count = mh_mcast_socket_stash(place->socket, standby->stash);
        *total += count;
        if (count == 0 || ++standby->reads == READS_MAX) {
            standby->next = place->next;
            standby->reads = 0;
        }
    }
    mh_fair_lock_leave(&standby->lock);
    return place != NULL;
}

static void begin_round(struct mh_standby *standby)
{
    atomic_store(&standby->unread, 0);
    mh_fair_lock_take(&standby->lock);
    standby->next = standby->places;
    standby->reads = 0;
    mh_fair_lock_leave(&standby->lock);
}

/* Two threads may do this at a time: each takes the place that is next. */
static void read_all(struct mh_standby *standby, unsigned turn)
{
    size_t total = 0;

    begin_round(standby);
    while (mh_turn_counter_read(standby->turns) == turn && read_next(standby, &total))
        continue;
    if (total > 0)
        uv_async_send(standby->async);
}

static void look(struct mh_standby *standby, struct look *look)
{
    unsigned turn = mh_turn_counter_read(standby->turns);

    look->held_up = mh_turn_counter_is_away(turn) && turn == look->turn;
    look->turn = turn;
    if (look->held_up)
        read_all(standby, turn);
}

void mh_standby_relieve(struct mh_standby *standby, uint64_t sent)
{
    if (sent > 0 && atomic_fetch_add(&standby->unread, sent) + sent >= UNREAD_MAX) {
        atomic_store(&standby->unread, 0);
        look(standby, &standby->relief);
    }
}

/* ---- the thread ----------------------------------------------------------------------------
 */

/* False: it ends. */
static bool await_look(struct mh_standby *standby)
{
    uint64_t pause_ns = standby->look.held_up ? read_every_ns : look_every_ns;

    mh_fair_lock_take(&standby->lock);
    while (!standby->ends && standby->expected == 0)
        mh_thread_await(&standby->changed, &standby->lock.mutex, UINT64_MAX);
    uint64_t until_ns = mh_clock_monotonic_ns() + pause_ns;
    while (!standby->ends && mh_thread_await(&standby->changed, &standby->lock.mutex, until_ns))
        continue;
    bool ends = standby->ends;
    mh_fair_lock_leave(&standby->lock);
    return !ends;
}

static void *run(void *context)
{
    struct mh_standby *standby = context;

    while (await_look(standby))
        look(standby, &standby->look);
    return NULL;
}

/* ---- its life ------------------------------------------------------------------------------
 */

struct mh_standby *mh_standby_new(uv_loop_t *loop, mh_standby_told_fn *told, void *context)
{
    struct mh_standby *standby = calloc(1, sizeof(*standby));
    if (!standby)
        return NULL;

    standby->loop = loop;
    standby->told = told;
    standby->context = context;
    mh_fair_lock_init(&standby->lock);
    mh_thread_condition_init(&standby->changed);
    return standby;
}

static void on_told(uv_async_t *async)
{
    const struct mh_standby *standby = async->data;

    standby->told(standby->context);
}

static void free_handle(uv_handle_t *handle)
{
    free(handle);
}

/* It keeps no loop alive. */
static int open_async(struct mh_standby *standby)
{
    uv_async_t *async = calloc(1, sizeof(*async));
    int r = async ? uv_async_init(standby->loop, async, on_told) : -ENOMEM;

    if (r < 0) {
        free(async);
        return r;
    }
    async->data = standby;
    uv_unref((uv_handle_t *)async);
    standby->async = async;
    return 0;
}

static void close_handles(struct mh_standby *standby)
{
    standby->turns = mh_turn_counter_close(standby->turns);
    if (standby->async)
        uv_close((uv_handle_t *)standby->async, free_handle);
    standby->async = NULL;
    standby->stash = mh_stash_free(standby->stash);
}

int mh_standby_start(struct mh_standby *standby)
{
    if (standby->async)
        return 0;

    standby->stash = mh_stash_new(STASH_MAX);
    int r = standby->stash ? mh_turn_counter_new(standby->loop, &standby->turns) : -ENOMEM;
    if (r == 0)
        r = open_async(standby);
    if (r == 0)
        r = mh_thread_start(&standby->thread, "standby", run, standby);
    if (r < 0)
        close_handles(standby);
    return r;
}

static void stop_thread(struct mh_standby *standby)
{
    mh_standby_lock(standby);
    standby->ends = true;
    pthread_cond_signal(&standby->changed);
    mh_standby_unlock(standby);
    pthread_join(standby->thread, NULL);
}

struct mh_standby *mh_standby_free(struct mh_standby *standby)
{
    if (!standby)
        return NULL;

    assert(!standby->places);
    if (standby->async)
        stop_thread(standby);
    close_handles(standby);
    pthread_cond_destroy(&standby->changed);
    mh_fair_lock_done(&standby->lock);
    free(standby);
    return NULL;
}

/* ---- for the loop --------------------------------------------------------------------------
 */

void mh_standby_lock(struct mh_standby *standby)
{
    if (standby->async)
        mh_fair_lock_take(&standby->lock);
}

void mh_standby_unlock(struct mh_standby *standby)
{
    if (standby->async)
        mh_fair_lock_leave(&standby->lock);
}

void mh_standby_expect(struct mh_standby *standby, bool expected)
{
    mh_standby_lock(standby);
    standby->expected += expected ? 1U : -1U;
    pthread_cond_signal(&standby->changed);
    mh_standby_unlock(standby);
}

void mh_standby_join(struct mh_standby *standby, struct mh_standby_place *place)
{
    if (place->link)
        return;

    mh_standby_lock(standby);
    place->next = standby->places;
    place->link = &standby->places;
    if (place->next)
        place->next->link = &place->next;
    standby->places = place;
    mh_standby_unlock(standby);
}

void mh_standby_leave(struct mh_standby *standby, struct mh_standby_place *place)
{
    if (!place->link)
        return;

    mh_standby_lock(standby);
    if (standby->next == place) {
        standby->next = place->next;
        standby->reads = 0;
    }
    *place->link = place->next;
    if (place->next)
        place->next->link = place->link;
    place->link = NULL;
    mh_standby_unlock(standby);
}

void mh_standby_tell(struct mh_standby *standby)
{
    if (standby->async)
        uv_async_send(standby->async);
}
