#include "base/clock.h"
#include "fixture.h"
#include "traffic/capture.h"

#include <linux/if_packet.h>

static struct mh_capture *captures[4]; /* closed by the teardown */
static size_t capture_count;
static struct mh_frame_filter *filter; /* likewise: UDP to port 5000 */

static int close_captures(void **state)
{
    while (capture_count > 0)
        mh_capture_close(captures[--capture_count]);
    filter = mh_frame_filter_free(filter);
    return close_traffic(state);
}

static void compile(const char *expression)
{
    struct mh_error err;

    mh_frame_filter_free(filter);
    if (mh_frame_filter_compile(expression, &filter, &err) < 0)
        fail_msg("%s", err.message);
}

static struct mh_capture *new_capture(size_t room)
{
    struct mh_capture *capture = NULL;
    struct mh_error err;

    if (mh_capture_new(fixture.traffic, room, &capture, &err) < 0)
        fail_msg("%s", err.message);
    captures[capture_count++] = capture;
    return capture;
}

static void add_interface(struct mh_capture *capture, int host)
{
    struct mh_frame_socket *socket;
    struct mh_error err;
    unsigned index = fixture.net.index[host];

    if (mh_frame_socket_open_capture(fixture.net.netns[host], index, filter, &socket, &err) <
            0 ||
        mh_capture_add(capture, index, socket, &err) < 0)
        fail_msg("%s", err.message);
}

static struct mh_capture *open_capture(int host, size_t room)
{
    struct mh_capture *capture = new_capture(room);

    compile("udp dst port 5000");
    add_interface(capture, host);
    return capture;
}

static size_t packets_of(const void *capture)
{
    return mh_capture_count(capture);
}

static size_t changes_of(const void *nothing)
{
    (void)nothing;
    return (size_t)fixture.changes;
}

static void keeps_what_passes_the_filter(void **state)
{
    (void)state;
    struct mh_capture *capture = open_capture(1, 1 << 20);
    struct mh_endpoint *sender = open_sender();

    send_text(sender, 5001, "other");
    send_text(sender, 5000, "hello");
    await_count(packets_of, capture, 1);
    struct mh_captured_frame packet = mh_capture_packet(capture, 0);
    assert_memory_equal(packet.bytes + packet.captured - 5, "hello", 5);
    assert_int_equal(packet.interface_index, fixture.net.index[1]);
    await_count(changes_of, NULL, 1);
}

/* Many come between two turns of the loop; after a while without any it is told at once again.
 */
static void keeps_all_of_a_burst_and_what_comes_after_a_pause(void **state)
{
    enum { BURST = 100 };
    (void)state;
    struct mh_capture *capture = open_capture(1, 1 << 20);
    struct mh_endpoint *sender = open_sender();

    for (size_t round = 1; round <= 3; round++) {
        for (int i = 0; i < BURST; i++)
            send_text(sender, 5000, "hello");
        await_count(packets_of, capture, round * BURST);
        for (int i = 0; i < 10; i++) /* ticks, the last of which find nothing */
            uv_run(&fixture.loop, UV_RUN_NOWAIT);
    }
    assert_int_equal(mh_capture_losses(capture, 0).kernel_drops, 0);
}

static void reads_at_once_when_asked(void **state)
{
    (void)state;
    struct mh_capture *capture = open_capture(1, 1 << 20);
    struct mh_endpoint *sender = open_sender();

    send_text(sender, 5000, "hello");
    uint64_t deadline = mh_clock_monotonic_ns() + 5000000000U;
    while (mh_capture_count(capture) == 0 && mh_clock_monotonic_ns() < deadline)
        mh_capture_read(capture); /* the loop does not turn */
    assert_int_equal(mh_capture_count(capture), 1);
}

static void several_interfaces_make_one_capture(void **state)
{
    (void)state;
    struct mh_capture *capture = open_capture(0, 1 << 20);
    struct mh_endpoint *sender = open_sender();
    unsigned outgoing = 0;

    add_interface(capture, 1);
    send_text(sender, 5000, "hello");
    await_count(packets_of, capture, 2);
    for (size_t i = 0; i < 2; i++)
        outgoing += mh_capture_packet(capture, i).outgoing;
    assert_int_equal(outgoing, 1);
}

static void counts_what_it_has_no_room_for(void **state)
{
    (void)state;
    struct mh_capture *capture = open_capture(1, 300);
    struct mh_endpoint *sender = open_sender();

    for (int i = 0; i < 20; i++)
        send_text(sender, 5000, "hello");
    while (mh_capture_count(capture) + mh_capture_losses(capture, 0).unkept < 20)
        mh_capture_read(capture);
    assert_in_range(mh_capture_count(capture), 1, 5);

    mh_capture_clear(capture);
    assert_int_equal(mh_capture_losses(capture, 0).unkept, 0);
    send_text(sender, 5000, "hello");
    await_count(packets_of, capture, 1);
}

