/* Frames of a type of our own, from host 0 to host 1. */
#include "net/frame_outlet.h"
#include "net/frame_ring.h"
#include "net_fixture.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

enum { SIZE = 64, NUMBER_AT = 20, RING_FRAMES = 4096 };

static const uint8_t plain[NUMBER_AT] = {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0xb5};
/* VLAN 5, priority 3 (IEEE 802.1Q) */
static const uint8_t tagged[NUMBER_AT] = {
    2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x81, 0x00, 0x60, 0x05, 0x88, 0xb5};

static struct net_fixture fixture;
static struct mh_frame_ring *ring;
static int outlet;

static int open_both(void **state)
{
    struct mh_error err = {0};

    (void)state;
    outlet = mh_frame_outlet_open(fixture.netns[0], fixture.index[0], 0, &err);
    if (outlet < 0 ||
        mh_frame_ring_open(fixture.netns[1], fixture.index[1], 1518, &ring, &err) < 0)
        fail_msg("%s", err.message);
    return 0;
}

static int close_both(void **state)
{
    (void)state;
    ring = mh_frame_ring_free(ring);
    close(outlet);
    return 0;
}

static void send_frames(const uint8_t head[static NUMBER_AT], unsigned first, unsigned count)
{
    uint8_t frames[MH_FRAME_BATCH][SIZE] = {0};
    struct iovec batch[MH_FRAME_BATCH];

    for (unsigned i = 0; i < count; i++) {
        unsigned number = first + i;

        memcpy(frames[i], head, NUMBER_AT);
        memcpy(frames[i] + NUMBER_AT, &number, sizeof(number));
        batch[i] = (struct iovec){frames[i], SIZE};
    }
    assert_int_equal(mh_frame_outlet_send(outlet, batch, count), count);
}

static bool is_ours(const struct mh_ring_frame *frame)
{
    return frame->length == SIZE && memcmp(frame->bytes, plain, 12) == 0;
}

/* The next of ours; the hosts send frames of their own. */
static struct mh_ring_frame next_frame(void)
{
    struct mh_ring_frame frame;

    for (;;) {
        while (!mh_frame_ring_next(ring, &frame))
            net_fixture_await(mh_frame_ring_fd(ring), POLLIN);
        if (is_ours(&frame))
            return frame;
    }
}

static unsigned number_of(const struct mh_ring_frame *frame)
{
    unsigned number;

    memcpy(&number, frame->bytes + NUMBER_AT, sizeof(number));
    return number;
}

static void frames_come_whole_and_in_order(void **state)
{
    (void)state;
    send_frames(plain, 0, MH_FRAME_BATCH);
    for (unsigned i = 0; i < MH_FRAME_BATCH; i++) {
        struct mh_ring_frame frame = next_frame();

        assert_memory_equal(frame.bytes, plain, NUMBER_AT);
        assert_int_equal(number_of(&frame), i);
        assert_true(frame.time_ns > 0);
    }
}

static void a_vlan_tag_is_where_it_was(void **state)
{
    (void)state;
    send_frames(tagged, 7, 1);
    struct mh_ring_frame frame = next_frame();
    assert_memory_equal(frame.bytes, tagged, NUMBER_AT);
    assert_int_equal(number_of(&frame), 7);
}

static void slots_are_used_again_and_again(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 3 * RING_FRAMES; i += MH_FRAME_BATCH) {
        send_frames(plain, i, MH_FRAME_BATCH);
        for (unsigned n = 0; n < MH_FRAME_BATCH; n++) {
            struct mh_ring_frame frame = next_frame();
            assert_int_equal(number_of(&frame), i + n);
        }
        mh_frame_ring_release(ring);
    }
    assert_int_equal(mh_frame_ring_drops(ring), 0);
}

static void what_a_full_ring_loses_is_counted(void **state)
{
    struct mh_ring_frame frame;
    unsigned seen = 0;

    (void)state;
    for (unsigned i = 0; i < RING_FRAMES + 2 * MH_FRAME_BATCH; i += MH_FRAME_BATCH)
        send_frames(plain, i, MH_FRAME_BATCH);
    while (seen < RING_FRAMES - MH_FRAME_BATCH) {
        frame = next_frame();
        assert_int_equal(number_of(&frame), seen++);
    }
    assert_true(mh_frame_ring_drops(ring) >= 2 * MH_FRAME_BATCH);
    mh_frame_ring_release(ring);
    while (mh_frame_ring_next(ring, &frame))
        mh_frame_ring_release(ring);
    send_frames(plain, 1000000, 1); /* and it goes on */
    frame = next_frame();
    assert_int_equal(number_of(&frame), 1000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(frames_come_whole_and_in_order, open_both, close_both),
        cmocka_unit_test_setup_teardown(a_vlan_tag_is_where_it_was, open_both, close_both),
        cmocka_unit_test_setup_teardown(slots_are_used_again_and_again, open_both, close_both),
        cmocka_unit_test_setup_teardown(
            what_a_full_ring_loses_is_counted, open_both, close_both),
    };

    if (!net_fixture_init(&fixture))
        return TEST_SKIPPED;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    net_fixture_done(&fixture);
    return failed;
}
