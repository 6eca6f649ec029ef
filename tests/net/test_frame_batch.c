#include "base/clock.h"
#include "net/frame_batch.h"
#include "net/netns.h"
#include "net_fixture.h"
#include "wire/checksum.h"
#include "wire/ethernet.h"
#include "wire/frame.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct net_fixture fixture;

static struct mh_frame_batch *batch;

static struct mh_frame_socket *capture(int host, const char *expression)
{
    struct mh_frame_filter *filter = NULL;
    struct mh_frame_socket *socket;
    struct mh_error err;

    if (expression && mh_frame_filter_compile(expression, &filter, &err) < 0)
        fail_msg("%s", err.message);
    if (mh_frame_socket_open_capture(
            fixture.netns[host], fixture.index[host], filter, &socket, &err) < 0)
        fail_msg("%s", err.message);
    mh_frame_filter_free(filter);
    return socket;
}

static bool is_to_port(const struct mh_captured_frame *captured, uint16_t port)
{
    struct mh_frame frame;

    return mh_frame_parse(captured->bytes, captured->captured, &frame) == 0 &&
           frame.destination_port == port;
}

/* The next frame to that UDP port; others (membership reports) are passed over. */
static const struct mh_captured_frame *next_to_port(
    const struct mh_frame_socket *socket, uint16_t port)
{
    for (;;) {
        net_fixture_await(mh_frame_socket_fd(socket), POLLIN);
        int count = mh_frame_batch_receive(batch, socket);
        assert_true(count > 0);
        for (int i = 0; i < count; i++)
            if (is_to_port(mh_frame_batch_at(batch, i), port))
                return mh_frame_batch_at(batch, i);
    }
}

static void sees_both_ways_and_says_which(void **state)
{
    sa_family_t family = *(sa_family_t *)*state;
    struct mh_addr group = net_fixture_group(family);
    struct mh_mcast_socket *sender = net_fixture_bound(&fixture, 0, family);
    struct mh_frame_socket *there = capture(0, "udp");
    struct mh_frame_socket *here = capture(1, "udp");
    uint64_t before = mh_clock_realtime_ns();

    net_fixture_send(sender, &group, 5000, "hello");
    const struct mh_captured_frame *frame = next_to_port(there, 5000);
    uint64_t left_at = frame->time_ns;
    assert_true(frame->outgoing);
    assert_int_equal(frame->packet_type, PACKET_OUTGOING);
    frame = next_to_port(here, 5000);
    assert_false(frame->outgoing);
    assert_int_equal(frame->packet_type, PACKET_MULTICAST);
    assert_int_equal(frame->interface_index, fixture.index[1]);
    assert_int_equal(frame->length, frame->captured);
    assert_true(before <= left_at && left_at <= frame->time_ns);
    assert_true(frame->time_ns <= mh_clock_realtime_ns());
    mh_frame_socket_free(here);
    mh_frame_socket_free(there);
    mh_mcast_socket_free(sender);
}

/* veth leaves the sum to a device that never comes. */
static void the_checksum_is_that_of_the_wire(void **state)
{
    sa_family_t family = *(sa_family_t *)*state;
    struct mh_addr group = net_fixture_group(family);
    struct mh_mcast_socket *sender = net_fixture_bound(&fixture, 0, family);
    struct mh_frame_socket *socket = capture(1, "udp");
    struct mh_frame frame;

    net_fixture_send(sender, &group, 5000, "an odd length");
    const struct mh_captured_frame *captured = next_to_port(socket, 5000);
    assert_int_equal(mh_frame_parse(captured->bytes, captured->captured, &frame), 0);
    const uint8_t *udp = frame.payload - 8;
    struct mh_pseudo_header pseudo = {frame.source, frame.destination, IPPROTO_UDP};
    size_t length = frame.payload_length + 8;
    uint64_t sum = mh_checksum_pseudo(&pseudo, length);
    assert_int_equal(mh_checksum_fold(mh_checksum_add(sum, (struct mh_span){udp, length})), 0);
    mh_frame_socket_free(socket);
    mh_mcast_socket_free(sender);
}

