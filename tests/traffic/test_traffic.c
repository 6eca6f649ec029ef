#include "fixture.h"

static void drain_brings_request_and_reply_without_the_loop(void **state)
{
    (void)state;
    struct mh_endpoint *sender = open_sender(); /* opened first: order must not matter */
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_endpoint *late = open_sender();

    assert_int_equal(mh_endpoint_set_reply(receiver, "ack", 3), 0);
    send_text(sender, port_of(receiver), "hello");
    send_text(late, port_of(receiver), "hello");
    /* Where the kernel is late (it may resolve addresses first), again. */
    for (int ms = 0; !(mh_endpoint_count(sender) && mh_endpoint_count(late)); ms++) {
        assert_in_range(ms, 0, DEADLINE_MS);
        mh_traffic_drain(fixture.traffic);
        poll(NULL, 0, 1);
    }
    assert_int_equal(mh_endpoint_count(receiver), 2);
    assert_int_equal(mh_endpoint_count(sender), 1);
    assert_int_equal(mh_endpoint_count(late), 1);
    int changes = fixture.changes;
    assert_in_range(changes, 1, 4);
    mh_traffic_drain(fixture.traffic);
    assert_int_equal(fixture.changes, changes); /* nothing new, nothing told */
}

/* More than a batch, from more than one turn's reads. */
static void drain_leaves_nothing_unread(void **state)
{
    (void)state;
    enum { BURST = 600 };
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_endpoint *sender = open_sender();

    mh_mcast_socket_set(mh_endpoint_socket(receiver), MH_RECEIVE_BUFFER, 4 << 20, NULL);
    send_burst(sender, receiver, BURST);
    mh_traffic_drain(fixture.traffic);
    assert_int_equal(mh_endpoint_count(receiver), BURST);
    assert_int_equal(fixture.changes, 1);
    assert_int_equal(mh_endpoint_drops(receiver), 0);
}

/* A reply is answered, and that again: it must end all the same. */
static void drain_ends_among_receivers_that_answer_each_other(void **state)
{
    (void)state;
    struct mh_endpoint *one = open_receiver(0);
    struct mh_endpoint *other = open_receiver(0);
    struct mh_addr to = net_fixture_address(1, fixture.family);

    assert_int_equal(mh_endpoint_set_reply(one, "ping", 4), 0);
    assert_int_equal(mh_endpoint_set_reply(other, "pong", 4), 0);
    assert_int_equal(mh_endpoint_send_aside(one, &to, port_of(other), "go", 2, NULL), 2);
    for (int ms = 0; mh_endpoint_count(other) < 2; ms++) {
        assert_in_range(ms, 0, DEADLINE_MS);
        mh_traffic_drain(fixture.traffic);
        poll(NULL, 0, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TRAFFIC_TEST(drain_brings_request_and_reply_without_the_loop),
        TRAFFIC_TEST(drain_leaves_nothing_unread),
        TRAFFIC_TEST(drain_ends_among_receivers_that_answer_each_other),
    };
    return RUN_TRAFFIC_TESTS("traffic/traffic", tests);
}
