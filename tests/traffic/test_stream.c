#include "base/clock.h"
#include "net/train.h"
#include "stream_fixture.h"

#include <errno.h>
#include <unistd.h>

static void as_fast_as_possible_loses_nothing(void **state)
{
    (void)state;
    struct mh_endpoint *one = open_receiver(0);
    struct mh_endpoint *other = open_receiver(port_of(one));
    struct mh_stream_plan plan = plan_to(one);

    plan.count = 4000;
    struct mh_stream *stream = run_stream(open_sender(), &plan);
    assert_int_equal(mh_stream_status(stream).sent, 4000);
    assert_int_equal(mh_stream_status(stream).offloaded, 0);
    assert_all_arrived(stream, one);
    assert_all_arrived(stream, other);
    assert_int_equal(mh_stream_account(stream, one)->bytes, 400000);
}

static void the_largest_and_the_smallest_arrive(void **state)
{
    static const size_t sizes[] = {
        65507, MH_PROBE_SIZE_MIN, MH_PROBE_LONG_SIZE_MIN - 1, MH_PROBE_LONG_SIZE_MIN};
    enum { SIZES = sizeof(sizes) / sizeof(sizes[0]) };
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_endpoint *sender = open_sender();
    struct mh_stream_plan plan = plan_to(receiver);

    plan.count = 100;
    for (size_t i = 0; i < SIZES; i++) {
        plan.size = sizes[i];
        struct mh_stream *stream = run_stream(sender, &plan);
        const struct mh_flow_account *account = mh_stream_account(stream, receiver);
        assert_int_equal(account->received, 100);
        assert_int_equal(account->bytes, 100 * sizes[i]);
        assert_int_equal(account->newest_ns, mh_stream_status(stream).last_ns);
    }
    assert_int_equal(mh_endpoint_probes(receiver), 100 * SIZES);
    assert_int_equal(mh_endpoint_count(receiver), 0);
}

/* The schedule of n slots ends with the beginning of the last one. */
static void a_rate_is_kept_and_nothing_is_early(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_stream_plan plan = plan_to(receiver);

    plan.rate_upps = 1000 * pps;
    plan.count = 100;
    struct mh_stream *stream = run_stream(open_sender(), &plan);
    struct mh_stream_status status = mh_stream_status(stream);
    const struct mh_flow_account *account = mh_stream_account(stream, receiver);
    assert_int_equal(status.sent, 100);
    assert_all_arrived(stream, receiver);
    assert_true(status.last_ns - status.start_ns >= 99 * ms);
    assert_true(account->last_ns - account->first_ns >= 98 * ms);
    assert_int_equal(sum_of_series(stream), 100);
}

static void a_duration_is_a_number_of_slots(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_endpoint *sender = open_sender();
    struct mh_stream_plan plan = plan_to(receiver);

    plan.rate_upps = 2000 * pps;
    plan.duration_ns = 50 * ms;
    assert_int_equal(mh_stream_status(run_stream(sender, &plan)).sent, 100);
    plan.burst = 40;
    struct mh_stream *stream = run_stream(sender, &plan);
    assert_int_equal(mh_stream_status(stream).sent, 120);
    assert_int_equal(mh_stream_account(stream, receiver)->received, 120);
}

/* Half a minute's work is not done for a tenth of a second. */
static void it_ends_soon_after_its_time_when_it_cannot_keep_its_rate(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_endpoint *sender = open_sender();
    struct mh_stream_plan plan = plan_to(receiver);

    plan.rate_upps = 100000000 * pps;
    plan.duration_ns = 100 * ms;
    for (int lockstep = 0; lockstep < 2; lockstep++) {
        plan.lockstep = lockstep != 0;
        struct mh_stream_status status = mh_stream_status(run_stream(sender, &plan));
        assert_int_equal(status.planned, 10000000);
        assert_true(status.sent + status.refused < status.planned);
        assert_int_equal(status.cut, MH_STREAM_WHOLE);
        assert_true(status.late_ns >= 1000 * ms); /* what is left, when it gives up */
    }
}

