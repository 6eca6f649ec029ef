#include "base/clock.h"
#include "fixture.h"

#include <errno.h>

static void logs_everything_about_a_message(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_endpoint *sender = open_sender();
    struct mh_addr group = net_fixture_group(fixture.family);
    struct mh_addr source = net_fixture_address(0, fixture.family);

    uint64_t before = mh_clock_realtime_ns();
    send_bytes(sender, port_of(receiver), "a\0b", 3);
    await_messages(receiver, 1);
    const struct mh_message *message = mh_endpoint_message(receiver, 0);
    assert_int_equal(message->length, 3);
    assert_memory_equal(message->data, "a\0b", 3);
    assert_true(mh_addr_equal(&message->from, &source));
    assert_int_equal(message->from_port, port_of(sender));
    assert_true(mh_addr_equal(&message->to, &group));
    assert_int_equal(message->interface_index, fixture.net.index[1]);
    assert_int_equal(message->ttl, 1);
    assert_false(message->truncated);
    assert_true(message->time_ns >= before && message->time_ns <= mh_clock_realtime_ns());
    assert_int_equal(message->reply_time_ns, 0);
}

static void largest_and_empty_datagrams_arrive_whole(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_endpoint *sender = open_sender();
    static uint8_t large[65507];
    large[0] = 1, large[sizeof(large) - 1] = 2;

    size_t first = send_bytes(sender, port_of(receiver), large, sizeof(large));
    size_t second = send_bytes(sender, port_of(receiver), NULL, 0);
    await_messages(receiver, 2);
    assert_int_equal(mh_endpoint_message(receiver, 0)->length, sizeof(large));
    assert_memory_equal(mh_endpoint_message(receiver, 0)->data, large, sizeof(large));
    assert_int_equal(mh_endpoint_message(receiver, 1)->length, 0);
    assert_int_equal(mh_endpoint_deliveries(sender, first, receiver, 0, NULL), 1);
    assert_int_equal(mh_endpoint_deliveries(sender, second, receiver, 0, NULL), 1);
    assert_true(mh_endpoint_sent(sender, first)->departed_ns > 0);
}

static void a_static_reply_comes_back(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_endpoint *sender = open_sender();
    struct mh_addr address = net_fixture_address(1, fixture.family);
    struct mh_addr other = net_fixture_address(0, fixture.family);

    assert_int_equal(mh_endpoint_set_reply(receiver, "ack", 3), 0);
    size_t number = send_text(sender, port_of(receiver), "hello");
    await_messages(sender, 1);
    const struct mh_message *reply = mh_endpoint_message(sender, 0);
    assert_memory_equal(reply->data, "ack", 3);
    assert_true(mh_addr_equal(&reply->from, &address));
    const struct mh_message *message = mh_endpoint_message(receiver, 0);
    assert_true(message->reply_time_ns >= message->time_ns);
    assert_true(message->reply_time_ns <= reply->time_ns);
    assert_int_equal(message->reply_error, 0);
    assert_int_equal(mh_endpoint_replies(sender, number, &address, 1, NULL), 1);
    assert_int_equal(mh_endpoint_replies(sender, number, &other, 1, NULL), 0);
}

static void an_empty_reply_is_a_reply_and_none_is_silence(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_endpoint *sender = open_sender();

    assert_int_equal(mh_endpoint_set_reply(receiver, "", 0), 0);
    send_text(sender, port_of(receiver), "hello");
    await_messages(sender, 1);
    assert_int_equal(mh_endpoint_message(sender, 0)->length, 0);
    assert_int_equal(mh_endpoint_set_reply(receiver, NULL, 0), 0);
    send_text(sender, port_of(receiver), "hello");
    await_messages(receiver, 2);
    assert_int_equal(mh_endpoint_message(receiver, 1)->reply_time_ns, 0);
}

static void a_reply_can_be_computed(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_endpoint *sender = open_sender();

    send_text(sender, port_of(receiver), "hello");
    await_messages(receiver, 1);
    assert_int_equal(mh_endpoint_reply(receiver, 0, "computed", 8, NULL), 0);
    assert_true(mh_endpoint_message(receiver, 0)->reply_time_ns > 0);
    await_messages(sender, 1);
    assert_memory_equal(mh_endpoint_message(sender, 0)->data, "computed", 8);
}

static void a_reply_that_cannot_be_sent_is_recorded(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_endpoint *sender = open_sender();
    static const uint8_t too_long[65536];
    struct mh_error err;

    assert_int_equal(mh_endpoint_set_reply(receiver, too_long, sizeof(too_long)), 0);
    send_text(sender, port_of(receiver), "hello");
    await_messages(receiver, 1);
    assert_int_equal(mh_endpoint_message(receiver, 0)->reply_error, -EMSGSIZE);
    assert_int_equal(mh_endpoint_message(receiver, 0)->reply_time_ns, 0);
    assert_int_equal(
        mh_endpoint_reply(receiver, 0, too_long, sizeof(too_long), &err), -EMSGSIZE);
}

