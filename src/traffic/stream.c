#include "traffic/stream_private.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

/* A train of single frames, and the bytes in it: no more than the smallest receive buffer holds
 * (the kernel's default, with its own overhead). */
enum { TRAIN = 64, TRAIN_BYTES = 65536 };
/* Offloaded, more than one buffer in a train where the datagrams are so small that a call takes
 * longer than they do; no more than a short first read brings (traffic/endpoint_private.h). */
enum { BUFFERS = 3, BUFFERS_BYTES = 16384 };

/* ---- life -----------------------------------------------------------------------------------
 */

static size_t buffers(const struct mh_stream *stream)
{
    size_t count = BUFFERS_BYTES / (stream->segments * stream->plan.size);

    if (count > BUFFERS)
        return BUFFERS;
    return count > 0 ? count : 1;
}

static size_t train_length(const struct mh_stream *stream)
{
    size_t length = TRAIN_BYTES / stream->plan.size;

    if (stream->segments > 1)
        return stream->segments * buffers(stream);
    if (length > TRAIN)
        return TRAIN;
    return length > 0 ? length : 1;
}

static int load_train(struct mh_stream *stream)
{
    const struct mh_stream_plan *plan = &stream->plan;

    stream->segments = plan->offload ? mh_train_segments(plan->size) : 1;
    stream->train_length = train_length(stream);
    stream->train = mh_train_new(&plan->to, plan->port, plan->size, stream->train_length);
    if (!stream->train)
        return -ENOMEM;
    for (size_t i = 0; i < stream->train_length; i++)
        stream->filling_sum =
            mh_probe_fill(&stream->of, mh_train_slot(stream->train, i), plan->size);
    return 0;
}

static int register_stream(struct mh_traffic *traffic, struct mh_stream *stream)
{
    size_t count = traffic->stream_count + 1;
    struct mh_stream **streams =
        reallocarray(traffic->streams, count, sizeof(*traffic->streams));
    if (!streams)
        return -ENOMEM;

    stream->of = (struct mh_probe_flow){traffic->run, (uint32_t)traffic->stream_count};
    streams[traffic->stream_count] = stream;
    traffic->streams = streams;
    traffic->stream_count = count;
    return 0;
}

static void on_worker_told(void *context)
{
    const struct mh_traffic *traffic = context;

    mh_stream_end_those_over(traffic);
    mh_traffic_tell(traffic);
}

/* One for all streams of the traffic, from the first one on, and who reads what it sends while
 * the loop does not. */
static int need_worker(struct mh_traffic *traffic)
{
    int r = mh_standby_start(traffic->standby);

    if (r < 0 || traffic->worker)
        return r;
    return mh_stream_worker_start(
        traffic->loop, traffic->standby, on_worker_told, traffic, &traffic->worker);
}

static int prepare(struct mh_stream *stream)
{
    struct mh_traffic *traffic = stream->traffic;
    int r = register_stream(traffic, stream);

    if (r == 0)
        r = load_train(stream);
    if (r == 0)
        r = stream->plan.lockstep
                ? mh_alarm_new(traffic->loop, mh_stream_send_due, stream, &stream->alarm)
                : need_worker(traffic);
    return r;
}

/* From here on the worker's thread touches it. */
static int give_to_worker(struct mh_stream *stream)
{
    mh_endpoint_share(stream->sender, true);
    mh_standby_expect(stream->traffic->standby, true);
    stream->worker = stream->traffic->worker;
    return mh_stream_worker_add(stream->worker, stream);
}

/* From here on it does not. */
static void take_from_worker(struct mh_stream *stream)
{
    if (!stream->worker)
        return;
    mh_stream_worker_remove(stream->worker, stream);
    stream->worker = NULL;
    mh_standby_expect(stream->traffic->standby, false);
    mh_endpoint_share(stream->sender, false);
}