/* The loop gets no turn meanwhile. */
static void compute_for(uint64_t duration_ns)
{
    uint64_t end_ns = mh_clock_monotonic_ns() + duration_ns;

    while (mh_clock_monotonic_ns() < end_ns)
        ;
}

/* Nobody has sent them when it is stopped: they are late, though none came late. */
static void what_was_due_when_it_is_stopped_is_late(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_endpoint *sender = open_sender();
    struct mh_stream_plan plan = plan_to(receiver);

    plan.rate_upps = 1000 * pps;
    for (int lockstep = 0; lockstep < 2; lockstep++) {
        plan.lockstep = lockstep != 0;
        struct mh_stream *stream = start(sender, &plan);
        await_count(sent_of, stream, 5);
        assert_int_equal(mh_endpoint_pause(sender, true), 0);
        uint64_t sent = mh_stream_status(stream).sent;
        compute_for(200 * ms);
        mh_stream_stop(stream);
        struct mh_stream_status status = mh_stream_status(stream);
        assert_int_equal(status.sent, sent);
        assert_true(status.late_ns >= 190 * ms);
        assert_int_equal(mh_endpoint_pause(sender, false), 0);
    }
}

static void what_is_all_sent_when_it_is_stopped_is_not(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_stream_plan plan = plan_to(receiver);

    plan.lockstep = false;
    plan.rate_upps = 1000 * pps;
    plan.count = 5;
    struct mh_stream *stream = start(open_sender(), &plan);
    while (mh_stream_status(stream).sent < plan.count)
        compute_for(ms); /* the loop is not told of its end */
    compute_for(50 * ms);
    uint64_t late_ns = mh_stream_status(stream).late_ns;
    mh_stream_stop(stream);
    assert_int_equal(mh_stream_status(stream).sent, 5);
    assert_int_equal(mh_stream_status(stream).late_ns, late_ns);
}

/* The next slot would be a quarter of an hour later. */
static void it_ends_with_its_first_packet_when_that_is_all(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_endpoint *sender = open_sender();
    struct mh_stream_plan plan = plan_to(receiver);

    plan.rate_upps = pps / 1000;
    plan.count = 1;
    assert_int_equal(mh_stream_status(run_stream(sender, &plan)).sent, 1);
    plan.count = 0;
    plan.duration_ns = ms;
    assert_int_equal(mh_stream_status(run_stream(sender, &plan)).sent, 1);
    plan.shape = (struct mh_shape){.kind = MH_SHAPE_POISSON, .seed = 3};
    struct mh_stream *stream = run_stream(sender, &plan);
    assert_int_equal(mh_stream_status(stream).sent, 1);
    assert_int_equal(mh_stream_account(stream, receiver)->received, 1);
}

static void without_a_rate_a_duration_is_a_time(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_stream_plan plan = plan_to(receiver);

    plan.duration_ns = 200 * ms;
    uint64_t before = mh_clock_monotonic_ns();
    struct mh_stream *stream = run_stream(open_sender(), &plan);
    assert_true(mh_clock_monotonic_ns() - before >= 200 * ms);
    assert_true(mh_stream_status(stream).sent > 1);
    assert_all_arrived(stream, receiver);
}

/* By its schedule, and by nothing else: so many are due before the end. */
static void one_with_a_shape_keeps_its_schedule(void **state)
{
    (void)state;
    enum { MOST = 4000 };
    static const enum mh_shape_kind kinds[] = {
        MH_SHAPE_CONSTANT, MH_SHAPE_POISSON, MH_SHAPE_ON_OFF};
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_endpoint *sender = open_sender();
    struct mh_stream_plan plan = plan_to(receiver);
    uint64_t offsets_ns[MOST];

    plan.rate_upps = 5000 * pps;
    plan.duration_ns = 100 * ms;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        plan.shape =
            (struct mh_shape){.kind = kinds[i], .seed = 3, .on_ns = 10 * ms, .off_ns = 5 * ms};
        struct mh_stream *stream = run_stream(sender, &plan);
        size_t planned = mh_stream_schedule(stream, offsets_ns, MOST);
        struct mh_stream_status status = mh_stream_status(stream);

        assert_true(planned > 100 && planned < MOST);
        assert_int_equal(status.sent, planned);
        assert_true(offsets_ns[planned - 1] < plan.duration_ns);
        assert_true(status.last_ns - status.start_ns + ms >= offsets_ns[planned - 1]);
        assert_int_equal(mh_stream_account(stream, receiver)->received, planned);
    }
}