static void a_send_is_logged_with_its_departure(void **state)
{
    (void)state;
    struct mh_endpoint *sender = open_sender();
    struct mh_addr group = net_fixture_group(fixture.family);

    for (size_t i = 0; i < 10; i++) {
        uint64_t before = mh_clock_realtime_ns();
        assert_int_equal(send_text(sender, 5000, "hello"), i);
        const struct mh_sent *sent = mh_endpoint_sent(sender, i);
        assert_true(sent->time_ns >= before);
        assert_true(sent->departed_ns >= sent->time_ns); /* on a veth at once */
        assert_true(sent->departed_ns <= mh_clock_realtime_ns());
        assert_true(mh_addr_equal(&sent->to, &group));
        assert_int_equal(sent->port, 5000);
        assert_int_equal(sent->length, 5);
        assert_int_equal(sent->error, 0);
    }
    assert_int_equal(mh_endpoint_sent_count(sender), 10);
}

static void sends_beside_the_log_do_not_confuse_departures(void **state)
{
    (void)state;
    struct mh_endpoint *sender = open_sender();
    struct mh_addr group = net_fixture_group(fixture.family);

    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(mh_endpoint_send_aside(sender, &group, 5000, "beside", 6, NULL), 6);
        send_text(sender, 5000, "logged");
        const struct mh_sent *sent = mh_endpoint_sent(sender, i);
        assert_true(sent->departed_ns >= sent->time_ns);
    }
}

static void failed_sends_do_not_confuse_departures(void **state)
{
    (void)state;
    struct mh_endpoint *sender = open_sender();
    struct mh_addr group = net_fixture_group(fixture.family);
    static const uint8_t too_long[65536];

    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(
            mh_endpoint_send(sender, &group, 5000, too_long, sizeof(too_long), NULL),
            -EMSGSIZE);
        assert_int_equal(mh_endpoint_sent_count(sender), i);
        send_text(sender, 5000, "logged");
        const struct mh_sent *sent = mh_endpoint_sent(sender, i);
        assert_true(sent->departed_ns >= sent->time_ns);
    }
}

/* Linux 6.13 and later, where the numbers are ours. */
static void what_left_is_no_proof_for_what_did_not(void **state)
{
    (void)state;
    struct mh_endpoint *sender = open_sender();
    struct mh_addr group = net_fixture_group(fixture.family);
    static const uint8_t too_long[65536];

    if (!mh_mcast_socket_numbers_departures(mh_endpoint_socket(sender)))
        skip();
    assert_int_equal(
        mh_endpoint_send(sender, &group, 5000, too_long, sizeof(too_long), NULL), -EMSGSIZE);
    net_fixture_set_link(&fixture.net, 1, false);
    send_text(sender, 5000, "dropped by its own device, which has no carrier");
    net_fixture_set_link(&fixture.net, 1, true);
    send_text(sender, 5000, "leaves");
    assert_int_equal(mh_endpoint_sent(sender, 0)->departed_ns, 0);
    assert_true(mh_endpoint_sent(sender, 1)->departed_ns > 0);
}

static void payloads_are_kept(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_endpoint *sender = open_sender();

    send_text(sender, port_of(receiver), "one");
    await_messages(receiver, 1);
    send_text(sender, port_of(receiver), "two");
    await_messages(receiver, 2);
    assert_memory_equal(mh_endpoint_message(receiver, 0)->data, "one", 3);
    assert_memory_equal(mh_endpoint_message(receiver, 1)->data, "two", 3);
}

/* Multicast with a TTL of 0 stays on its host, but only where the host is a member itself:
 * Linux looks at the TTL together with looping back (ip_mc_output(), ip6_finish_output2()). */
static void what_does_not_leave_has_no_departure(void **state)
{
    (void)state;
    struct mh_endpoint *sender = open_sender();
    struct mh_membership membership = {
        .group = net_fixture_group(fixture.family),
        .interface_index = fixture.net.index[0],
    };

    assert_int_equal(mh_mcast_socket_join(mh_endpoint_socket(sender), &membership, NULL), 0);
    assert_int_equal(
        mh_mcast_socket_set(mh_endpoint_socket(sender), MH_MULTICAST_TTL, 0, NULL), 0);
    size_t number = send_text(sender, 5000, "stays");
    assert_int_equal(mh_endpoint_sent(sender, number)->departed_ns, 0);
    mh_mcast_socket_set(mh_endpoint_socket(sender), MH_MULTICAST_TTL, 1, NULL);
    number = send_text(sender, 5000, "leaves");
    assert_true(mh_endpoint_sent(sender, number)->departed_ns > 0);
    assert_int_equal(mh_endpoint_sent(sender, 0)->departed_ns, 0);
}

