#include "traffic/stream_schedule.h"

#include "base/clock.h"

/* How much longer than its duration a stream may take that does not keep its rate. */
static const uint64_t overtime_ns = UINT64_C(1000000000);

bool mh_stream_has_schedule(const struct mh_stream *stream)
{
    return stream->pace.rate_upps > 0;
}

static bool has_shape(const struct mh_stream *stream)
{
    return stream->plan.shape.kind != MH_SHAPE_NONE;
}

uint64_t mh_stream_next_due_ns(const struct mh_stream *stream)
{
    if (has_shape(stream))
        return stream->pace.start_ns + mh_shape_offset_ns(&stream->walk);
    return mh_pace_time_ns(&stream->pace, stream->slot);
}

void mh_stream_pass_slots(struct mh_stream *stream, uint64_t count)
{
    stream->slot += count;
    for (uint64_t i = 0; has_shape(stream) && i < count; i++)
        mh_shape_step(&stream->walk);
}

/* How many slots there are until the end; UINT64_MAX when there is none in sight. */
static uint64_t slots_in_all(const struct mh_stream *stream)
{
    return stream->status.planned > 0 ? stream->status.planned : UINT64_MAX;
}

/* Of a shape no more than the next train takes, and none at its end or later. */
static uint64_t shaped_slots_due(const struct mh_stream *stream, uint64_t now_ns)
{
    if (stream->end_ns > 0 && now_ns >= stream->end_ns)
        now_ns = stream->end_ns - 1;
    return stream->slot +
           mh_shape_due(&stream->walk, now_ns - stream->pace.start_ns, stream->train_length);
}

uint64_t mh_stream_slots_due(const struct mh_stream *stream, uint64_t now_ns)
{
    uint64_t due = has_shape(stream) ? shaped_slots_due(stream, now_ns)
                                     : mh_pace_due(&stream->pace, now_ns);
    uint64_t all = slots_in_all(stream);

    return due < all ? due : all;
}

/* The rate is beyond the machine, or the sender was held up at the end. */
static bool is_out_of_time(const struct mh_stream *stream, uint64_t now_ns)
{
    uint64_t duration_ns = stream->plan.duration_ns;

    return duration_ns > 0 && now_ns - stream->pace.start_ns > duration_ns &&
           now_ns - stream->pace.start_ns - duration_ns > overtime_ns;
}

bool mh_stream_schedule_is_over(const struct mh_stream *stream, uint64_t now_ns)
{
    if (stream->slot >= slots_in_all(stream) || is_out_of_time(stream, now_ns))
        return true;
    if (has_shape(stream))
        return stream->end_ns > 0 && mh_stream_next_due_ns(stream) >= stream->end_ns;
    return !mh_stream_has_schedule(stream) && stream->end_ns > 0 && now_ns >= stream->end_ns;
}

/* By its schedule a duration is a number of slots, too; that of a shape shows when it ends. */
static uint64_t planned_slots(const struct mh_stream *stream)
{
    const struct mh_stream_plan *plan = &stream->plan;

    if (plan->count > 0 || plan->duration_ns == 0 || plan->rate_upps == 0 || has_shape(stream))
        return plan->count;
    return mh_pace_due(&stream->pace, stream->pace.start_ns + plan->duration_ns - 1);
}

/* The clocks in this order: whoever is held up in between tells a beginning that is a bit too
 * early, and not packets that are. */
void mh_stream_begin_schedule(struct mh_stream *stream)
{
    const struct mh_stream_plan *plan = &stream->plan;
    uint64_t start_ns = mh_clock_realtime_ns();
    uint64_t now_ns = mh_clock_monotonic_ns();

    stream->status.start_ns = start_ns;
    stream->sent_ns = now_ns;
    stream->given_up_at = UINT64_MAX;
    stream->pace = (struct mh_pace){.start_ns = now_ns,
        .rate_upps = plan->rate_upps,
        .burst = plan->burst > 0 ? plan->burst : 1};
    stream->status.planned = planned_slots(stream);
    if ((plan->rate_upps == 0 || has_shape(stream)) && plan->duration_ns > 0)
        stream->end_ns = now_ns + plan->duration_ns;
    if (has_shape(stream))
        stream->walk = mh_shape_begin(&plan->shape, plan->rate_upps);
}
