/* Streams that a thread of their own sends. "Busy" is a loop that does not turn. */
#include "base/clock.h"
#include "stream_fixture.h"

#include <errno.h>

/* No more than the smallest receive buffer holds: what nobody reads in time is not lost. */
enum { FEW = 200 };

static struct mh_stream_plan worked_plan(struct mh_endpoint *receiver, uint64_t rate)
{
    struct mh_stream_plan plan = plan_to(receiver);

    plan.lockstep = false;
    plan.rate_upps = rate * pps;
    plan.count = FEW;
    return plan;
}

/* Without a turn of the loop. */
static void await_while_busy(size_t (*count)(const void *of), const void *of, size_t wanted)
{
    for (int waited = 0; count(of) < wanted; waited++) {
        if (waited == DEADLINE_MS)
            fail_msg("it did not come to pass within %d ms", DEADLINE_MS);
        poll(NULL, 0, 1);
    }
}

static void await_sent_while_busy(const struct mh_stream *stream, uint64_t count)
{
    await_while_busy(sent_of, stream, (size_t)count);
}

struct arrival {
    const struct mh_stream *stream;
    const struct mh_endpoint *receiver;
};

static size_t received_of(const void *of)
{
    const struct arrival *arrival = of;
    const struct mh_flow_account *account =
        mh_stream_account(arrival->stream, arrival->receiver);

    return account ? (size_t)account->received : 0;
}

/* A kernel that is busy brings the last of what was sent somewhat later (ksoftirqd). */
static void assert_all_arrive(const struct mh_stream *stream, struct mh_endpoint *receiver)
{
    struct arrival arrival = {stream, receiver};

    await_count(received_of, &arrival, sent_of(stream));
    assert_all_arrived(stream, receiver);
}

static void it_is_sent_while_the_loop_is_busy(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_stream_plan plan = worked_plan(receiver, 1000);
    struct mh_stream *stream = start(open_sender(), &plan);

    await_sent_while_busy(stream, FEW);
    /* The loop has seen nothing of it, its end neither. */
    assert_true(mh_stream_status(stream).running);
    assert_null(mh_stream_account(stream, receiver));
    assert_all_arrive(stream, receiver);
    const struct mh_flow_account *account = mh_stream_account(stream, receiver);
    /* By the kernel's stamp the last one was not early; the clock may be slewed meanwhile. */
    assert_true(account->last_ns - mh_stream_status(stream).start_ns >= (FEW - 2) * ms);
    await_count(has_ended, stream, 1);
    assert_int_equal(sum_of_series(stream), FEW);
}

/* Of a stream that goes on there is always more on its way than was read; and a kernel that is
 * busy brings some of it later. */
static void what_was_not_read_yet_does_not_count_as_lost(void **state)
{
    (void)state;
    enum { LOOKS = 20, MOST_LOOKS = 5000 };
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_stream_plan plan = worked_plan(receiver, 500);
    struct mh_gap gap;
    size_t exact = 0;

    (void)mh_mcast_socket_set(mh_endpoint_socket(receiver), MH_RECEIVE_BUFFER, 4 << 20, NULL);
    plan.count = 0;
    struct mh_stream *stream = start(open_sender(), &plan);
    struct arrival arrival = {stream, receiver};
    for (size_t look = 1; exact < LOOKS; look++) {
        assert_true(look < MOST_LOOKS);
        await_count(received_of, &arrival, received_of(&arrival) + 2);
        const struct mh_flow_account *account = mh_stream_account(stream, receiver);
        assert_true(account->received <= mh_stream_end(stream, account).sent);
        mh_traffic_drain(fixture.traffic);
        struct mh_flow_end end = mh_stream_end(stream, account);
        struct mh_gap_cursor cursor = {0};

        assert_true(end.sent >= look * 2 && account->received <= end.sent);
        if (account->received < end.sent)
            continue;
        assert_false(mh_flow_account_next_gap(account, &end, &cursor, &gap));
        exact++;
    }
    mh_stream_stop(stream);
    assert_all_arrive(stream, receiver);
}