static void deliveries_are_each_receivers_own(void **state)
{
    (void)state;
    struct mh_endpoint *one = open_receiver(0);
    struct mh_endpoint *other = open_receiver(port_of(one));
    struct mh_endpoint *elsewhere = open_receiver(0);
    struct mh_endpoint *sender = open_sender();

    size_t first = send_text(sender, port_of(one), "ping");
    size_t second = send_text(sender, port_of(one), "ping");
    await_messages(one, 2);
    await_messages(other, 2);
    size_t message = 99;
    assert_int_equal(mh_endpoint_deliveries(sender, first, one, 0, &message), 1);
    assert_int_equal(message, 0);
    assert_int_equal(mh_endpoint_deliveries(sender, second, other, 0, &message), 1);
    assert_int_equal(message, 1);
    assert_int_equal(mh_endpoint_deliveries(sender, first, other, 1, NULL), 0);
    assert_int_equal(mh_endpoint_deliveries(sender, second, other, 1, NULL), 1);
    assert_int_equal(mh_endpoint_deliveries(sender, first, elsewhere, 0, NULL), 0);
}

static void senders_are_told_apart(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_endpoint *one = open_sender();
    struct mh_endpoint *other = open_sender();
    struct mh_addr foreign = net_fixture_address(1, fixture.family);

    size_t first = send_text(one, port_of(receiver), "ping");
    size_t second = send_text(other, port_of(receiver), "ping");
    await_messages(receiver, 2);
    assert_int_equal(mh_endpoint_deliveries(one, first, receiver, 0, NULL), 1);
    assert_int_equal(mh_endpoint_deliveries(other, second, receiver, 0, NULL), 1);
    assert_int_equal(mh_endpoint_set_sources(one, &foreign, 1), 0);
    assert_int_equal(mh_endpoint_deliveries(one, first, receiver, 0, NULL), 0);
    assert_int_equal(mh_endpoint_set_sources(one, NULL, 0), 0);
    assert_int_equal(mh_endpoint_deliveries(one, first, receiver, 0, NULL), 1);
}

static int batches;

static void on_batch(void *context)
{
    batches++;
    assert_true(mh_endpoint_count(context) > 0); /* it was logged before it is told */
}

static void changes_are_told_once_per_batch(void **state)
{
    (void)state;
    enum { BURST = 20 };
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_endpoint *sender = open_sender();

    batches = 0;
    mh_endpoint_on_message(receiver, on_batch, receiver);
    send_burst(sender, receiver, BURST);
    await_messages(receiver, BURST);
    assert_int_equal(batches, 1);
    assert_int_equal(fixture.changes, 1);
    for (size_t i = 0; i < BURST; i++)
        assert_int_equal(mh_endpoint_deliveries(sender, i, receiver, 0, NULL), 1);
}

/* Returns how many were sent for it. The kernel begins to stamp what arrives some time after
 * the first socket asked for it (net_enable_timestamp()); until then the stamp is that of
 * reading. */
static size_t await_stamps(struct mh_endpoint *sender, struct mh_endpoint *receiver)
{
    for (size_t sent = 1; sent < 10000; sent++) {
        send_burst(sender, receiver, 1);
        uint64_t before_ns = mh_clock_realtime_ns();
        await_messages(receiver, sent);
        await_messages(sender, sent); /* replies */
        if (mh_endpoint_message(receiver, sent - 1)->time_ns < before_ns)
            return sent;
    }
    fail_msg("what arrives gets no time stamps");
    return 0;
}

/* It reads single datagrams, to answer each at once, until it sees that more wait. */
static void a_burst_is_answered_in_few_batches(void **state)
{
    (void)state;
    enum { BURST = 50, SINGLE_READS = 2 };
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_endpoint *sender = open_sender();

    mh_endpoint_on_message(receiver, on_batch, receiver);
    assert_int_equal(mh_endpoint_set_reply(receiver, "ack", 3), 0);
    size_t before = await_stamps(sender, receiver);
    batches = 0;
    send_burst(sender, receiver, BURST);
    await_messages(sender, before + BURST);
    assert_int_equal(batches, SINGLE_READS + 1);
    for (size_t i = 0; i < before + BURST; i++)
        assert_true(mh_endpoint_message(receiver, i)->reply_time_ns > 0);
}