/* It has sent its first one. */
static int go_on(struct mh_stream *stream)
{
    if (!stream->plan.lockstep)
        return give_to_worker(stream);
    mh_stream_take_sender(stream);
    return mh_alarm_set(stream->alarm, stream->due_ns);
}

static int begin(struct mh_stream *stream, struct mh_error *err)
{
    int r = mh_stream_send_first(stream, err);
    if (r < 0)
        return r;

    r = go_on(stream);
    return r < 0 ? mh_error_set(err, r, "go on", "with a stream after its first packet") : 0;
}

int mh_stream_start(struct mh_endpoint *sender, const struct mh_stream_plan *plan,
    struct mh_stream **ret_stream, struct mh_error *err)
{
    assert(plan->size >= MH_PROBE_SIZE_MIN && plan->rate_upps <= MH_PACE_RATE_MAX_UPPS);
    assert(plan->shape.kind == MH_SHAPE_NONE || (plan->rate_upps > 0 && plan->burst <= 1));
    struct mh_stream *stream = calloc(1, sizeof(*stream));
    if (!stream)
        return mh_error_set(err, -ENOMEM, "start", "a stream");

    stream->traffic = mh_endpoint_traffic(sender);
    stream->sender = sender;
    stream->plan = *plan;
    stream->status.running = true;
    int r = prepare(stream);
    if (r < 0)
        mh_error_set(err, r, "start", "a stream of %zu bytes each", plan->size);
    else
        r = begin(stream, err);
    if (r < 0) {
        mh_stream_free(stream);
        return r;
    }
    *ret_stream = stream;
    return 0;
}

void mh_stream_end_now(struct mh_stream *stream)
{
    take_from_worker(stream);
    stream->status.running = false;
    mh_stream_release_members(stream);
    stream->alarm = mh_alarm_close(stream->alarm);
    stream->train = mh_train_free(stream->train);
    mh_traffic_tell(stream->traffic);
    if (stream->on_end)
        stream->on_end(stream->on_end_context);
}

void mh_stream_stop(struct mh_stream *stream)
{
    if (!stream->status.running)
        return;

    take_from_worker(stream);
    mh_stream_note_stop(stream);
    mh_stream_end_now(stream);
}

struct mh_stream *mh_stream_free(struct mh_stream *stream)
{
    if (!stream)
        return NULL;

    take_from_worker(stream);
    mh_stream_release_members(stream);
    for (size_t i = 0; i < stream->traffic->stream_count; i++)
        if (stream->traffic->streams[i] == stream)
            stream->traffic->streams[i] = NULL;
    mh_alarm_close(stream->alarm);
    mh_train_free(stream->train);
    mh_series_done(&stream->series);
    mh_refusals_done(&stream->refusals);
    free(stream->listeners);
    free(stream);
    return NULL;
}

void mh_stream_on_end(struct mh_stream *stream, void (*on_end)(void *context), void *context)
{
    stream->on_end = on_end;
    stream->on_end_context = context;
}

void mh_stream_send_frames(struct mh_stream *stream)
{
    stream->segments = 1;
    if (stream->train_length > TRAIN)
        stream->train_length = TRAIN;
}

/* ---- beside a worker ------------------------------------------------------------------------
 */

static void lock(const struct mh_stream *stream)
{
    if (stream->worker)
        mh_stream_worker_lock(stream->worker);
}

static void unlock(const struct mh_stream *stream)
{
    if (stream->worker)
        mh_stream_worker_unlock(stream->worker);
}

void mh_stream_forbid_offload(struct mh_stream *stream)
{
    lock(stream);
    mh_stream_send_frames(stream);
    unlock(stream);
}

static bool has_come_to_its_end(const struct mh_stream *stream)
{
    lock(stream);
    bool is_over = stream->is_over;
    unlock(stream);
    return is_over;
}