static void what_is_lost_counts_while_it_goes_on(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_stream_plan plan = worked_plan(receiver, 5000);
    struct mh_membership membership = {
        .group = net_fixture_group(fixture.family), .interface_index = fixture.net.index[1]};

    plan.count = 0;
    struct mh_stream *stream = start(open_sender(), &plan);
    await_count(sent_of, stream, 10);
    assert_int_equal(mh_mcast_socket_leave(mh_endpoint_socket(receiver), &membership, NULL), 0);
    uint64_t left_at = sent_of(stream);
    await_count(sent_of, stream, left_at + 100);
    mh_traffic_drain(fixture.traffic);
    const struct mh_flow_account *account = mh_stream_account(stream, receiver);
    assert_true(mh_stream_status(stream).running);
    assert_true(mh_stream_end(stream, account).sent >= left_at + 100);
    assert_true(account->received > 0 && account->received <= left_at);
}

static void note_end(void *context)
{
    ++*(int *)context;
}

static void its_end_is_told_once(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_stream_plan plan = worked_plan(receiver, 5000);
    int ends = 0;
    struct mh_stream *stream = start(open_sender(), &plan);

    mh_stream_on_end(stream, note_end, &ends);
    await_count(has_ended, stream, 1);
    mh_stream_stop(stream);
    assert_int_equal(ends, 1);
    assert_int_equal(mh_stream_status(stream).sent, FEW);
    assert_all_arrive(stream, receiver);
}

static void it_ends_with_its_first_packet(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_stream_plan plan = worked_plan(receiver, 1);

    plan.rate_upps = pps / 1000; /* the next one would be a quarter of an hour later */
    plan.count = 1;
    assert_all_arrive(run_stream(open_sender(), &plan), receiver);
}

/* What is stopped when its next packet is far away, too. */
static void nothing_is_sent_after_it_was_stopped(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_endpoint *sender = open_sender();
    struct mh_stream_plan plan = worked_plan(receiver, 1);
    struct mh_stream *slow = start(sender, &plan);

    plan.rate_upps = 0; /* as fast as possible */
    plan.count = 0;
    struct mh_stream *fast = start(sender, &plan);
    await_sent_while_busy(fast, 1000);
    mh_stream_stop(fast);
    mh_stream_stop(slow);
    assert_false(mh_stream_status(fast).running);
    uint64_t sent = mh_stream_status(fast).sent;
    send_text(sender, port_of(receiver), "it comes last");
    mh_traffic_drain(fixture.traffic); /* there may be no room for it */
    send_text(sender, port_of(receiver), "it comes last");
    await_messages(receiver, 1);
    uint64_t got = mh_stream_account(fast, receiver)->received;
    send_text(sender, port_of(receiver), "it comes after that");
    await_messages(receiver, mh_endpoint_count(receiver) + 1);
    assert_int_equal(mh_stream_status(fast).sent, sent);
    assert_int_equal(mh_stream_account(fast, receiver)->received, got);
    assert_int_equal(mh_stream_status(slow).sent, 1);
}

static void closing_the_sender_ends_it(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_endpoint *sender = open_sender();
    struct mh_stream_plan plan = worked_plan(receiver, 0);
    int ends = 0;

    plan.count = 0;
    struct mh_stream *stream = start(sender, &plan);
    mh_stream_on_end(stream, note_end, &ends);
    await_sent_while_busy(stream, 100);
    mh_endpoint_stop(sender);
    assert_int_equal(ends, 1);
    assert_false(mh_stream_status(stream).running);
    assert_int_equal(mh_stream_status(stream).cut, MH_STREAM_WHOLE); /* it had no end */
}

/* One that has come to its end is not cut short, though the loop has not heard of that. */
static void closing_the_sender_may_cut_it_short(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_endpoint *sender = open_sender();
    struct mh_stream_plan plan = worked_plan(receiver, 10000);
    struct mh_stream *whole = start(sender, &plan);

    plan.rate_upps = pps / 1000;
    struct mh_stream *cut = start(sender, &plan);
    await_sent_while_busy(whole, FEW);
    mh_endpoint_stop(sender);
    assert_int_equal(mh_stream_status(whole).cut, MH_STREAM_WHOLE);
    assert_int_equal(mh_stream_status(cut).cut, MH_STREAM_SENDER_CLOSED);
}