static void a_stopped_endpoint_keeps_what_it_heard(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_endpoint *sender = open_sender();

    send_burst(sender, receiver, 1);
    size_t number = 0;
    mh_endpoint_stop(receiver);
    mh_endpoint_stop(receiver);
    mh_endpoint_stop(sender);
    assert_null(mh_endpoint_socket(receiver));
    assert_int_equal(mh_endpoint_count(receiver), 1);
    assert_int_equal(mh_endpoint_deliveries(sender, number, receiver, 0, NULL), 1);
    assert_true(mh_endpoint_sent(sender, number)->departed_ns > 0);
    assert_int_equal(mh_endpoint_drops(receiver), 0);
}

/* A port that nobody has is answered by ICMP, which must not end the sender's watch. */
static void an_asynchronous_error_is_the_sends(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_endpoint *sender = open_sender();
    struct mh_addr to = net_fixture_address(1, fixture.family);
    struct mh_endpoint *gone = open_receiver(0);
    uint16_t port = port_of(gone);
    mh_endpoint_stop(gone);

    assert_int_equal(mh_endpoint_send(sender, &to, port, "x", 1, NULL), 0);
    assert_int_equal(mh_endpoint_set_reply(receiver, "ack", 3), 0);
    size_t number = send_text(sender, port_of(receiver), "hello");
    await_messages(sender, 1);
    assert_int_equal(mh_endpoint_sent(sender, 0)->error, -ECONNREFUSED);
    assert_int_equal(mh_endpoint_sent(sender, number)->error, 0);
    assert_true(mh_endpoint_sent(sender, number)->departed_ns > 0);
}

static void a_paused_endpoint_reads_and_answers_nothing(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_endpoint *other = open_receiver(port_of(receiver));
    struct mh_endpoint *sender = open_sender();

    assert_int_equal(mh_endpoint_set_reply(receiver, "ack", 3), 0);
    assert_int_equal(mh_endpoint_pause(receiver, true), 0);
    send_text(sender, port_of(receiver), "hello");
    await_messages(other, 1);
    mh_traffic_drain(fixture.traffic);
    assert_int_equal(mh_endpoint_count(receiver), 0);
    assert_int_equal(mh_endpoint_count(sender), 0);

    assert_int_equal(mh_endpoint_pause(receiver, false), 0);
    await_messages(sender, 1);
    /* It came when it came, not when it was read. */
    assert_int_equal(mh_endpoint_count(receiver), 1);
    assert_true(mh_endpoint_message(receiver, 0)->time_ns <
                mh_endpoint_message(receiver, 0)->reply_time_ns);
}

static void on_rested(uv_timer_t *timer)
{
    uv_timer_stop(timer);
}

static void an_idle_tracked_sender_lets_the_loop_rest(void **state)
{
    (void)state;
    struct mh_endpoint *sender = open_sender();

    /* Its departure lies in the error queue, unasked for: the watch must take it once. */
    struct mh_addr group = net_fixture_group(fixture.family);
    assert_int_equal(mh_endpoint_send_aside(sender, &group, 5000, "x", 1, NULL), 1);
    int turns = 0;
    uv_timer_start(&fixture.deadline, on_rested, 20, 0);
    while (uv_is_active((uv_handle_t *)&fixture.deadline)) {
        uv_run(&fixture.loop, UV_RUN_ONCE);
        turns++;
    }
    assert_in_range(turns, 1, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TRAFFIC_TEST(logs_everything_about_a_message),
        TRAFFIC_TEST(largest_and_empty_datagrams_arrive_whole),
        TRAFFIC_TEST(a_static_reply_comes_back),
        TRAFFIC_TEST(an_empty_reply_is_a_reply_and_none_is_silence),
        TRAFFIC_TEST(a_reply_can_be_computed),
        TRAFFIC_TEST(a_reply_that_cannot_be_sent_is_recorded),
        TRAFFIC_TEST(a_send_is_logged_with_its_departure),
        TRAFFIC_TEST(sends_beside_the_log_do_not_confuse_departures),
        TRAFFIC_TEST(failed_sends_do_not_confuse_departures),
        TRAFFIC_TEST(what_left_is_no_proof_for_what_did_not),
        TRAFFIC_TEST(payloads_are_kept),
        TRAFFIC_TEST(what_does_not_leave_has_no_departure),
        TRAFFIC_TEST(deliveries_are_each_receivers_own),
        TRAFFIC_TEST(senders_are_told_apart),
        TRAFFIC_TEST(changes_are_told_once_per_batch),
        TRAFFIC_TEST(a_burst_is_answered_in_few_batches),
        TRAFFIC_TEST(a_stopped_endpoint_keeps_what_it_heard),
        TRAFFIC_TEST(a_paused_endpoint_reads_and_answers_nothing),
        TRAFFIC_TEST(an_asynchronous_error_is_the_sends),
        TRAFFIC_TEST(an_idle_tracked_sender_lets_the_loop_rest),
    };
    return RUN_TRAFFIC_TESTS("traffic/endpoint", tests);
}