static int raw_socket(int host)
{
    struct mh_error err;
    int fd = mh_netns_socket(fixture.netns[host], AF_PACKET, SOCK_RAW, 0, &err);
    struct sockaddr_ll link = {.sll_family = AF_PACKET,
        .sll_protocol = htons(ETH_P_ALL),
        .sll_ifindex = (int)fixture.index[host]};

    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&link, sizeof(link)), 0);
    return fd;
}

/* The kernel takes it off whoever comes: no driver, no VLAN device. */
static void the_tag_is_back_in_its_place(void **state)
{
    static const uint8_t tagged[60] = {0x01, 0x00, 0x5e, 1, 1, 1, 2, 0, 0, 0, 0, 9, //
        0x81, 0x00, 0xa0, 0x05, 0x88, 0xb5, 'x'};
    struct mh_frame_socket *socket = capture(1, NULL);
    struct mh_ethernet ethernet = {0};
    int fd = raw_socket(0);
    (void)state;

    assert_int_equal(send(fd, tagged, sizeof(tagged), 0), sizeof(tagged));
    while (ethernet.ethertype != 0x88b5) {
        net_fixture_await(mh_frame_socket_fd(socket), POLLIN);
        int count = mh_frame_batch_receive(batch, socket);
        for (int i = 0; i < count && ethernet.ethertype != 0x88b5; i++) {
            const struct mh_captured_frame *frame = mh_frame_batch_at(batch, i);
            struct mh_reader reader =
                mh_reader_of((struct mh_span){frame->bytes, frame->captured});
            assert_int_equal(mh_ethernet_parse(&reader, &ethernet), 0);
            if (ethernet.ethertype == 0x88b5) {
                assert_int_equal(frame->length, sizeof(tagged));
                assert_memory_equal(frame->bytes, tagged, sizeof(tagged));
            }
        }
    }
    assert_int_equal(ethernet.vlan_id, 5);
    close(fd);
    mh_frame_socket_free(socket);
}

static void nothing_gets_past_the_filter(void **state)
{
    struct mh_addr group = net_fixture_group(AF_INET);
    struct mh_mcast_socket *sender = net_fixture_bound(&fixture, 0, AF_INET);
    (void)state;

    for (int round = 0; round < 50; round++) {
        net_fixture_send(sender, &group, 5001, "before");
        struct mh_frame_socket *socket = capture(1, "udp port 5002");
        net_fixture_send(sender, &group, 5001, "other");
        net_fixture_send(sender, &group, 5002, "wanted");
        net_fixture_await(mh_frame_socket_fd(socket), POLLIN);
        assert_int_equal(mh_frame_batch_receive(batch, socket), 1);
        assert_true(is_to_port(mh_frame_batch_at(batch, 0), 5002));
        mh_frame_socket_free(socket);
    }
    mh_mcast_socket_free(sender);
}

static void tells_once_that_the_link_went_down(void **state)
{
    struct mh_frame_socket *socket = capture(1, "udp port 5003");
    (void)state;

    assert_int_equal(mh_frame_batch_receive(batch, socket), 0);
    net_fixture_set_link(&fixture, 1, false);
    assert_int_equal(mh_frame_batch_receive(batch, socket), -ENETDOWN);
    assert_int_equal(mh_frame_batch_receive(batch, socket), 0);
    net_fixture_set_link(&fixture, 1, true);
    struct mh_addr group = net_fixture_group(AF_INET);
    struct mh_mcast_socket *sender = net_fixture_bound(&fixture, 0, AF_INET);
    net_fixture_send(sender, &group, 5003, "again");
    assert_non_null(next_to_port(socket, 5003));
    mh_mcast_socket_free(sender);
    mh_frame_socket_free(socket);
}

int main(void)
{
    if (!net_fixture_init(&fixture))
        return TEST_SKIPPED;

    const struct CMUnitTest tests[] = {
        NET_FIXTURE_BOTH(sees_both_ways_and_says_which),
        NET_FIXTURE_BOTH(the_checksum_is_that_of_the_wire),
        cmocka_unit_test(the_tag_is_back_in_its_place),
        cmocka_unit_test(nothing_gets_past_the_filter),
        cmocka_unit_test(tells_once_that_the_link_went_down),
    };
    batch = mh_frame_batch_new();
    int failed = cmocka_run_group_tests_name("net/frame_batch", tests, NULL, NULL);
    mh_frame_batch_free(batch);
    net_fixture_done(&fixture);
    return failed;
}
