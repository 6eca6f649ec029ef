/* Streams from host 0 to receivers on host 1. */
#pragma once

#include "fixture.h"
#include "traffic/stream.h"

static const uint64_t pps = 1000000; /* in millionths */
static const uint64_t ms = 1000000;

static inline struct mh_stream_plan plan_to(struct mh_endpoint *receiver)
{
    return (struct mh_stream_plan){.to = net_fixture_group(fixture.family),
        .port = port_of(receiver),
        .size = 100,
        .lockstep = true};
}

static inline struct mh_stream *start(
    struct mh_endpoint *sender, const struct mh_stream_plan *plan)
{
    struct mh_stream *stream = NULL;
    struct mh_error err;

    if (mh_stream_start(sender, plan, &stream, &err) < 0)
        fail_msg("%s", err.message);
    return stream;
}

static inline size_t has_ended(const void *stream)
{
    return mh_stream_status(stream).running ? 0 : 1;
}

static inline size_t sent_of(const void *stream)
{
    return (size_t)mh_stream_status(stream).sent;
}

static inline struct mh_stream *run_stream(
    struct mh_endpoint *sender, const struct mh_stream_plan *plan)
{
    struct mh_stream *stream = start(sender, plan);

    await_count(has_ended, stream, 1);
    mh_traffic_drain(fixture.traffic);
    return stream;
}

/* Each of them once and in order, and none in the log of messages. */
static inline void assert_all_arrived(
    const struct mh_stream *stream, struct mh_endpoint *receiver)
{
    struct mh_stream_status status = mh_stream_status(stream);
    const struct mh_flow_account *account = mh_stream_account(stream, receiver);
    struct mh_flow_end end = mh_stream_end(stream, account);
    struct mh_gap gap;
    struct mh_gap_cursor cursor = {0};

    assert_non_null(account);
    assert_int_equal(account->received, status.sent);
    assert_int_equal(account->duplicated + account->reordered + account->corrupted, 0);
    assert_int_equal(account->latency.count, status.sent);
    assert_false(mh_flow_account_next_gap(account, &end, &cursor, &gap));
    assert_int_equal(mh_endpoint_count(receiver), 0);
    assert_int_equal(mh_endpoint_probes(receiver), status.sent);
    assert_int_equal(mh_endpoint_drops(receiver), 0);
}

static inline uint32_t sum_of_series(const struct mh_stream *stream)
{
    enum { MOST = 1000 };
    uint32_t counts[MOST];
    size_t count = mh_stream_series(stream, counts, MOST);
    uint32_t sum = 0;

    assert_true(count <= MOST);
    for (size_t i = 0; i < count; i++)
        sum += counts[i];
    return sum;
}