/* Before anybody could read, the buffer is full. */
static void counts_what_the_kernel_dropped(void **state)
{
    (void)state;
    struct mh_capture *capture = new_capture(1 << 20);
    struct mh_endpoint *sender = open_sender();
    unsigned index = fixture.net.index[1];
    struct mh_frame_socket *socket;
    int small = 4096;

    assert_int_equal(
        mh_frame_socket_open_capture(fixture.net.netns[1], index, NULL, &socket, NULL), 0);
    assert_int_equal(
        setsockopt(mh_frame_socket_fd(socket), SOL_SOCKET, SO_RCVBUF, &small, sizeof(small)),
        0);
    for (int i = 0; i < 600; i++)
        send_text(sender, 5000, "much");
    assert_int_equal(mh_capture_add(capture, index, socket, NULL), 0);
    uint64_t drops = mh_capture_losses(capture, 0).kernel_drops;
    assert_in_range(drops, 1, 600);
    assert_int_equal(mh_capture_losses(capture, index + 1).kernel_drops, 0);
    mh_capture_stop(capture);
    assert_true(mh_capture_losses(capture, index).kernel_drops >= drops);
}

static void counts_how_often_an_interface_went_down_and_goes_on(void **state)
{
    (void)state;
    struct mh_capture *capture = open_capture(1, 1 << 20);

    net_fixture_set_link(&fixture.net, 1, false);
    uv_run(&fixture.loop, UV_RUN_NOWAIT); /* the loop is told of it */
    net_fixture_set_link(&fixture.net, 1, true);
    mh_capture_read(capture);
    assert_int_equal(mh_capture_losses(capture, 0).downs, 1);
    struct mh_endpoint *sender = open_sender();
    send_text(sender, 5000, "hello");
    await_count(packets_of, capture, 1);
}

static void after_the_stop_it_has_what_it_had(void **state)
{
    (void)state;
    struct mh_capture *capture = open_capture(1, 1 << 20);
    struct mh_capture *witness = open_capture(1, 1 << 20);
    struct mh_endpoint *sender = open_sender();

    send_text(sender, 5000, "hello");
    await_count(packets_of, capture, 1);
    mh_capture_stop(capture);
    mh_capture_stop(capture);
    send_text(sender, 5000, "again");
    await_count(packets_of, witness, 2);
    assert_int_equal(mh_capture_read(capture), 0);
    assert_int_equal(mh_capture_count(capture), 1);
}

/* The kernel's filter does not see the tag: what asks for it is compared here. */
static void what_asks_for_a_tag_is_filtered_here(void **state)
{
    (void)state;
    struct mh_capture *capture = new_capture(1 << 20);
    struct mh_capture *witness = open_capture(1, 1 << 20);
    struct mh_endpoint *sender = open_sender();
    struct mh_frame_filter *tagged;

    assert_int_equal(mh_frame_filter_compile("vlan", &tagged, NULL), 0);
    mh_capture_set_filter(capture, tagged);
    add_interface(capture, 1);
    send_text(sender, 5000, "hello");
    await_count(packets_of, witness, 1);
    assert_int_equal(mh_capture_read(capture), 0);
    assert_int_equal(mh_capture_count(capture), 0);
    mh_frame_filter_free(tagged);
}

static void finds_the_next_that_matches(void **state)
{
    (void)state;
    struct mh_capture *capture = open_capture(1, 1 << 20);
    struct mh_endpoint *sender = open_sender();
    struct mh_frame_filter *small;

    assert_int_equal(mh_frame_filter_compile("less 100", &small, NULL), 0);
    static const uint8_t large[1000];
    send_bytes(sender, 5000, large, sizeof(large));
    send_text(sender, 5000, "small");
    send_bytes(sender, 5000, large, sizeof(large));
    await_count(packets_of, capture, 3);
    assert_int_equal(mh_capture_find(capture, small, 0), 1);
    assert_int_equal(mh_capture_find(capture, small, 1), 1);
    assert_true(mh_capture_find(capture, small, 2) == SIZE_MAX);
    assert_true(mh_capture_find(capture, small, 9) == SIZE_MAX);
    mh_frame_filter_free(small);
}

#define CAPTURE_TEST(test) TRAFFIC_TEST_WITH(test, close_captures)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CAPTURE_TEST(keeps_what_passes_the_filter),
        CAPTURE_TEST(keeps_all_of_a_burst_and_what_comes_after_a_pause),
        CAPTURE_TEST(reads_at_once_when_asked),
        CAPTURE_TEST(several_interfaces_make_one_capture),
        CAPTURE_TEST(counts_what_it_has_no_room_for),
        CAPTURE_TEST(counts_what_the_kernel_dropped),
        CAPTURE_TEST(counts_how_often_an_interface_went_down_and_goes_on),
        CAPTURE_TEST(after_the_stop_it_has_what_it_had),
        CAPTURE_TEST(what_asks_for_a_tag_is_filtered_here),
        CAPTURE_TEST(finds_the_next_that_matches),
    };
    return RUN_TRAFFIC_TESTS("traffic/capture", tests);
}
