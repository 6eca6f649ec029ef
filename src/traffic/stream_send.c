#include "base/clock.h"
#include "traffic/stream_private.h"
#include "traffic/stream_schedule.h"

#include <errno.h>

/* How long others wait, at most, while a stream has much to do; and how long it waits itself
 * when the kernel has no room. */
static const uint64_t turn_ns = 400000;
static const uint64_t retry_ns = 100000;
/* How long what came to the sender itself may lie there. */
static const uint64_t sender_read_ns = 1000000;
/* How long the last datagram sent may be on its way before it counts as lost. */
static const uint64_t step_patience_ns = 20000000;
/* One without a schedule gives up when the kernel takes nothing for so long; and for so long
 * one with a schedule sends what was due before the end of its duration. */
static const uint64_t patience_ns = UINT64_C(1000000000);

/* ---- sending --------------------------------------------------------------------------------
 */

/* One clock reading for a whole train: its datagrams are handed over in one call. */
static void write_probes(struct mh_stream *stream, size_t count, uint64_t now_ns)
{
    struct mh_probe first = {.of = stream->of,
        .length = (uint32_t)stream->plan.size,
        .number = stream->status.sent,
        .time_ns = now_ns};

    mh_probe_format(&first, count, stream->filling_sum, mh_train_slot(stream->train, 0));
    stream->written_from = first.number;
    stream->written = count;
}

static uint64_t step_of(const struct mh_stream *stream, uint64_t now_ns)
{
    uint64_t start_ns = stream->status.start_ns;

    return now_ns > start_ns ? (now_ns - start_ns) / MH_SERIES_STEP_NS : 0;
}

static bool is_sample_due(const struct mh_stream *stream, uint64_t now_ns)
{
    return stream->samples.asked == 0 || step_of(stream, now_ns) != stream->sampled_step;
}

static int send_sample(struct mh_stream *stream, uint64_t now_ns, struct mh_error *err)
{
    struct mh_outgoing probe = {.to = stream->plan.to,
        .port = stream->plan.port,
        .data = mh_train_slot(stream->train, 0),
        .length = stream->plan.size};
    uint32_t id;
    int r = mh_endpoint_send_sample(stream->sender, &probe, &id, err);

    if (r < 0)
        return r;
    mh_sample_ids_ask(&stream->samples, id);
    stream->sampled_step = step_of(stream, now_ns);
    return 1;
}

/* A device or kernel that cannot do it says so at the first try. */
static bool cannot_offload(const struct mh_stream *stream, int code)
{
    return stream->segments > 1 &&
           (code == -EINVAL || code == -EMSGSIZE || code == -EIO || code == -EOPNOTSUPP);
}

static int send_train(struct mh_stream *stream, size_t count)
{
    struct mh_mcast_socket *socket = mh_endpoint_socket(stream->sender);
    int r = mh_train_send(socket, stream->train, count, stream->segments);

    if (cannot_offload(stream, r)) {
        mh_stream_send_frames(stream);
        r = mh_train_send(socket, stream->train, count, 1);
    }
    if (r > 1 && stream->segments > 1)
        stream->status.offloaded += (uint64_t)r;
    return r;
}

static void note_sent(struct mh_stream *stream, uint64_t count, uint64_t now_ns)
{
    stream->status.sent += count;
    stream->status.last_ns = now_ns;
    (void)mh_series_add(
        &stream->series, step_of(stream, now_ns) * MH_SERIES_STEP_NS, (uint32_t)count);
}

/* What is sent for many to hear lies in many queues until they are read, and soon in none of
 * the processor's near caches: the more they are, the shorter is the train. */
static size_t next_length(const struct mh_stream *stream)
{
    enum { COPIES = 256, SHORTEST = 16 };
    size_t listeners = stream->listener_count;

    if (stream->segments > 1 || listeners == 0 || COPIES / listeners >= stream->train_length)
        return stream->train_length;
    if (COPIES / listeners > SHORTEST)
        return COPIES / listeners;
    return stream->train_length < SHORTEST ? stream->train_length : SHORTEST;
}

/* Returns how many of `count` probes the kernel took, or a negative errno. */
static int send_probes(struct mh_stream *stream, uint64_t count, struct mh_error *err)
{
    uint64_t now_ns = mh_clock_realtime_ns();
    bool is_sample = is_sample_due(stream, now_ns);
    size_t length = is_sample ? 1 : next_length(stream);

    if (count < length)
        length = (size_t)count;
    write_probes(stream, length, now_ns);
    int r = is_sample ? send_sample(stream, now_ns, err) : send_train(stream, length);
    if (r > 0)
        note_sent(stream, (uint64_t)r, now_ns);
    return r;
}