static void running_ones_end_with_their_traffic(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_endpoint *sender = open_sender();
    struct mh_stream_plan plan = worked_plan(receiver, 0);

    plan.count = 0;
    await_sent_while_busy(start(sender, &plan), 100);
    plan.rate_upps = 5000 * pps;
    await_sent_while_busy(start(sender, &plan), 10);
    plan.rate_upps = pps / 1000;
    start(sender, &plan); /* the rest is close_traffic()'s: it fails if anything is left */
}

static void many_go_side_by_side(void **state)
{
    (void)state;
    enum { STREAMS = 40 };
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_endpoint *senders[] = {open_sender(), open_sender(), open_sender()};
    struct mh_stream *streams[STREAMS];

    for (uint64_t i = 0; i < STREAMS; i++) {
        struct mh_stream_plan plan = worked_plan(receiver, 20 + i);
        plan.count = 1 + i % 7;
        streams[i] = start(senders[i % 3], &plan);
    }
    for (uint64_t i = 0; i < STREAMS; i++) {
        await_count(has_ended, streams[i], 1);
        struct mh_stream_status status = mh_stream_status(streams[i]);
        assert_int_equal(status.sent, 1 + i % 7);
        assert_int_equal(sum_of_series(streams[i]), 1 + i % 7);
        assert_true(status.last_ns - status.start_ns + ms >= i % 7 * 1000 * ms / (20 + i));
    }
    for (int i = 0; i < STREAMS; i++)
        await_count(received_of, &(struct arrival){streams[i], receiver}, sent_of(streams[i]));
}

static void one_without_a_schedule_leaves_others_theirs(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_endpoint *sender = open_sender();
    struct mh_stream_plan plan = worked_plan(receiver, 0);

    plan.count = 0;
    struct mh_stream *fast = start(sender, &plan);
    plan = worked_plan(receiver, 1000);
    struct mh_stream *paced = start(sender, &plan);
    await_count(has_ended, paced, 1);
    assert_true(mh_stream_status(fast).running);
    assert_true(mh_stream_status(fast).sent > FEW);
}

/* Of the stream's own samples, and of what is sent by hand meanwhile through the same socket.
 */
static void departures_are_told_apart(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_endpoint *sender = open_sender();
    struct mh_stream_plan plan = worked_plan(receiver, 1000);
    size_t count = 0;

    plan.count = 300;
    struct mh_stream *stream = start(sender, &plan);
    for (uint64_t sent = 10; sent <= 250; sent += 10, count++) {
        await_count(sent_of, stream, sent);
        assert_int_equal(send_text(sender, port_of(receiver), "by hand"), count);
        assert_true(mh_endpoint_sent(sender, count)->departed_ns > 0);
    }
    await_count(has_ended, stream, 1);
    await_messages(receiver, count);
    mh_traffic_drain(fixture.traffic);
    assert_true(mh_stream_status(stream).sampled >= 2);
    assert_int_equal(mh_stream_status(stream).departed, mh_stream_status(stream).sampled);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(mh_endpoint_deliveries(sender, i, receiver, 0, NULL), 1);
}

static void a_busy_loop_reads_of_departures_later(void **state)
{
    (void)state;
    struct mh_stream_plan plan = worked_plan(open_receiver(0), 500);
    struct mh_stream *stream = start(open_sender(), &plan);

    await_sent_while_busy(stream, FEW);
    assert_true(mh_stream_status(stream).sampled >= 2);
    assert_true(mh_stream_status(stream).departed < mh_stream_status(stream).sampled);
    mh_traffic_drain(fixture.traffic);
    assert_int_equal(mh_stream_status(stream).departed, mh_stream_status(stream).sampled);
}

static void a_paused_sender_catches_up(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_endpoint *sender = open_sender();
    struct mh_stream_plan plan = worked_plan(receiver, 1000);
    struct mh_stream *other = start(open_sender(), &plan);

    plan.count = 0;
    struct mh_stream *stream = start(sender, &plan);
    await_sent_while_busy(stream, 20);
    assert_int_equal(mh_endpoint_pause(sender, true), 0);
    uint64_t sent = mh_stream_status(stream).sent;
    await_count(has_ended, other, 1);
    mh_traffic_drain(fixture.traffic);
    assert_int_equal(mh_stream_status(stream).sent, sent);
    assert_int_equal(mh_endpoint_pause(sender, false), 0);
    await_count(sent_of, stream, sent + 100);
    assert_true(mh_stream_status(stream).late_ns > 0);
    assert_true(mh_stream_late_since(stream, sent) > 0);
}

