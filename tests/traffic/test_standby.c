/* What is read while the loop is busy, which is a loop that does not turn, and streams of a
 * worker are sent. */
#include "stream_fixture.h"

#include <errno.h>

/* More than three times what the buffer holds that the kernel gives, at a rate that fills it in
 * half a second: without somebody who reads it runs over. */
enum { MANY = 1000, RATE = 500 };

static struct mh_stream_plan worked_plan(struct mh_endpoint *receiver, uint64_t count)
{
    struct mh_stream_plan plan = plan_to(receiver);

    plan.lockstep = false;
    plan.rate_upps = RATE * pps;
    plan.count = count;
    return plan;
}

/* ---- waiting without a turn of the loop -----------------------------------------------------
 */

static void await_while_busy(bool (*is_so)(const void *of), const void *of)
{
    for (int waited = 0; !is_so(of); waited++) {
        if (waited == DEADLINE_MS)
            fail_msg("it did not come to pass within %d ms", DEADLINE_MS);
        poll(NULL, 0, 1);
    }
}

struct sent_at_least {
    const struct mh_stream *stream;
    uint64_t count;
};

static bool has_sent(const void *of)
{
    const struct sent_at_least *wanted = of;

    return mh_stream_status(wanted->stream).sent >= wanted->count;
}

static void await_sent_while_busy(const struct mh_stream *stream, uint64_t count)
{
    await_while_busy(has_sent, &(struct sent_at_least){stream, count});
}

/* The error queue is no part of it, but of queued_bytes(). */
static bool has_empty_socket(const void *of)
{
    struct mh_endpoint *endpoint = *(struct mh_endpoint *const *)of;
    int fd = mh_mcast_socket_fd(mh_endpoint_socket(endpoint));
    char first;

    return recv(fd, &first, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

/* The loop did not do it. */
static void await_stashed(struct mh_endpoint *endpoint)
{
    await_while_busy(has_empty_socket, &endpoint);
}

/* ---- and with turns -------------------------------------------------------------------------
 */

struct arrival {
    const struct mh_stream *stream;
    const struct mh_endpoint *receiver;
};

static size_t received_of(const void *of)
{
    const struct arrival *arrival = of;
    const struct mh_flow_account *account =
        mh_stream_account(arrival->stream, arrival->receiver);

    return account ? (size_t)account->received : 0;
}

static void await_all(const struct mh_stream *stream, struct mh_endpoint *receiver)
{
    await_count(received_of, &(struct arrival){stream, receiver}, sent_of(stream));
}

/* ---- what it is for -------------------------------------------------------------------------
 */

static void nothing_is_lost_while_the_loop_is_busy(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_stream_plan plan = worked_plan(receiver, MANY);
    struct mh_stream *stream = start(open_sender(), &plan);

    await_sent_while_busy(stream, MANY);
    assert_null(mh_stream_account(stream, receiver)); /* the loop knows of nothing yet */
    await_all(stream, receiver);
    assert_all_arrived(stream, receiver);
    assert_int_equal(mh_endpoint_drops(receiver), 0);
}

/* The datagrams that the thread has taken are told in the first turn, though the sockets have
 * nothing to tell. */
static void the_loop_hears_of_what_was_stashed(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_stream_plan plan = worked_plan(receiver, 20);
    struct mh_stream *stream = start(open_sender(), &plan);

    send_text(open_sender(), port_of(receiver), "hello");
    await_sent_while_busy(stream, 20);
    await_stashed(receiver);
    assert_int_equal(mh_endpoint_count(receiver), 0);
    await_messages(receiver, 1);
    assert_true(fixture.changes > 0);
    await_all(stream, receiver);
}

/* So does a claim that is judged by a busy scenario. */
static void a_drain_takes_in_what_was_stashed(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_stream_plan plan = worked_plan(receiver, 50);
    struct mh_stream *stream = start(open_sender(), &plan);

    await_sent_while_busy(stream, 50);
    await_stashed(receiver);
    mh_traffic_drain(fixture.traffic);
    assert_all_arrived(stream, receiver);
}

/* ---- order ----------------------------------------------------------------------------------
 */

static void send_number(struct mh_endpoint *sender, uint16_t port, unsigned number)
{
    send_bytes(sender, port, &number, sizeof(number));
}

static void assert_message(const struct mh_endpoint *receiver, unsigned number)
{
    const struct mh_message *message = mh_endpoint_message(receiver, number);
    struct mh_addr sender = net_fixture_address(0, fixture.family);
    struct mh_addr group = net_fixture_group(fixture.family);
    unsigned got;

    assert_int_equal(message->length, sizeof(got));
    memcpy(&got, message->data, sizeof(got));
    assert_int_equal(got, number);
    assert_true(mh_addr_equal(&message->from, &sender));
    assert_true(mh_addr_equal(&message->to, &group));
    assert_int_equal(message->interface_index, fixture.net.index[1]);
    assert_int_equal(message->ttl, 1);
    assert_false(message->truncated);
    if (number > 0)
        assert_true(message->time_ns >= mh_endpoint_message(receiver, number - 1)->time_ns);
}

/* Some are stashed, some wait in the socket, and some are read by the loop as they come. */
static void messages_and_probes_keep_their_order(void **state)
{
    (void)state;
    enum { ROUNDS = 12, EACH = 30 };
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_endpoint *other = open_sender();
    struct mh_stream_plan plan = worked_plan(receiver, 0);
    struct mh_stream *stream = start(open_sender(), &plan);
    unsigned number = 0;

    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < EACH; i++, number++)
            send_number(other, port_of(receiver), number);
        if (round % 3 < 2)
            await_stashed(receiver);
        if (round % 2 == 1)
            await_messages(receiver, number - EACH / 2);
    }
    mh_stream_stop(stream);
    await_messages(receiver, number);
    await_all(stream, receiver);
    for (unsigned i = 0; i < number; i++)
        assert_message(receiver, i);
    assert_int_equal(mh_endpoint_count(receiver), ROUNDS * EACH);
    const struct mh_flow_account *account = mh_stream_account(stream, receiver);
    assert_int_equal(account->received, sent_of(stream));
    assert_int_equal(account->duplicated + account->reordered + account->corrupted, 0);
    assert_int_equal(mh_endpoint_probes(receiver), sent_of(stream));
}