void mh_stream_end_those_over(const struct mh_traffic *traffic)
{
    if (mh_stream_worker_count_over(traffic->worker) == 0)
        return;
    for (size_t i = 0; i < traffic->stream_count; i++)
        if (traffic->streams[i] && traffic->streams[i]->worker &&
            has_come_to_its_end(traffic->streams[i]))
            mh_stream_end_now(traffic->streams[i]);
}

static struct mh_flow_end end_now(const struct mh_stream *stream)
{
    return (struct mh_flow_end){.sent = stream->status.sent, .end_ns = stream->status.last_ns};
}

void mh_stream_settle_all(const struct mh_traffic *traffic)
{
    if (!traffic->worker)
        return;

    mh_stream_worker_lock(traffic->worker);
    for (size_t i = 0; i < traffic->stream_count; i++) {
        struct mh_stream *stream = traffic->streams[i];
        if (stream && stream->worker)
            stream->settled = end_now(stream);
    }
    mh_stream_worker_unlock(traffic->worker);
}

/* ---- what became of it ----------------------------------------------------------------------
 */

uint32_t mh_stream_number(const struct mh_stream *stream)
{
    return stream->of.flow + 1;
}

struct mh_stream_status mh_stream_status(const struct mh_stream *stream)
{
    lock(stream);
    struct mh_stream_status status = stream->status;
    status.sampled = stream->samples.asked;
    status.departed = stream->samples.told;
    unlock(stream);
    return status;
}

uint64_t mh_stream_late_since(const struct mh_stream *stream, uint64_t sent)
{
    lock(stream);
    uint64_t late_ns = mh_lateness_since(&stream->lateness, sent);
    unlock(stream);
    return late_ns;
}

static bool is_planned(const struct mh_stream_plan *plan, uint64_t number, uint64_t offset_ns)
{
    if (plan->count > 0)
        return number < plan->count;
    return plan->duration_ns == 0 || offset_ns < plan->duration_ns;
}

size_t mh_stream_schedule(const struct mh_stream *stream, uint64_t *offsets_ns, size_t most)
{
    const struct mh_stream_plan *plan = &stream->plan;
    struct mh_pace pace = {.rate_upps = plan->rate_upps, .burst = stream->pace.burst};
    size_t count = 0;

    if (plan->rate_upps == 0)
        return 0;
    struct mh_shape_walk walk = mh_shape_begin(&plan->shape, plan->rate_upps);
    for (; count < most; count++, mh_shape_step(&walk)) {
        uint64_t offset_ns = plan->shape.kind == MH_SHAPE_NONE ? mh_pace_time_ns(&pace, count)
                                                               : mh_shape_offset_ns(&walk);
        if (!is_planned(plan, count, offset_ns))
            break;
        offsets_ns[count] = offset_ns;
    }
    return count;
}

size_t mh_stream_series(const struct mh_stream *stream, uint32_t *counts, size_t most)
{
    lock(stream);
    size_t count = stream->series.count;
    for (size_t i = 0; i < count && i < most; i++)
        counts[i] = stream->series.counts[i];
    unlock(stream);
    return count;
}

size_t mh_stream_refusals(
    const struct mh_stream *stream, struct mh_refusal *refusals, size_t most)
{
    lock(stream);
    size_t count = stream->refusals.count;
    for (size_t i = 0; i < count && i < most; i++)
        refusals[i] = stream->refusals.entries[i];
    unlock(stream);
    return count;
}

const struct mh_flow_account *mh_stream_account(
    const struct mh_stream *stream, const struct mh_endpoint *receiver)
{
    return mh_flow_book_find(mh_endpoint_book(receiver), stream->of.flow);
}

struct mh_flow_end mh_stream_end(
    const struct mh_stream *stream, const struct mh_flow_account *account)
{
    struct mh_flow_end end = stream->settled;

    if (!stream->worker)
        return end_now(stream);
    if (account && account->next_expected > end.sent)
        end = (struct mh_flow_end){.sent = account->next_expected, .end_ns = account->last_ns};
    return end;
}