static size_t refused_of(const void *stream)
{
    return (size_t)mh_stream_status(stream).refused;
}

static void refused_slots_are_counted(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_endpoint *sender = open_sender();
    struct mh_stream_plan plan = worked_plan(receiver, 1000);

    plan.count = 0;
    struct mh_stream *stream = start(sender, &plan);
    net_fixture_set_link(&fixture.net, 0, false);
    await_while_busy(refused_of, stream, 3);
    net_fixture_set_link(&fixture.net, 0, true);
    assert_true(mh_stream_status(stream).error < 0);
    await_count(sent_of, stream, sent_of(stream) + 3);
    assert_true(mh_stream_status(stream).running);
}

static void what_is_refused_all_the_time_ends_it(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_stream_plan plan = worked_plan(receiver, 0);

    plan.count = 0;
    struct mh_stream *stream = start(open_sender(), &plan);
    net_fixture_set_link(&fixture.net, 0, false);
    await_count(has_ended, stream, 1);
    net_fixture_set_link(&fixture.net, 0, true);
    assert_true(mh_stream_status(stream).refused > 0);
    assert_int_equal(mh_stream_status(stream).cut, MH_STREAM_REFUSED);
}

static void what_the_kernel_refuses_at_first_is_an_error(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_endpoint *sender = open_sender();
    struct mh_stream_plan plan = worked_plan(receiver, 1000);
    struct mh_stream *stream = NULL;
    struct mh_error err;

    net_fixture_set_link(&fixture.net, 0, false);
    assert_true(mh_stream_start(sender, &plan, &stream, &err) < 0);
    assert_null(stream);
    assert_non_null(strstr(err.message, "100 bytes"));
    net_fixture_set_link(&fixture.net, 0, true);
}

static void offload_can_be_forbidden_while_it_runs(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_stream_plan plan = worked_plan(receiver, 0);

    plan.count = 0;
    plan.offload = true;
    struct mh_stream *stream = start(open_sender(), &plan);
    await_count(sent_of, stream, 500);
    mh_stream_forbid_offload(stream);
    uint64_t offloaded = mh_stream_status(stream).offloaded;
    assert_true(offloaded > 0);
    await_count(sent_of, stream, sent_of(stream) + 500);
    mh_stream_stop(stream);
    assert_int_equal(mh_stream_status(stream).offloaded, offloaded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TRAFFIC_TEST(it_is_sent_while_the_loop_is_busy),
        TRAFFIC_TEST(what_was_not_read_yet_does_not_count_as_lost),
        TRAFFIC_TEST(what_is_lost_counts_while_it_goes_on),
        TRAFFIC_TEST(its_end_is_told_once),
        TRAFFIC_TEST(it_ends_with_its_first_packet),
        TRAFFIC_TEST(nothing_is_sent_after_it_was_stopped),
        TRAFFIC_TEST(closing_the_sender_ends_it),
        TRAFFIC_TEST(closing_the_sender_may_cut_it_short),
        TRAFFIC_TEST(running_ones_end_with_their_traffic),
        TRAFFIC_TEST(many_go_side_by_side),
        TRAFFIC_TEST(one_without_a_schedule_leaves_others_theirs),
        TRAFFIC_TEST(departures_are_told_apart),
        TRAFFIC_TEST(a_busy_loop_reads_of_departures_later),
        TRAFFIC_TEST(a_paused_sender_catches_up),
        TRAFFIC_TEST(refused_slots_are_counted),
        TRAFFIC_TEST(what_is_refused_all_the_time_ends_it),
        TRAFFIC_TEST(what_the_kernel_refuses_at_first_is_an_error),
        TRAFFIC_TEST(offload_can_be_forbidden_while_it_runs),
    };
    return RUN_TRAFFIC_TESTS("stream_worker", tests);
}
