#include "base/clock.h"
#include "fixture.h"
#include "traffic/observer.h"
#include "traffic/stream.h"

#include <errno.h>

static struct mh_observer *observers[4]; /* closed by the teardown */
static size_t observer_count;

static int close_observers(void **state)
{
    while (observer_count > 0)
        mh_observer_close(observers[--observer_count]);
    return close_traffic(state);
}

static struct mh_observer *open_observer(int host, const struct mh_addr *group)
{
    struct mh_frame_socket *socket;
    struct mh_observer *observer = NULL;
    struct mh_error err;

    if (mh_frame_socket_open(fixture.net.netns[host], fixture.net.index[host], &socket, &err) <
            0 ||
        mh_observer_open(fixture.traffic, socket, group, true, &observer, &err) < 0)
        fail_msg("%s", err.message);
    observers[observer_count++] = observer;
    return observer;
}

static size_t frames_of(const void *observer)
{
    return mh_observer_count(observer);
}

static void sees_what_arrives_without_joining(void **state)
{
    (void)state;
    struct mh_addr group = net_fixture_group(fixture.family);
    struct mh_addr source = net_fixture_address(0, fixture.family);
    struct mh_observer *observer = open_observer(1, &group);
    struct mh_endpoint *sender = open_sender();

    uint64_t before = mh_clock_realtime_ns();
    send_text(sender, 5000, "hello");
    await_count(frames_of, observer, 1);
    const struct mh_observed *frame = mh_observer_frame(observer, 0);
    assert_true(frame->time_ns >= before && frame->time_ns <= mh_clock_realtime_ns());
    assert_true(mh_addr_equal(&frame->source, &source));
    assert_true(mh_addr_equal(&frame->group, &group));
    assert_int_equal(frame->protocol, IPPROTO_UDP);
    assert_int_equal(frame->ttl, 1);
    assert_int_equal(frame->source_port, port_of(sender));
    assert_int_equal(frame->port, 5000);
    assert_int_equal(frame->length, 5);
    assert_memory_equal(frame->data, "hello", 5);
    assert_int_equal(mh_observer_downs(observer), 0);
    assert_true(fixture.changes > 0);
    assert_int_equal(mh_observer_drops(observer), 0);
}

static void other_groups_and_own_frames_are_left_out(void **state)
{
    (void)state;
    struct mh_addr group = net_fixture_group(fixture.family);
    struct mh_addr other =
        net_fixture_addr(fixture.family == AF_INET6 ? "ff15::9:9" : "239.9.9.9");
    struct mh_addr unicast = net_fixture_address(1, fixture.family);
    struct mh_observer *wanted = open_observer(1, &group);
    struct mh_observer *own = open_observer(0, &group);
    struct mh_endpoint *sender = open_sender();

    assert_true(mh_endpoint_send(sender, &other, 5000, "x", 1, NULL) >= 0);
    assert_true(mh_endpoint_send(sender, &unicast, 5000, "x", 1, NULL) >= 0);
    send_text(sender, 5000, "hello");
    await_count(frames_of, wanted, 1);
    mh_traffic_drain(fixture.traffic);
    assert_int_equal(mh_observer_count(wanted), 1);
    assert_int_equal(mh_observer_frame(wanted, 0)->length, 5);
    assert_int_equal(mh_observer_count(own), 0);
}

static void a_fragmented_datagram_counts_once(void **state)
{
    (void)state;
    struct mh_addr group = net_fixture_group(fixture.family);
    struct mh_observer *observer = open_observer(1, &group);
    struct mh_endpoint *sender = open_sender();
    static const uint8_t large[8000];

    send_bytes(sender, 5000, large, sizeof(large));
    send_text(sender, 5001, "the end");
    await_count(frames_of, observer, 2);
    mh_traffic_drain(fixture.traffic);
    assert_int_equal(mh_observer_count(observer), 2);
    assert_int_equal(mh_observer_frame(observer, 0)->port, 5000);
    assert_int_equal(mh_observer_frame(observer, 0)->length, sizeof(large));
    assert_null(mh_observer_frame(observer, 0)->data);
    assert_int_equal(mh_observer_frame(observer, 1)->port, 5001);
}

static void every_group_is_seen_when_none_is_given(void **state)
{
    (void)state;
    struct mh_addr none = {.family = AF_UNSPEC};
    struct mh_addr group = net_fixture_group(fixture.family);
    struct mh_observer *observer = open_observer(1, &none);
    struct mh_endpoint *sender = open_sender();

    send_text(sender, 5000, "hello");
    bool found = false;
    for (size_t i = 0; !found; i++) { /* reports of other groups may come before it */
        await_count(frames_of, observer, i + 1);
        found = mh_addr_equal(&mh_observer_frame(observer, i)->group, &group);
    }
}

static void goes_on_after_the_link_was_down(void **state)
{
    (void)state;
    struct mh_addr group = net_fixture_group(fixture.family);
    struct mh_observer *observer = open_observer(1, &group);

    net_fixture_set_link(&fixture.net, 1, false);
    uv_run(&fixture.loop, UV_RUN_NOWAIT); /* the loop is told of it */
    net_fixture_set_link(&fixture.net, 1, true);
    struct mh_endpoint *sender = open_sender();
    send_text(sender, 5000, "hello");
    await_count(frames_of, observer, 1);
    assert_int_equal(mh_observer_downs(observer), 1);
}