static void drain(struct mh_traffic_member *member)
{
    (void)member->drain(member);
}

static bool is_behind(const struct mh_stream *stream, const struct mh_stream_listener *listener)
{
    return listener->account->next_expected < stream->status.sent;
}

/* In lockstep: between two trains all who hear them are read to the end. To ask those in vain
 * that have got all of it costs as much as some datagrams. */
static void drain_behind(const struct mh_stream *stream)
{
    for (size_t i = 0; i < stream->listener_count; i++)
        if (is_behind(stream, &stream->listeners[i]))
            drain(stream->listeners[i].member);
}

/* They may hear more than this stream. Its sender has no more to tell than departures. */
static void drain_all(struct mh_stream *stream, uint64_t now_ns)
{
    for (size_t i = 0; i < stream->listener_count; i++)
        drain(stream->listeners[i].member);
    if (stream->reads_sender && now_ns - stream->sender_read_ns >= sender_read_ns) {
        drain(mh_endpoint_member(stream->sender));
        stream->sender_read_ns = now_ns;
    }
}

/* How far the network has come with it, as the listener shows that is ahead of the others. */
static uint64_t numbers_heard(const struct mh_stream *stream)
{
    uint64_t heard = 0;

    for (size_t i = 0; i < stream->listener_count; i++)
        if (stream->listeners[i].account->next_expected > heard)
            heard = stream->listeners[i].account->next_expected;
    return heard;
}

/* ---- what is due ---------------------------------------------------------------------------
 */

/* Without a schedule nothing is late; but who measures by the stream wants to know its pauses.
 */
static void note_lateness(struct mh_stream *stream, uint64_t now_ns)
{
    uint64_t due_ns =
        mh_stream_has_schedule(stream) ? mh_stream_next_due_ns(stream) : stream->sent_ns;

    if (now_ns <= due_ns)
        return;
    mh_lateness_note(&stream->lateness, stream->status.sent, now_ns - due_ns);
    if (mh_stream_has_schedule(stream))
        stream->status.late_ns = mh_lateness_since(&stream->lateness, 0);
}

/* What the kernel refuses costs its slot where there is a schedule: the stream goes on and does
 * not catch up. Without one it is tried again. */
static void note_refusal(struct mh_stream *stream, int error, uint64_t now_ns)
{
    if (stream->refused_since_ns == 0)
        stream->refused_since_ns = now_ns;
    stream->status.error = error;
    stream->status.refused++;
    (void)mh_refusals_add(
        &stream->refusals, stream->status.sent, stream->status.last_ns, mh_clock_realtime_ns());
    if (mh_stream_has_schedule(stream))
        mh_stream_pass_slots(stream, 1);
}

static bool has_given_up(const struct mh_stream *stream, uint64_t now_ns)
{
    return !mh_stream_has_schedule(stream) && stream->refused_since_ns > 0 &&
           now_ns - stream->refused_since_ns > patience_ns;
}

static bool is_over(const struct mh_stream *stream, uint64_t now_ns)
{
    return mh_stream_schedule_is_over(stream, now_ns) || has_given_up(stream, now_ns);
}

static bool has_work(const struct mh_stream *stream, uint64_t now_ns)
{
    return !is_over(stream, now_ns) && mh_stream_slots_due(stream, now_ns) > stream->slot;
}

/* On a processor that others want the kernel puts off the way of what was sent (ksoftirqd), and
 * its input queue would run over if more came behind it. So one without a schedule waits, and
 * lets go of the processor, until its last datagram was heard; but not again for what it once
 * waited for in vain, since that was lost. */
static bool is_ahead(struct mh_stream *stream, uint64_t now_ns)
{
    if (mh_stream_has_schedule(stream) || stream->listener_count == 0)
        return false;

    uint64_t heard = numbers_heard(stream);
    if (heard >= stream->status.sent || heard == stream->given_up_at)
        return false;
    if (now_ns - stream->sent_ns < step_patience_ns)
        return true;
    stream->given_up_at = heard;
    return false;
}

/* Sends what is due at `now_ns`, one train. False: it could not be sent. A host that is paused
 * sends nothing, and catches up when it goes on, as its processes would. */
