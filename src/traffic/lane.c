#include "traffic/lane.h"

#include "base/clock.h"
#include "wire/frame.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- life ----------------------------------------------------------------------------------
 */

int mh_lane_open(struct mh_lane *lane, const struct mh_lane_place *place, struct mh_error *err)
{
    struct mh_frame_ring *ring = NULL;
    struct mh_delay_line *line = mh_delay_line_new();
    int outlet = -1;
    int r = line ? 0 : mh_error_set(err, -ENOMEM, "impair", "a link");

    if (r == 0)
        outlet = r = mh_frame_outlet_open(place->netns_fd, place->entrance, place->mark, err);
    if (r >= 0)
        r = mh_frame_ring_open(place->netns_fd, place->exit, place->frame_max, &ring, err);
    if (r < 0) {
        if (outlet >= 0)
            close(outlet);
        mh_delay_line_free(line);
        return r;
    }
    lane->outlet = outlet;
    lane->line = line;
    lane->ring = ring;
    return 0;
}

void mh_lane_close(struct mh_lane *lane)
{
    if (!lane->ring)
        return;
    lane->ring = mh_frame_ring_free(lane->ring);
    lane->line = mh_delay_line_free(lane->line);
    lane->impairment = mh_impairment_free(lane->impairment);
    close(lane->outlet);
}

void mh_lane_impair(struct mh_lane *lane, struct mh_impairment *impairment)
{
    mh_impairment_free(lane->impairment);
    lane->impairment = impairment;
    lane->counters = (struct mh_link_counters){0};
    lane->latest_due_ns = 0;
    lane->ring_drops = mh_frame_ring_drops(lane->ring);
}

/* ---- out -----------------------------------------------------------------------------------
 */

static void send_batch(struct mh_lane *lane)
{
    size_t sent = 0;

    if (lane->batch_count > 0)
        sent = mh_frame_outlet_send(lane->outlet, lane->batch, lane->batch_count);
    lane->counters.refused += lane->batch_count - sent;
    lane->batch_count = 0;
}

static void add_to_batch(struct mh_lane *lane, uint8_t *bytes, size_t length)
{
    lane->batch[lane->batch_count++] = (struct iovec){.iov_base = bytes, .iov_len = length};
}

/* Returns how many there were; at most a batch. */
static size_t send_due(struct mh_lane *lane, uint64_t now_ns)
{
    struct mh_delayed_frame due[MH_LANE_BATCH];
    size_t count = 0;

    while (count < MH_LANE_BATCH && mh_delay_line_take(lane->line, now_ns, &due[count])) {
        add_to_batch(lane, due[count].bytes, due[count].length);
        count++;
    }
    send_batch(lane);
    for (size_t i = 0; i < count; i++)
        free(due[i].bytes);
    return count;
}

/* ---- in ------------------------------------------------------------------------------------
 */

/* At once, out of the ring, unless something is to go before it. */
static void pass_on(
    struct mh_lane *lane, const struct mh_ring_frame *frame, uint64_t due_ns, uint64_t now_ns)
{
    if (due_ns > now_ns || mh_delay_line_next_ns(lane->line) <= now_ns) {
        if (mh_delay_line_put(lane->line, frame->bytes, frame->length, due_ns) < 0)
            lane->counters.overflowed++;
        return;
    }
    if (lane->batch_count == MH_LANE_BATCH)
        send_batch(lane);
    add_to_batch(lane, frame->bytes, frame->length);
}

static void log_drop(
    struct mh_lane *lane, const struct mh_ring_frame *frame, enum mh_drop_cause cause)
{
    struct mh_link_drop *drop = &lane->drops[lane->counters.dropped++ % MH_LINK_DROPS_KEPT];
    struct mh_frame parsed;

    *drop = (struct mh_link_drop){.time_ns = frame->time_ns, .cause = cause};
    if (mh_frame_parse(frame->bytes, frame->length, &parsed) < 0)
        return;
    drop->source = parsed.source;
    drop->destination = parsed.destination;
    drop->protocol = parsed.protocol;
    drop->source_port = parsed.source_port;
    drop->port = parsed.destination_port;
    drop->length = parsed.datagram_length;
}