static void one_with_a_shape_has_a_count(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_stream_plan plan = plan_to(receiver);

    plan.rate_upps = 20000 * pps;
    plan.count = 777;
    plan.shape = (struct mh_shape){.kind = MH_SHAPE_POISSON, .seed = 3};
    struct mh_stream *stream = run_stream(open_sender(), &plan);
    assert_int_equal(mh_stream_status(stream).sent, 777);
    assert_all_arrived(stream, receiver);
}

static void it_ends_when_it_is_stopped(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_stream_plan plan = plan_to(receiver);
    struct mh_stream *stream = start(open_sender(), &plan);

    await_count(sent_of, stream, 1000);
    mh_stream_stop(stream);
    mh_stream_stop(stream);
    assert_false(mh_stream_status(stream).running);
    uint64_t sent = mh_stream_status(stream).sent;
    mh_traffic_drain(fixture.traffic);
    assert_int_equal(mh_stream_status(stream).sent, sent);
    assert_all_arrived(stream, receiver);
}

static void on_end(void *context)
{
    ++*(int *)context;
}

static void closing_the_sender_ends_it(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_endpoint *sender = open_sender();
    struct mh_stream_plan plan = plan_to(receiver);
    struct mh_stream *stream = start(sender, &plan);
    int ends = 0;

    mh_stream_on_end(stream, on_end, &ends);
    await_count(sent_of, stream, 100);
    mh_endpoint_stop(sender);
    assert_int_equal(ends, 1);
    assert_false(mh_stream_status(stream).running);
    mh_traffic_drain(fixture.traffic);
    assert_all_arrived(stream, receiver);
}

static void it_goes_on_when_a_receiver_is_closed(void **state)
{
    (void)state;
    struct mh_endpoint *closed = open_receiver(0);
    struct mh_endpoint *receiver = open_receiver(port_of(closed));
    struct mh_stream_plan plan = plan_to(receiver);
    struct mh_stream *stream = start(open_sender(), &plan);

    await_count(sent_of, stream, 500);
    mh_endpoint_stop(closed);
    uint64_t got = mh_stream_account(stream, closed)->received;
    await_count(sent_of, stream, sent_of(stream) + 500);
    mh_stream_stop(stream);
    mh_traffic_drain(fixture.traffic);
    assert_all_arrived(stream, receiver);
    assert_true(got > 0 && got < mh_stream_status(stream).sent);
    assert_int_equal(mh_stream_account(stream, closed)->received, got);
}

static void a_listener_that_left_does_not_hold_it_up(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_stream_plan plan = plan_to(receiver);
    struct mh_membership membership = {
        .group = net_fixture_group(fixture.family), .interface_index = fixture.net.index[1]};
    struct mh_stream *stream = start(open_sender(), &plan);

    await_count(sent_of, stream, 500);
    assert_int_equal(mh_mcast_socket_leave(mh_endpoint_socket(receiver), &membership, NULL), 0);
    await_count(sent_of, stream, sent_of(stream) + 2000);
    mh_stream_stop(stream);
    mh_traffic_drain(fixture.traffic);
    assert_true(mh_stream_account(stream, receiver)->received < sent_of(stream));
}

/* The stream reads its sender while it goes as fast as possible, and the loop from then on. */
static void the_sender_still_hears_what_comes_to_it(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_endpoint *sender = open_sender();
    struct mh_stream_plan plan = plan_to(receiver);
    struct mh_addr back = net_fixture_address(0, fixture.family);
    struct mh_stream *stream = start(sender, &plan);

    await_count(sent_of, stream, 100);
    assert_true(mh_endpoint_send(receiver, &back, port_of(sender), "meanwhile", 9, NULL) >= 0);
    await_messages(sender, 1);
    assert_true(mh_stream_status(stream).running);
    mh_stream_stop(stream);
    assert_true(mh_endpoint_send(receiver, &back, port_of(sender), "later", 5, NULL) >= 0);
    await_messages(sender, 2);
    assert_all_arrived(stream, receiver);
}

