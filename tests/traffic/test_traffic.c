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
    mh_traffic_drain(fixture.traffic);
    assert_int_equal(mh_endpoint_count(receiver), 2);
    assert_int_equal(mh_endpoint_count(sender), 1);
    assert_int_equal(mh_endpoint_count(late), 1);
    assert_int_equal(fixture.changes, 1);
    mh_traffic_drain(fixture.traffic);
    assert_int_equal(fixture.changes, 1); /* nothing new, nothing told */
}

/* More than a batch, from more than one turn's reads. */
static void drain_leaves_nothing_unread(void **state)
{
    (void)state;
    enum { BURST = 600 };
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_endpoint *sender = open_sender();

    mh_mcast_socket_set(mh_endpoint_socket(receiver), MH_RECEIVE_BUFFER, 4 << 20, NULL);
    for (int i = 0; i < BURST; i++)
        send_bytes(sender, port_of(receiver), &i, sizeof(i));
    mh_traffic_drain(fixture.traffic);
    assert_int_equal(mh_endpoint_count(receiver) + mh_endpoint_drops(receiver), BURST);
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
    mh_traffic_drain(fixture.traffic);
    assert_true(mh_endpoint_count(other) > 1);
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