static void count_order(struct mh_lane *lane, uint64_t due_ns)
{
    if (due_ns < lane->latest_due_ns)
        lane->counters.reordered++;
    else
        lane->latest_due_ns = due_ns;
}

static void count_fate(struct mh_lane *lane, const struct mh_fate *fate, uint64_t come_ns)
{
    struct mh_link_counters *counters = &lane->counters;

    if (!fate->concerned) {
        counters->untouched++;
        return;
    }
    counters->seen++;
    if (fate->cause != MH_NOT_DROPPED)
        return;
    counters->passed += fate->twice ? 2 : 1;
    counters->duplicated += fate->twice;
    counters->delayed += fate->due_ns > come_ns;
    count_order(lane, fate->due_ns);
}

static void take(
    struct mh_lane *lane, const struct mh_ring_frame *frame, uint64_t come_ns, uint64_t now_ns)
{
    struct mh_fate fate = {.due_ns = come_ns};

    if (lane->impairment)
        fate = mh_impairment_decide(lane->impairment, frame->bytes, frame->length, come_ns);
    count_fate(lane, &fate, come_ns);
    if (fate.cause != MH_NOT_DROPPED) {
        log_drop(lane, frame, fate.cause);
        return;
    }
    pass_on(lane, frame, fate.due_ns, now_ns);
    if (fate.twice)
        pass_on(lane, frame, fate.copy_ns, now_ns);
}

/* Realtime less monotonic. It errs downwards only, by what may pass between the two readings,
 * so that nothing seems to have come before it did. */
static uint64_t clock_offset_ns(void)
{
    uint64_t realtime_ns = mh_clock_realtime_ns();

    return realtime_ns - mh_clock_monotonic_ns();
}

/* On the monotonic scale. A delay counts from when the frame came, not from when we saw it;
 * that somebody sets the clock takes no frame into the future, nor before the one in front of
 * it. */
static uint64_t when_it_came(
    struct mh_lane *lane, const struct mh_ring_frame *frame, uint64_t offset)
{
    uint64_t come_ns = frame->time_ns - offset;
    uint64_t now_ns = mh_clock_monotonic_ns();

    if (come_ns > now_ns)
        come_ns = now_ns;
    if (come_ns < lane->last_come_ns)
        come_ns = lane->last_come_ns;
    lane->last_come_ns = come_ns;
    return come_ns;
}

static size_t take_batch(struct mh_lane *lane, uint64_t now_ns)
{
    uint64_t offset = clock_offset_ns();
    struct mh_ring_frame frame;
    size_t count = 0;

    while (count < MH_LANE_BATCH && mh_frame_ring_next(lane->ring, &frame)) {
        uint64_t come_ns = when_it_came(lane, &frame, offset);

        take(lane, &frame, come_ns, come_ns > now_ns ? come_ns : now_ns);
        count++;
    }
    send_batch(lane);
    mh_frame_ring_release(lane->ring);
    return count;
}

/* ---- work ----------------------------------------------------------------------------------
 */

bool mh_lane_work(struct mh_lane *lane)
{
    uint64_t now_ns = mh_clock_monotonic_ns();
    size_t sent = send_due(lane, now_ns);

    return take_batch(lane, now_ns) + sent > 0;
}

void mh_lane_catch_up(struct mh_lane *lane)
{
    while (mh_lane_work(lane)) {
    }
}

void mh_lane_release(struct mh_lane *lane)
{
    mh_lane_catch_up(lane);
    lane->impairment = mh_impairment_free(lane->impairment);
    while (send_due(lane, UINT64_MAX) > 0) {
    }
}

uint64_t mh_lane_next_ns(const struct mh_lane *lane)
{
    return mh_delay_line_next_ns(lane->line);
}

void mh_lane_count(struct mh_lane *lane, struct mh_link_counters *ret_counters)
{
    mh_lane_catch_up(lane);
    *ret_counters = lane->counters;
    ret_counters->overflowed += mh_frame_ring_drops(lane->ring) - lane->ring_drops;
    ret_counters->held = mh_delay_line_count(lane->line);
}
