#include "base/clock.h"
#include "net/frame_port.h"
#include "net_fixture.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

static struct net_fixture fixture;

static struct mh_frame_port *open_port(int host, bool hears)
{
    struct mh_frame_port *port;
    struct mh_error err;

    if (mh_frame_port_open(fixture.netns[host], fixture.index[host], hears, &port, &err) < 0)
        fail_msg("%s", err.message);
    return port;
}

enum { FRAME = 60 };

/* A frame of type `ethertype` with byte `at` set: what the filter of a port looks at. */
static const uint8_t *frame_with(
    uint16_t ethertype, size_t at, uint8_t value, uint8_t frame[static FRAME])
{
    memset(frame, 0, FRAME);
    frame[0] = 0x01, frame[2] = 0x5e, frame[6] = 0x02;
    frame[12] = (uint8_t)(ethertype >> 8), frame[13] = (uint8_t)ethertype;
    frame[at] = value;
    return frame;
}

static void send_frame(struct mh_frame_port *port, const uint8_t frame[static FRAME])
{
    struct mh_error err;

    if (mh_frame_port_send(port, frame, FRAME, &err) < 0)
        fail_msg("%s", err.message);
}

static void a_frame_sent_has_departed(void **state)
{
    struct mh_frame_port *port = open_port(0, false);
    uint64_t before = mh_clock_realtime_ns();
    uint8_t frame[FRAME];

    for (int number = 0; number < 20; number++) {
        assert_int_equal(
            mh_frame_port_send(port, frame_with(0x88b5, 20, 7, frame), FRAME, NULL), number);
        net_fixture_await(mh_frame_port_fd(port), POLLERR);
        assert_in_range(mh_frame_port_departed(port, number), before, mh_clock_realtime_ns());
    }
    assert_int_equal(mh_frame_port_departed(port, 20), 0);
    assert_int_equal(mh_frame_port_departed(port, -1), 0);
    mh_frame_port_free(port);
    (void)state;
}

/* The kernel counts a frame that its full queue refused, and none that was too short to get
 * there.
 */
static void refusals_do_not_confuse_departures(void **state)
{
    struct mh_frame_port *port = open_port(0, false);
    uint8_t frame[FRAME] = {0x01};
    int accepted = 0, r = 0;

    assert_int_equal(mh_frame_port_send(port, frame, 5, NULL), -EINVAL);
    net_fixture_choke(&fixture, 0, true);
    frame_with(0x88b5, 20, 7, frame);
    while (accepted < 1000 && (r = mh_frame_port_send(port, frame, FRAME, NULL)) == accepted)
        accepted++;
    assert_int_equal(r, -ENOBUFS);
    net_fixture_choke(&fixture, 0, false);

    for (int number = accepted; number < accepted + 3; number++) {
        assert_int_equal(mh_frame_port_send(port, frame, FRAME, NULL), number);
        assert_int_not_equal(mh_frame_port_departed(port, number), 0);
        assert_int_equal(mh_frame_port_departed(port, number + 1), 0);
    }
    mh_frame_port_free(port);
    (void)state;
}

static void what_is_too_long_or_on_a_dead_link_is_refused(void **state)
{
    struct mh_frame_port *port = open_port(0, false);
    uint8_t frame[3000] = {0x01};
    struct mh_error err;

    assert_int_equal(mh_frame_port_send(port, frame, sizeof(frame), &err), -EMSGSIZE);
    assert_non_null(strstr(err.message, "eth0"));
    assert_non_null(strstr(err.hint, "MTU"));
    net_fixture_set_link(&fixture, 0, false);
    assert_int_equal(mh_frame_port_send(port, frame, FRAME, &err), -ENETDOWN);
    net_fixture_set_link(&fixture, 0, true);
    assert_int_equal(mh_frame_port_send(port, frame, FRAME, &err), 0);
    mh_frame_port_free(port);
    (void)state;
}

/* The first byte of what a frame is told apart by. */
static uint8_t hear(struct mh_frame_port *port)
{
    uint8_t bytes[2048];
    uint64_t time_ns = 0;
    int length;

    do { /* the kernel's own reports, which have another source */
        net_fixture_await(mh_frame_port_fd(port), POLLIN);
        length = mh_frame_port_receive(port, bytes, sizeof(bytes), &time_ns, NULL);
        assert_true(length > 0);
    } while (bytes[7] != 0 || bytes[11] != 0);
    assert_int_not_equal(time_ns, 0);
    return bytes[59];
}

static void hears_igmp_and_mld_and_nothing_else(void **state)
{
    struct mh_frame_port *sender = open_port(0, false), *port = open_port(1, true);
    static const struct {
        uint16_t ethertype;
        uint8_t at, value, next, heard;
    } frames[] = {
        {0x0800, 23, IPPROTO_UDP, 0, 0},
        {0x0800, 23, IPPROTO_IGMP, 0, 1},
        {0x86dd, 20, IPPROTO_UDP, IPPROTO_ICMPV6, 0},
        {0x86dd, 20, IPPROTO_ICMPV6, 0, 2},
        {0x86dd, 20, IPPROTO_HOPOPTS, IPPROTO_UDP, 0},
        {0x86dd, 20, IPPROTO_HOPOPTS, IPPROTO_ICMPV6, 3},
        {0x88b5, 23, IPPROTO_IGMP, 0, 0},
        {0x0800, 23, IPPROTO_IGMP, 0, 4},
    };
    uint8_t frame[FRAME];

    send_frame(port, frame_with(0x0800, 23, IPPROTO_IGMP, frame)); /* its own */
    for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
        frame_with(frames[i].ethertype, frames[i].at, frames[i].value, frame);
        frame[54] = frames[i].next;
        frame[59] = frames[i].heard;
        send_frame(sender, frame);
    }
    for (uint8_t heard = 1; heard <= 4; heard++)
        assert_int_equal(hear(port), heard);
    mh_frame_port_free(port);
    mh_frame_port_free(sender);
    (void)state;
}

static void without_hearing_nothing_is_received(void **state)
{
    struct mh_frame_port *sender = open_port(0, false), *port = open_port(1, false);
    struct mh_frame_port *witness = open_port(1, true);
    uint8_t frame[FRAME];
    uint64_t time_ns;

    send_frame(sender, frame_with(0x0800, 23, IPPROTO_IGMP, frame));
    net_fixture_await(mh_frame_port_fd(witness), POLLIN);
    assert_int_equal(mh_frame_port_receive(port, frame, sizeof(frame), &time_ns, NULL), 0);
    mh_frame_port_free(witness);
    mh_frame_port_free(port);
    mh_frame_port_free(sender);
    (void)state;
}

static void an_interface_that_is_not_there_is_an_error(void **state)
{
    struct mh_frame_port *port = NULL;
    struct mh_error err;

    assert_int_equal(mh_frame_port_open(fixture.netns[0], 4711, true, &port, &err), -ENODEV);
    assert_null(port);
    assert_null(mh_frame_port_free(NULL));
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_sent_has_departed),
        cmocka_unit_test(refusals_do_not_confuse_departures),
        cmocka_unit_test(what_is_too_long_or_on_a_dead_link_is_refused),
        cmocka_unit_test(hears_igmp_and_mld_and_nothing_else),
        cmocka_unit_test(without_hearing_nothing_is_received),
        cmocka_unit_test(an_interface_that_is_not_there_is_an_error),
    };
    if (!net_fixture_init(&fixture))
        return TEST_SKIPPED;
    int failed = cmocka_run_group_tests_name("net/frame_port", tests, NULL, NULL);
    net_fixture_done(&fixture);
    return failed;
}