/* ---- pause ----------------------------------------------------------------------------------
 */

struct queued_at_least {
    struct mh_endpoint *endpoint;
    uint32_t bytes;
};

static bool has_queued(const void *of)
{
    const struct queued_at_least *wanted = of;

    return queued_bytes(wanted->endpoint) >= wanted->bytes;
}

/* Bytes, as the kernel counts: more than gathers from one look to the next, and less than the
 * buffer holds. Somebody would have read it. */
enum { GATHERED = 50000 };

static void a_paused_endpoint_is_not_read(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_endpoint *beside = open_receiver(port_of(receiver));
    struct mh_stream_plan plan = worked_plan(receiver, 0);
    struct mh_stream *stream = start(open_sender(), &plan);

    assert_int_equal(mh_endpoint_pause(receiver, true), 0);
    await_while_busy(has_queued, &(struct queued_at_least){receiver, GATHERED});
    await_stashed(beside);
    mh_stream_stop(stream);
    assert_int_equal(mh_endpoint_pause(receiver, false), 0);
    await_all(stream, receiver);
    await_all(stream, beside);
    assert_all_arrived(stream, receiver);
    assert_all_arrived(stream, beside);
}

static void what_was_stashed_waits_for_the_end_of_a_pause(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_stream_plan plan = worked_plan(receiver, 0);
    struct mh_stream *stream = start(open_sender(), &plan);

    await_sent_while_busy(stream, 20);
    await_stashed(receiver);
    assert_int_equal(mh_endpoint_pause(receiver, true), 0);
    mh_stream_stop(stream);
    mh_traffic_drain(fixture.traffic);
    uv_run(&fixture.loop, UV_RUN_NOWAIT);
    assert_null(mh_stream_account(stream, receiver));
    assert_int_equal(mh_endpoint_pause(receiver, false), 0);
    await_all(stream, receiver);
    assert_all_arrived(stream, receiver);
}

/* ---- the end --------------------------------------------------------------------------------
 */

static void one_that_stops_takes_in_what_was_stashed(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_stream_plan plan = worked_plan(receiver, 100);
    struct mh_stream *stream = start(open_sender(), &plan);

    await_sent_while_busy(stream, 100);
    await_stashed(receiver);
    mh_endpoint_stop(receiver);
    assert_null(mh_endpoint_socket(receiver));
    assert_int_equal(mh_stream_account(stream, receiver)->received, 100);
}

static struct mh_endpoint *take_last_endpoint(void)
{
    return fixture.endpoints[--fixture.endpoint_count];
}