static bool send_due(struct mh_stream *stream, uint64_t now_ns)
{
    if (mh_endpoint_is_paused(stream->sender) || is_ahead(stream, now_ns))
        return false;
    note_lateness(stream, now_ns);
    uint64_t number = stream->status.sent;
    int r = send_probes(stream, mh_stream_slots_due(stream, now_ns) - stream->slot, NULL);
    if (r <= 0) {
        note_refusal(stream, r, now_ns);
        return false;
    }
    mh_stream_pass_slots(stream, (uint64_t)r);
    mh_refusals_end(&stream->refusals, number, stream->status.last_ns);
    stream->sent_ns = now_ns;
    stream->refused_since_ns = 0;
    return true;
}

static uint64_t next_turn_ns(const struct mh_stream *stream, uint64_t now_ns, bool refused)
{
    uint64_t next_ns = mh_stream_next_due_ns(stream);

    return refused && next_ns < now_ns + retry_ns ? now_ns + retry_ns : next_ns;
}

static bool send_in_lockstep(struct mh_stream *stream, uint64_t now_ns)
{
    drain_behind(stream);
    mh_endpoint_lock(stream->sender);
    bool taken = send_due(stream, now_ns);
    mh_endpoint_unlock(stream->sender);
    return taken;
}

/* What was due and is not sent any more is as late as that. */
static void note_unsent(struct mh_stream *stream, uint64_t now_ns)
{
    if (mh_stream_has_schedule(stream) && mh_stream_slots_due(stream, now_ns) > stream->slot)
        note_lateness(stream, now_ns);
}

void mh_stream_note_stop(struct mh_stream *stream)
{
    note_unsent(stream, mh_clock_monotonic_ns());
}

static bool comes_to_its_end(struct mh_stream *stream, uint64_t now_ns)
{
    if (!is_over(stream, now_ns))
        return false;
    note_unsent(stream, now_ns);
    if (has_given_up(stream, now_ns))
        stream->status.cut = MH_STREAM_REFUSED;
    return true;
}

void mh_stream_send_due(void *context)
{
    struct mh_stream *stream = context;
    uint64_t begin_ns = mh_clock_monotonic_ns();
    uint64_t now_ns = begin_ns;
    uint64_t sent = stream->status.sent;
    bool taken = true;

    while (taken && has_work(stream, now_ns) && now_ns - begin_ns < turn_ns) {
        taken = send_in_lockstep(stream, now_ns);
        now_ns = mh_clock_monotonic_ns();
    }
    drain_all(stream, now_ns);
    if (comes_to_its_end(stream, now_ns)) {
        mh_stream_end_now(stream);
        return;
    }
    if (stream->status.sent > sent)
        mh_traffic_tell(stream->traffic);
    (void)mh_alarm_set(stream->alarm, next_turn_ns(stream, now_ns, !taken));
}

/* One without a schedule takes turns with others that have none, and stands back behind those
 * that are late. */
bool mh_stream_take_turn(struct mh_stream *stream)
{
    uint64_t now_ns = mh_clock_monotonic_ns();
    bool taken = true;

    if (has_work(stream, now_ns)) {
        taken = send_due(stream, now_ns);
        now_ns = mh_clock_monotonic_ns();
    }
    stream->due_ns = next_turn_ns(stream, now_ns, !taken);
    if (!mh_stream_has_schedule(stream) && stream->due_ns < now_ns)
        stream->due_ns = now_ns;
    stream->is_over = comes_to_its_end(stream, now_ns);
    return !stream->is_over;
}

/* ---- the beginning -------------------------------------------------------------------------
 */

/* What stands in the error queue would fail this send in place of the one that it is about. */
static int send_one(struct mh_stream *stream, struct mh_error *err)
{
    mh_endpoint_read_departures(stream->sender);
    mh_endpoint_lock(stream->sender);
    int r = send_probes(stream, 1, err);
    mh_endpoint_unlock(stream->sender);
    if (r > 0)
        mh_endpoint_has_sent(stream->sender);
    return r;
}

int mh_stream_send_first(struct mh_stream *stream, struct mh_error *err)
{
    mh_stream_begin_schedule(stream);
    int r = send_one(stream, err);
    if (r < 0)
        return r;
    mh_stream_pass_slots(stream, 1);
    /* The one that is over with it does not wait for a packet that never comes. */
    stream->due_ns = is_over(stream, stream->pace.start_ns) ? stream->pace.start_ns
                                                            : mh_stream_next_due_ns(stream);
    return 0;
}
