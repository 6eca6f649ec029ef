#include "traffic/impaired_link.h"

#include "base/clock.h"
#include "base/thread.h"
#include "traffic/fair_lock.h"
#include "traffic/lane.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum { NS_PER_S = 1000000000 };

struct mh_impaired_link {
    pthread_t thread;
    struct mh_fair_lock lock; /* of all below */
    struct mh_lane lanes[MH_LINK_DIRECTIONS];
    int wake;  /* an eventfd(2): something has changed */
    int timer; /* a timerfd_create(2): something is due */
    bool ends;
};

static void lock(struct mh_impaired_link *link)
{
    mh_fair_lock_take(&link->lock);
}

static void unlock(struct mh_impaired_link *link)
{
    mh_fair_lock_leave(&link->lock);
}

static void wake(const struct mh_impaired_link *link)
{
    const uint64_t one = 1;

    /* It fails only when the thread is to be woken anyhow. */
    if (write(link->wake, &one, sizeof(one)) < 0) {
    }
}

/* ---- the thread ----------------------------------------------------------------------------
 */

/* What the thread waits for while it does not hold the lock. */
struct wait {
    struct pollfd events[2 + MH_LINK_DIRECTIONS];
    nfds_t count;
    uint64_t next_ns; /* UINT64_MAX: no time */
};

static void set_timer(const struct mh_impaired_link *link, uint64_t when_ns)
{
    struct itimerspec when;

    memset(&when, 0, sizeof(when));
    when.it_value.tv_sec = (time_t)(when_ns / NS_PER_S);
    when.it_value.tv_nsec = (long)(when_ns % NS_PER_S);
    timerfd_settime(link->timer, TFD_TIMER_ABSTIME, &when, NULL);
}

/* Waits by a timer, not by poll's timeout, which may be late by a thousandth of itself. */
static void wait_for(const struct mh_impaired_link *link, struct wait *wait)
{
    uint64_t wakes;

    if (wait->next_ns != UINT64_MAX)
        set_timer(link, wait->next_ns);
    poll(wait->events, wait->count, -1);
    if (read(link->wake, &wakes, sizeof(wakes)) <
        0) { /* nobody woke us: a frame or the timer */
    }
}

static void add_event(struct wait *wait, int fd)
{
    wait->events[wait->count++] = (struct pollfd){.fd = fd, .events = POLLIN};
}

/* One turn of every lane. True: there may be more to do at once. */
static bool work(struct mh_impaired_link *link, struct wait *ret_wait)
{
    bool busy = false;

    *ret_wait = (struct wait){.next_ns = UINT64_MAX};
    add_event(ret_wait, link->wake);
    for (size_t i = 0; i < MH_LINK_DIRECTIONS; i++) {
        struct mh_lane *lane = &link->lanes[i];

        if (!lane->ring)
            continue;
        busy = mh_lane_work(lane) || busy;
        add_event(ret_wait, mh_frame_ring_fd(lane->ring));
        uint64_t next_ns = mh_lane_next_ns(lane);
        if (next_ns < ret_wait->next_ns)
            ret_wait->next_ns = next_ns;
    }
    if (ret_wait->next_ns != UINT64_MAX)
        add_event(ret_wait, link->timer);
    return busy;
}

static void *run(void *context)
{
    struct mh_impaired_link *link = context;
    struct wait wait;
    bool ends = false;

    while (!ends) {
        lock(link);
        ends = link->ends;
        bool busy = work(link, &wait);
        unlock(link);
        if (!busy && !ends)
            wait_for(link, &wait);
    }
    return NULL;
}

/* ---- life ----------------------------------------------------------------------------------
 */

/* All but the thread. */
static void dispose(struct mh_impaired_link *link)
{
    for (size_t i = 0; i < MH_LINK_DIRECTIONS; i++)
        mh_lane_close(&link->lanes[i]);
    if (link->wake >= 0)
        close(link->wake);
    if (link->timer >= 0)
        close(link->timer);
    mh_fair_lock_done(&link->lock);
    free(link);
}

int mh_impaired_link_new(struct mh_impaired_link **ret_link, struct mh_error *err)
{
    struct mh_impaired_link *link = calloc(1, sizeof(*link));

    if (!link)
        return mh_error_set(err, -ENOMEM, "impair", "a link");
    mh_fair_lock_init(&link->lock);
    link->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    link->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    int r = link->wake < 0 || link->timer < 0
                ? -errno
                : mh_thread_start(&link->thread, "impaired-link", run, link);
    if (r < 0) {
        dispose(link);
        return mh_error_set(err, r, "impair", "a link, which takes a thread");
    }
    *ret_link = link;
    return 0;
}

struct mh_impaired_link *mh_impaired_link_free(struct mh_impaired_link *link)
{
    if (!link)
        return NULL;
    lock(link);
    link->ends = true;
    unlock(link);
    wake(link);
    pthread_join(link->thread, NULL);
    dispose(link);
    return NULL;
}

int mh_impaired_link_open(struct mh_impaired_link *link, enum mh_link_direction direction,
    const struct mh_lane_place *place, struct mh_error *err)
{
    lock(link);
    int r = mh_lane_open(&link->lanes[direction], place, err);
    unlock(link);
    wake(link);
    return r;
}

bool mh_impaired_link_is_open(
    const struct mh_impaired_link *link, enum mh_link_direction direction)
{
    return link->lanes[direction].ring != NULL; /* set by this thread only */
}

/* ---- while it runs -------------------------------------------------------------------------
 */

void mh_impaired_link_impair(struct mh_impaired_link *link, enum mh_link_direction direction,
    struct mh_impairment *impairment)
{
    lock(link);
    mh_lane_catch_up(&link->lanes[direction]); /* what came before is not concerned */
    mh_lane_impair(&link->lanes[direction], impairment);
    unlock(link);
    wake(link);
}

void mh_impaired_link_release(struct mh_impaired_link *link, enum mh_link_direction direction)
{
    lock(link);
    mh_lane_release(&link->lanes[direction]);
    unlock(link);
}

void mh_impaired_link_count(struct mh_impaired_link *link, enum mh_link_direction direction,
    struct mh_link_counters *ret_counters)
{
    lock(link);
    mh_lane_count(&link->lanes[direction], ret_counters);
    unlock(link);
    wake(link); /* what was taken in may be due before what the thread waits for */
}

size_t mh_impaired_link_drops(struct mh_impaired_link *link, enum mh_link_direction direction,
    uint64_t since, struct mh_link_drop *drops, size_t size)
{
    struct mh_lane *lane = &link->lanes[direction];
    size_t count = 0;

    lock(link);
    uint64_t total = lane->counters.dropped;
    if (total > MH_LINK_DROPS_KEPT && since < total - MH_LINK_DROPS_KEPT)
        since = total - MH_LINK_DROPS_KEPT;
    for (; since < total && count < size; since++)
        drops[count++] = lane->drops[since % MH_LINK_DROPS_KEPT];
    unlock(link);
    return count;
}
