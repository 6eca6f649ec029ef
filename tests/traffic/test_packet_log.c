#include "test.h"
#include "traffic/packet_log.h"

#include <string.h>

enum { SIZE = 100 };

static struct mh_captured_frame packet(const uint8_t *bytes)
{
    return (struct mh_captured_frame){.length = 1500, .captured = SIZE, .bytes = bytes};
}

static void copies_what_it_keeps(void **state)
{
    struct mh_packet_log log = {.room = 1 << 20};
    uint8_t bytes[SIZE] = {0};
    struct mh_captured_frame frame = packet(bytes);
    (void)state;

    for (int i = 0; i < 200; i++) {
        bytes[0] = (uint8_t)i;
        frame.time_ns = (uint64_t)i;
        assert_true(mh_packet_log_add(&log, &frame));
    }
    assert_int_equal(log.count, 200);
    for (int i = 0; i < 200; i++) {
        assert_int_equal(log.packets[i].bytes[0], i);
        assert_int_equal(log.packets[i].time_ns, i);
        assert_int_equal(log.packets[i].length, 1500);
    }
    mh_packet_log_clear(&log);
}

static void counts_what_does_not_fit_and_leaves_no_gap(void **state)
{
    enum { RECORD = sizeof(struct mh_captured_frame) };
    struct mh_packet_log log = {.room = 10 * (SIZE + RECORD) + RECORD};
    uint8_t bytes[SIZE] = {0};
    struct mh_captured_frame frame = packet(bytes);
    (void)state;

    for (int i = 0; i < 10; i++)
        assert_true(mh_packet_log_add(&log, &frame));
    assert_false(mh_packet_log_add(&log, &frame));
    frame.captured = 0;
    assert_false(mh_packet_log_add(&log, &frame)); /* smaller, but behind one that is missing */
    assert_int_equal(log.count, 10);
    assert_int_equal(log.unkept, 2);

    mh_packet_log_clear(&log);
    assert_int_equal(log.count, 0);
    assert_int_equal(log.unkept, 0);
    assert_true(mh_packet_log_add(&log, &frame));
    mh_packet_log_clear(&log);
}

static void no_room_is_no_packet(void **state)
{
    struct mh_packet_log log = {.room = 0};
    struct mh_captured_frame frame = packet((const uint8_t *)"x");
    (void)state;

    frame.captured = 1;
    assert_false(mh_packet_log_add(&log, &frame));
    assert_int_equal(log.unkept, 1);
    mh_packet_log_clear(&log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_what_it_keeps),
        cmocka_unit_test(counts_what_does_not_fit_and_leaves_no_gap),
        cmocka_unit_test(no_room_is_no_packet),
    };

    return cmocka_run_group_tests_name("traffic/packet_log", tests, NULL, NULL);
}