static void streams_side_by_side_have_accounts_of_their_own(void **state)
{
    (void)state;
    enum { STREAMS = 20 };
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_endpoint *sender = open_sender();
    struct mh_stream_plan plan = plan_to(receiver);
    struct mh_stream *streams[STREAMS];

    plan.rate_upps = 5000 * pps;
    for (uint64_t i = 0; i < STREAMS; i++) {
        plan.count = 10 + i;
        streams[i] = start(sender, &plan);
    }
    for (int i = 0; i < STREAMS; i++)
        await_count(has_ended, streams[i], 1);
    mh_traffic_drain(fixture.traffic);
    for (uint64_t i = 0; i < STREAMS; i++)
        assert_int_equal(mh_stream_account(streams[i], receiver)->received, 10 + i);
}

static void departures_are_proved_by_samples(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_endpoint *sender = open_sender();
    struct mh_stream_plan plan = plan_to(receiver);

    plan.rate_upps = 1000 * pps;
    plan.count = 250;
    struct mh_stream *stream = run_stream(sender, &plan);
    /* One in each tenth of a second; late, it may pass one over. */
    assert_true(mh_stream_status(stream).sampled >= 2);
    assert_int_equal(mh_stream_status(stream).departed, mh_stream_status(stream).sampled);
    /* What is sent by hand is still told apart. */
    size_t number = send_text(sender, port_of(receiver), "by hand");
    assert_true(mh_endpoint_sent(sender, number)->departed_ns > 0);
}

static void a_departure_told_after_the_end_counts(void **state)
{
    (void)state;
    struct mh_stream_plan plan = plan_to(open_receiver(0));
    struct mh_stream *stream = start(open_sender(), &plan);

    mh_stream_stop(stream);
    mh_traffic_drain(fixture.traffic);
    assert_int_equal(mh_stream_status(stream).sampled, 1);
    assert_int_equal(mh_stream_status(stream).departed, 1);
}

/* To one that takes them whole and one that has them cut up, into the kernel's default buffer.
 */
static void offload_to_both_kinds(size_t size)
{
    struct mh_endpoint *split = open_receiver(0);
    struct mh_endpoint *whole = open_receiver(port_of(split));
    struct mh_stream_plan plan = plan_to(split);

    plan.size = size;
    plan.count = 5001;
    plan.offload = true;
    assert_int_equal(mh_mcast_socket_set_coalescing(mh_endpoint_socket(whole), true), 0);
    struct mh_stream *stream = run_stream(open_sender(), &plan);
    struct mh_stream_status status = mh_stream_status(stream);
    /* samples go alone, as may the last */
    assert_true(status.offloaded + status.sampled + 1 >= status.sent);
    assert_all_arrived(stream, split);
    assert_all_arrived(stream, whole);
}

static void offloaded_each_is_still_counted(void **state)
{
    (void)state;
    offload_to_both_kinds(1400);
    offload_to_both_kinds(MH_PROBE_LONG_SIZE_MIN);
}

static void offloaded_each_short_one_is_counted(void **state)
{
    (void)state;
    offload_to_both_kinds(MH_PROBE_LONG_SIZE_MIN - 1);
    offload_to_both_kinds(MH_PROBE_SIZE_MIN);
}

static void offloaded_each_is_counted_where_trains_are_fullest(void **state)
{
    (void)state;
    offload_to_both_kinds(85);  /* the largest of three buffers */
    offload_to_both_kinds(128); /* and of two */
}

static void offload_can_be_forbidden_while_it_runs(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_stream_plan plan = plan_to(receiver);

    plan.offload = true;
    struct mh_stream *stream = start(open_sender(), &plan);
    await_count(sent_of, stream, 500);
    mh_stream_forbid_offload(stream);
    uint64_t offloaded = mh_stream_status(stream).offloaded;
    await_count(sent_of, stream, sent_of(stream) + 500);
    mh_stream_stop(stream);
    mh_traffic_drain(fixture.traffic);
    assert_int_equal(mh_stream_status(stream).offloaded, offloaded);
    assert_all_arrived(stream, receiver);
}