/* More than a batch, so that the reading goes on. */
static void who_reads_it_is_not_woken(void **state)
{
    enum { FRAMES = 100 };
    (void)state;
    struct mh_addr group = net_fixture_group(fixture.family);
    struct mh_observer *left = open_observer(1, &group);
    struct mh_observer *watched = open_observer(1, &group);
    struct mh_endpoint *sender = open_sender();

    mh_observer_leave_to_reader(left);
    for (int i = 0; i < FRAMES; i++)
        send_text(sender, 5000, "hello");
    await_count(frames_of, watched, FRAMES);
    assert_int_equal(mh_observer_count(left), 0);
    mh_observer_read(left);
    assert_int_equal(mh_observer_count(left), FRAMES);
    send_text(sender, 5000, "hello");
    await_count(frames_of, watched, FRAMES + 1);
    mh_traffic_drain(fixture.traffic);
    assert_int_equal(mh_observer_count(left), FRAMES + 1);
}

static const struct mh_stream *start_stream(
    struct mh_endpoint *sender, size_t size, uint64_t count)
{
    const struct mh_stream_plan plan = {.to = net_fixture_group(fixture.family),
        .port = 5000,
        .size = size,
        .rate_upps = UINT64_C(1000000) * 1000,
        .count = count};
    struct mh_stream *stream = NULL;
    struct mh_error err;

    if (mh_stream_start(sender, &plan, &stream, &err) < 0)
        fail_msg("%s", err.message);
    return stream;
}

static void tells_when_the_last_of_a_stream_came(void **state)
{
    (void)state;
    struct mh_addr group = net_fixture_group(fixture.family);
    struct mh_observer *observer = open_observer(1, &group);
    struct mh_endpoint *sender = open_sender();

    uint32_t one = mh_stream_number(start_stream(sender, 100, 3));
    await_count(frames_of, observer, 3);
    uint32_t other = mh_stream_number(start_stream(sender, MH_PROBE_SIZE_MIN, 2));
    send_text(sender, 5000, "no probe, if as long as one");
    await_count(frames_of, observer, 6);
    uint64_t second_ns = mh_observer_frame(observer, 1)->time_ns;
    uint64_t third_ns = mh_observer_frame(observer, 2)->time_ns;
    assert_true(mh_observer_tally(observer, 0, one, 0).last_ns == third_ns);
    assert_int_equal(mh_observer_tally(observer, 0, one, 0).since, 3);
    assert_int_equal(mh_observer_tally(observer, 1, one, 0).since, 2);
    assert_int_equal(
        mh_observer_tally(observer, 0, one, second_ns).since, third_ns > second_ns);
    assert_true(mh_observer_tally(observer, 3, one, 0).last_ns == 0);
    assert_true(mh_observer_tally(observer, 6, other, 0).last_ns == 0);
    assert_int_equal(mh_observer_tally(observer, 0, other, third_ns).since, 2);
}

static uint64_t span_of(const struct mh_observer *observer, uint32_t stream)
{
    struct mh_loss_runs runs;

    assert_int_equal(mh_observer_loss_runs(observer, stream, &runs), 0);
    assert_int_equal(runs.lost, 0);
    assert_int_equal(runs.longest, 0);
    return runs.span;
}

static void tells_what_is_missing_of_a_stream(void **state)
{
    (void)state;
    struct mh_addr group = net_fixture_group(fixture.family);
    struct mh_observer *observer = open_observer(1, &group);
    struct mh_endpoint *sender = open_sender();

    uint32_t one = mh_stream_number(start_stream(sender, MH_PROBE_LONG_SIZE_MIN - 1, 5));
    uint32_t other = mh_stream_number(start_stream(sender, MH_PROBE_LONG_SIZE_MIN, 2));
    await_count(frames_of, observer, 7);
    assert_int_equal(span_of(observer, one), 5);
    assert_int_equal(span_of(observer, other), 2);
    assert_int_equal(span_of(observer, one + other + 1), 0);
}

#define OBSERVER_TEST(test) TRAFFIC_TEST_WITH(test, close_observers)

int main(void)
{
    const struct CMUnitTest tests[] = {
        OBSERVER_TEST(sees_what_arrives_without_joining),
        OBSERVER_TEST(other_groups_and_own_frames_are_left_out),
        OBSERVER_TEST(a_fragmented_datagram_counts_once),
        OBSERVER_TEST(every_group_is_seen_when_none_is_given),
        OBSERVER_TEST(goes_on_after_the_link_was_down),
        OBSERVER_TEST(who_reads_it_is_not_woken),
        OBSERVER_TEST(tells_when_the_last_of_a_stream_came),
        OBSERVER_TEST(tells_what_is_missing_of_a_stream),
    };
    return RUN_TRAFFIC_TESTS("traffic/observer", tests);
}