/* While it is read, again and again; what the others have must stay theirs. */
static void endpoints_come_and_go_while_they_are_read(void **state)
{
    (void)state;
    enum { TIMES = 60 };
    struct mh_endpoint *stays = open_receiver(0);
    uint16_t port = port_of(stays);
    struct mh_stream_plan plan = worked_plan(stays, 0);
    struct mh_stream *stream = start(open_sender(), &plan);

    for (int i = 0; i < TIMES; i++) {
        struct mh_endpoint *first = open_receiver(port);
        struct mh_endpoint *second = open_receiver(port);
        await_sent_while_busy(stream, sent_of(stream) + (uint64_t)(i % 20));
        if (i % 4 == 0)
            await_stashed(second);
        if (i % 2 == 0)
            mh_endpoint_stop(first);
        assert_int_equal(mh_endpoint_pause(second, i % 3 == 0), 0);
        mh_endpoint_close(take_last_endpoint());
        mh_endpoint_close(take_last_endpoint());
    }
    mh_stream_stop(stream);
    await_all(stream, stays);
    assert_all_arrived(stream, stays);
}

/* The rest is close_traffic()'s: it fails if anything is left. */
static void what_is_stashed_may_be_left(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_stream_plan plan = worked_plan(receiver, 0);
    struct mh_stream *stream = start(open_sender(), &plan);

    await_sent_while_busy(stream, 20);
    await_stashed(receiver);
}

/* Its own, too: answers of a busy time wait for the loop. */
static void senders_are_read_as_well(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_endpoint *sender = open_sender();
    struct mh_stream_plan plan = worked_plan(receiver, 0);
    struct mh_stream *stream = start(sender, &plan);
    struct mh_addr to = net_fixture_address(0, fixture.family);
    struct mh_error err;

    for (int i = 0; i < 10; i++)
        assert_true(mh_endpoint_send(receiver, &to, port_of(sender), "ack", 3, &err) >= 0);
    await_stashed(sender);
    await_messages(sender, 10);
    mh_stream_stop(stream);
}

/* ---- when there is no room any more ---------------------------------------------------------
 */

/* What the stash holds is bounded; all else is the socket's, which counts what it drops. */
static void memory_is_bounded(void **state)
{
    (void)state;
    enum { SIZE = 60000, BOUND = 64 << 20, BUFFER = 8 << 20, COUNT = BOUND / SIZE * 3 / 2 };
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_stream_plan plan = worked_plan(receiver, COUNT);
    int buffer = 0;

    (void)mh_mcast_socket_set(
        mh_endpoint_socket(receiver), MH_RECEIVE_BUFFER, BUFFER / 2, NULL);
    (void)mh_mcast_socket_get(mh_endpoint_socket(receiver), MH_RECEIVE_BUFFER, &buffer, NULL);
    if (buffer < BUFFER)
        skip(); /* it takes more privilege than there is here */
    plan.size = SIZE;
    plan.rate_upps = 1500 * pps;
    struct mh_stream *stream = start(open_sender(), &plan);
    await_sent_while_busy(stream, COUNT);
    mh_stream_stop(stream);
    mh_traffic_drain(fixture.traffic);
    const struct mh_flow_account *account = mh_stream_account(stream, receiver);
    assert_in_range(account->received, BOUND / SIZE * 3 / 4, (BOUND + BUFFER) / SIZE);
    assert_true(mh_endpoint_drops(receiver) > 0);
    assert_true(account->received + mh_endpoint_drops(receiver) <= COUNT);
    assert_int_equal(account->duplicated + account->reordered + account->corrupted, 0);

    /* It has been read, and there is room again. */
    uint64_t before = mh_endpoint_drops(receiver);
    plan = worked_plan(receiver, 200);
    struct mh_stream *next = start(open_sender(), &plan);
    await_sent_while_busy(next, 200);
    await_stashed(receiver);
    await_all(next, receiver);
    assert_int_equal(mh_endpoint_drops(receiver), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TRAFFIC_TEST(nothing_is_lost_while_the_loop_is_busy),
        TRAFFIC_TEST(the_loop_hears_of_what_was_stashed),
        TRAFFIC_TEST(a_drain_takes_in_what_was_stashed),
        TRAFFIC_TEST(messages_and_probes_keep_their_order),
        TRAFFIC_TEST(a_paused_endpoint_is_not_read),
        TRAFFIC_TEST(what_was_stashed_waits_for_the_end_of_a_pause),
        TRAFFIC_TEST(one_that_stops_takes_in_what_was_stashed),
        TRAFFIC_TEST(endpoints_come_and_go_while_they_are_read),
        TRAFFIC_TEST(what_is_stashed_may_be_left),
        TRAFFIC_TEST(senders_are_read_as_well),
        TRAFFIC_TEST(memory_is_bounded),
    };
    return RUN_TRAFFIC_TESTS("standby", tests);
}
