#include "base/clock.h"
#include "traffic/stream_private.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/random.h>

/* A recvmmsg() of a burst, and of a train of a stream with room to spare: that it was not
 * filled shows that nothing is left. The slots hold the longest UDP datagram; memory that no
 * datagram ever reached is not resident. */
enum { BATCH_CAPACITY = 96, BATCH_SLOT = 65536 };

/* Request, reply, and what a scenario's own responders add to it. A bound, because two
 * receivers that answer each other's answers never come to an end. */
enum { DRAIN_ROUNDS_MAX = 16 };

/* Harnesses that share a wire must not take each other's probes for their own. */
static uint32_t new_run(void)
{
    uint32_t run = 0;

    return getrandom(&run, sizeof(run), GRND_NONBLOCK) == sizeof(run)
               ? run
               : (uint32_t)mh_clock_realtime_ns();
}

static void on_stashed(void *context)
{
    mh_traffic_drain(context);
}

struct mh_traffic *mh_traffic_new(
    uv_loop_t *loop, mh_traffic_changed_fn *changed, void *context)
{
    struct mh_traffic *traffic = calloc(1, sizeof(*traffic));
    if (!traffic)
        return NULL;

    traffic->loop = loop;
    traffic->changed = changed;
    traffic->context = context;
    traffic->run = new_run();
    traffic->batch = mh_datagram_batch_new(BATCH_CAPACITY, BATCH_SLOT);
    traffic->standby = mh_standby_new(loop, on_stashed, traffic);
    if (!traffic->batch || !traffic->standby)
        return mh_traffic_free(traffic);
    return traffic;
}

struct mh_traffic *mh_traffic_free(struct mh_traffic *traffic)
{
    if (!traffic)
        return NULL;

    assert(!traffic->members && !traffic->captures);
    mh_capture_reader_stop(traffic->reader);
    for (size_t i = 0; i < traffic->stream_count; i++)
        mh_stream_free(traffic->streams[i]);
    mh_stream_worker_stop(traffic->worker);
    mh_standby_free(traffic->standby);
    free(traffic->streams);
    mh_datagram_batch_free(traffic->batch);
    mh_frame_batch_free(traffic->observed);
    mh_frame_batch_free(traffic->frames);
    mh_closing_finish(&traffic->closing);
    mh_match_done(&traffic->match);
    free(traffic);
    return NULL;
}

void mh_traffic_add(struct mh_traffic *traffic, struct mh_traffic_member *member)
{
    member->next = traffic->members;
    member->link = &traffic->members;
    if (member->next)
        member->next->link = &member->next;
    traffic->members = member;
}

void mh_traffic_remove(struct mh_traffic_member *member)
{
    if (!member->link)
        return;
    *member->link = member->next;
    if (member->next)
        member->next->link = member->link;
    member->link = NULL;
}

void mh_traffic_tell(const struct mh_traffic *traffic)
{
    if (traffic->changed)
        traffic->changed(traffic->context);
}

static size_t drain_members(const struct mh_traffic *traffic, bool senders)
{
    size_t total = 0;

    for (struct mh_traffic_member *m = traffic->members; m; m = m->next)
        if (m->sends == senders)
            total += m->drain(m);
    return total;
}

void mh_traffic_drain(struct mh_traffic *traffic)
{
    bool changed = false;
    size_t new;
    int rounds = 0;

    mh_stream_settle_all(traffic);
    do {
        new = drain_members(traffic, false);
        new += drain_members(traffic, true);
        changed = changed || new > 0;
    } while (new > 0 && ++rounds < DRAIN_ROUNDS_MAX);
    if (changed)
        mh_traffic_tell(traffic);
}