/* ---- when it cannot be sent -----------------------------------------------------------------
 */

static void what_the_kernel_refuses_at_first_is_an_error(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_endpoint *sender = open_sender();
    struct mh_stream_plan plan = plan_to(receiver);
    struct mh_stream *stream = NULL;
    struct mh_error err;

    net_fixture_set_link(&fixture.net, 0, false);
    assert_true(mh_stream_start(sender, &plan, &stream, &err) < 0);
    assert_null(stream);
    assert_non_null(strstr(err.message, "100 bytes"));
    net_fixture_set_link(&fixture.net, 0, true);
}

static void refused_slots_are_counted_and_not_caught_up(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_endpoint *sender = open_sender();
    struct mh_stream_plan plan = plan_to(receiver);

    plan.size = 1000;
    plan.rate_upps = 20000 * pps;
    plan.count = 400;
    struct mh_stream *stream = start(sender, &plan);
    net_fixture_choke(&fixture.net, 0, true);
    await_count(has_ended, stream, 1);
    struct mh_stream_status status = mh_stream_status(stream);
    net_fixture_choke(&fixture.net, 0, false);
    assert_true(status.refused > 0);
    assert_int_equal(status.sent + status.refused, 400);
    assert_true(status.error == -ENOBUFS || status.error == -EAGAIN);
}

static void without_a_schedule_it_gives_up_in_the_end(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_endpoint *sender = open_sender();
    struct mh_stream_plan plan = plan_to(receiver);
    struct mh_stream *stream = start(sender, &plan);

    await_count(sent_of, stream, 100);
    net_fixture_set_link(&fixture.net, 0, false);
    await_count(has_ended, stream, 1);
    net_fixture_set_link(&fixture.net, 0, true);
    assert_true(mh_stream_status(stream).refused > 0);
    assert_true(mh_stream_status(stream).error < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TRAFFIC_TEST(as_fast_as_possible_loses_nothing),
        TRAFFIC_TEST(the_largest_and_the_smallest_arrive),
        TRAFFIC_TEST(a_rate_is_kept_and_nothing_is_early),
        TRAFFIC_TEST(a_duration_is_a_number_of_slots),
        TRAFFIC_TEST(it_ends_soon_after_its_time_when_it_cannot_keep_its_rate),
        TRAFFIC_TEST(what_was_due_when_it_is_stopped_is_late),
        TRAFFIC_TEST(what_is_all_sent_when_it_is_stopped_is_not),
        TRAFFIC_TEST(it_ends_with_its_first_packet_when_that_is_all),
        TRAFFIC_TEST(without_a_rate_a_duration_is_a_time),
        TRAFFIC_TEST(one_with_a_shape_keeps_its_schedule),
        TRAFFIC_TEST(one_with_a_shape_has_a_count),
        TRAFFIC_TEST(it_ends_when_it_is_stopped),
        TRAFFIC_TEST(closing_the_sender_ends_it),
        TRAFFIC_TEST(it_goes_on_when_a_receiver_is_closed),
        TRAFFIC_TEST(a_listener_that_left_does_not_hold_it_up),
        TRAFFIC_TEST(the_sender_still_hears_what_comes_to_it),
        TRAFFIC_TEST(streams_side_by_side_have_accounts_of_their_own),
        TRAFFIC_TEST(departures_are_proved_by_samples),
        TRAFFIC_TEST(a_departure_told_after_the_end_counts),
        TRAFFIC_TEST(offloaded_each_is_still_counted),
        TRAFFIC_TEST(offloaded_each_short_one_is_counted),
        TRAFFIC_TEST(offloaded_each_is_counted_where_trains_are_fullest),
        TRAFFIC_TEST(offload_can_be_forbidden_while_it_runs),
        TRAFFIC_TEST(what_the_kernel_refuses_at_first_is_an_error),
        TRAFFIC_TEST(refused_slots_are_counted_and_not_caught_up),
        TRAFFIC_TEST(without_a_schedule_it_gives_up_in_the_end),
    };
    return RUN_TRAFFIC_TESTS("traffic/stream", tests);
}
