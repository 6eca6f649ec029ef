/* What receivers take for a probe of a stream, and for one that is not as it was sent. */
#include "stream_fixture.h"

#include <endian.h>

enum { LARGEST = 1400 };

/* A stream of which a single probe is sent, and the bytes of that. */
struct caught {
    struct mh_endpoint *receiver, *sender;
    struct mh_stream *stream;
    uint8_t bytes[LARGEST];
    size_t length;
};

static struct mh_mcast_socket *open_tap(uint16_t port)
{
    struct mh_mcast_socket *tap = net_fixture_socket(&fixture.net, 1, fixture.family);
    struct mh_addr any = {.family = AF_UNSPEC};
    struct mh_membership membership = {
        .group = net_fixture_group(fixture.family), .interface_index = fixture.net.index[1]};

    assert_int_equal(mh_mcast_socket_set(tap, MH_REUSE_ADDR, 1, NULL), 0);
    assert_int_equal(mh_mcast_socket_bind(tap, &any, port, NULL), 0);
    assert_int_equal(mh_mcast_socket_join(tap, &membership, NULL), 0);
    return tap;
}

static size_t probes_of(const void *endpoint)
{
    return (size_t)mh_endpoint_probes(endpoint);
}

static void catch_probe_of(struct caught *caught, const struct mh_stream_plan *plan)
{
    struct mh_mcast_socket *tap = open_tap(plan->port);
    struct mh_datagram_batch *batch = mh_datagram_batch_new(1, 2048);
    size_t before = probes_of(caught->receiver);

    caught->stream = start(caught->sender, plan);
    const struct mh_datagram *datagram = net_fixture_receive(tap, batch);
    assert_int_equal(datagram->length, plan->size);
    caught->length = datagram->length;
    memcpy(caught->bytes, datagram->payload, datagram->length);
    mh_datagram_batch_free(batch);
    mh_mcast_socket_free(tap);
    await_count(probes_of, caught->receiver, before + 1);
}

static struct caught open_both(void)
{
    struct caught caught = {.receiver = open_receiver(0)};

    caught.sender = open_sender();
    return caught;
}

/* Of a stream that has ended. */
static void catch_probe(struct caught *caught, size_t size)
{
    struct mh_stream_plan plan = plan_to(caught->receiver);

    plan.size = size;
    plan.count = 1;
    catch_probe_of(caught, &plan);
    await_count(has_ended, caught->stream, 1);
}

static void send_caught(const struct caught *caught, size_t length)
{
    send_bytes(caught->sender, port_of(caught->receiver), caught->bytes, length);
}

static void assert_counts(
    const struct caught *caught, uint64_t duplicated, uint64_t corrupted, size_t messages)
{
    const struct mh_flow_account *account = mh_stream_account(caught->stream, caught->receiver);

    assert_int_equal(account->received, 1);
    assert_int_equal(account->duplicated, duplicated);
    assert_int_equal(account->corrupted, corrupted);
    assert_int_equal(mh_endpoint_count(caught->receiver), messages);
}

static void tell_copies_from_corrupted_ones(size_t size)
{
    struct caught caught = open_both();

    catch_probe(&caught, size);
    send_caught(&caught, size);
    caught.bytes[size - 1] ^= 1;
    send_caught(&caught, size);
    await_count(probes_of, caught.receiver, 3);
    assert_counts(&caught, 1, 1, 0);
}

static void copies_and_corrupted_ones_are_told_apart(void **state)
{
    (void)state;
    tell_copies_from_corrupted_ones(100);
    tell_copies_from_corrupted_ones(MH_PROBE_LONG_SIZE_MIN - 1);
    tell_copies_from_corrupted_ones(MH_PROBE_SIZE_MIN);
}

/* While what was sent last is still known, byte for byte. Behind its first bytes, which say
 * whose it is, each `step`th is flipped once. */
static void flip_while_it_runs(size_t size, size_t first, size_t step)
{
    struct caught caught = open_both();
    struct mh_stream_plan plan = plan_to(caught.receiver);
    size_t flipped = 0;

    plan.size = size;
    plan.rate_upps = pps / 1000;
    catch_probe_of(&caught, &plan);
    send_caught(&caught, size);
    for (size_t at = first; at < size; at += step, flipped++) {
        caught.bytes[at] ^= 1;
        send_caught(&caught, size);
        caught.bytes[at] ^= 1;
        await_count(probes_of, caught.receiver, 3 + flipped);
    }
    assert_true(mh_stream_status(caught.stream).running);
    assert_counts(&caught, 1, flipped, 0);
}

static void while_it_runs_copies_are_told_from_corrupted_ones(void **state)
{
    (void)state;
    flip_while_it_runs(100, 12, 1);
    flip_while_it_runs(1400, 12, 23);
    flip_while_it_runs(MH_PROBE_LONG_SIZE_MIN - 1, 4, 1);
    flip_while_it_runs(MH_PROBE_SIZE_MIN, 4, 1);
}

static void probes_of_another_run_are_messages(void **state)
{
    (void)state;
    struct caught caught = open_both();

    catch_probe(&caught, 100);
    caught.bytes[4] ^= 1; /* the run */
    send_caught(&caught, 100);
    await_messages(caught.receiver, 1);
    assert_int_equal(mh_endpoint_probes(caught.receiver), 1);
    assert_counts(&caught, 0, 0, 1);
}

/* ---- short ones -----------------------------------------------------------------------------
 */

/* What it says of run and flow, and of nothing else, is that of another flow. */
static void name_flow(struct caught *caught, uint32_t further)
{
    uint32_t whose;

    memcpy(&whose, caught->bytes, sizeof(whose));
    whose = htobe32(be32toh(whose) + further);
    memcpy(caught->bytes, &whose, sizeof(whose));
}

static void short_ones_of_no_flow_are_messages(void **state)
{
    (void)state;
    struct caught caught = open_both();

    catch_probe(&caught, MH_PROBE_SIZE_MIN);
    name_flow(&caught, 1);
    send_caught(&caught, MH_PROBE_SIZE_MIN);
    name_flow(&caught, UINT32_MAX - 1);
    send_caught(&caught, MH_PROBE_SIZE_MIN);
    name_flow(&caught, 1000000);
    send_caught(&caught, MH_PROBE_SIZE_MIN);
    await_messages(caught.receiver, 3);
    assert_int_equal(mh_endpoint_probes(caught.receiver), 1);
    assert_counts(&caught, 0, 0, 3);
}

/* Its probes are long: what is as long as a short one is none of them, whatever it says. */
static void short_ones_of_a_long_flow_are_messages(void **state)
{
    (void)state;
    struct caught caught = open_both();
    struct caught other = caught;

    catch_probe(&caught, MH_PROBE_SIZE_MIN);
    catch_probe(&other, 100);
    name_flow(&caught, 1);
    send_caught(&caught, MH_PROBE_SIZE_MIN);
    await_messages(caught.receiver, 1);
    assert_counts(&caught, 0, 0, 1);
    assert_counts(&other, 0, 0, 1);
}

static void others_datagrams_of_that_length_are_messages(void **state)
{
    static const char text[] = "some words of somebody, as many as fit in";
    (void)state;
    struct caught caught = open_both();
    size_t sent = 0;

    catch_probe(&caught, MH_PROBE_SIZE_MIN);
    for (size_t length = 0; length < MH_PROBE_LONG_SIZE_MIN; length++, sent++)
        send_bytes(caught.sender, port_of(caught.receiver), text, length);
    await_messages(caught.receiver, sent);
    assert_int_equal(mh_endpoint_probes(caught.receiver), 1);
    assert_counts(&caught, 0, 0, sent);
}

static void a_short_one_of_another_length_is_corrupted(void **state)
{
    (void)state;
    struct caught caught = open_both();
    size_t corrupted = 0;

    catch_probe(&caught, 25);
    for (size_t length = MH_PROBE_SIZE_MIN; length < MH_PROBE_LONG_SIZE_MIN; length++)
        if (length != caught.length) {
            send_caught(&caught, length);
            corrupted++;
        }
    await_count(probes_of, caught.receiver, 1 + corrupted);
    assert_counts(&caught, 0, corrupted, 0);
    send_caught(&caught, MH_PROBE_SIZE_MIN - 1);
    send_caught(&caught, MH_PROBE_LONG_SIZE_MIN);
    await_messages(caught.receiver, 2);
    assert_counts(&caught, 0, corrupted, 2);
}

/* Side by side each knows its own. */
static void short_and_long_streams_have_accounts_of_their_own(void **state)
{
    enum { STREAMS = 6 };
    static const size_t sizes[STREAMS] = {18, 100, 39, 40, 18, 1400};
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_endpoint *sender = open_sender();
    struct mh_stream_plan plan = plan_to(receiver);
    struct mh_stream *streams[STREAMS];

    plan.rate_upps = 5000 * pps;
    for (uint64_t i = 0; i < STREAMS; i++) {
        plan.size = sizes[i];
        plan.count = 10 + i;
        plan.lockstep = i < STREAMS / 2;
        streams[i] = start(sender, &plan);
    }
    for (int i = 0; i < STREAMS; i++)
        await_count(has_ended, streams[i], 1);
    await_count(probes_of, receiver, STREAMS * 10 + STREAMS * (STREAMS - 1) / 2);
    for (uint64_t i = 0; i < STREAMS; i++) {
        const struct mh_flow_account *account = mh_stream_account(streams[i], receiver);
        assert_int_equal(account->received, 10 + i);
        assert_int_equal(account->bytes, (10 + i) * sizes[i]);
        assert_int_equal(account->corrupted + account->duplicated + account->reordered, 0);
    }
    assert_int_equal(mh_endpoint_count(receiver), 0);
}

/* ---- and replies ----------------------------------------------------------------------------
 */

static void probes_are_not_answered(void **state)
{
    (void)state;
    struct mh_endpoint *receiver = open_receiver(0);
    struct mh_endpoint *sender = open_sender();
    struct mh_stream_plan plan = plan_to(receiver);

    assert_int_equal(mh_endpoint_set_reply(receiver, "ack", 3), 0);
    plan.count = 10;
    run_stream(sender, &plan);
    plan.size = MH_PROBE_SIZE_MIN;
    run_stream(sender, &plan);
    send_text(sender, port_of(receiver), "hello");
    await_messages(sender, 1);
    assert_int_equal(mh_endpoint_count(sender), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TRAFFIC_TEST(copies_and_corrupted_ones_are_told_apart),
        TRAFFIC_TEST(while_it_runs_copies_are_told_from_corrupted_ones),
        TRAFFIC_TEST(probes_of_another_run_are_messages),
        TRAFFIC_TEST(short_ones_of_no_flow_are_messages),
        TRAFFIC_TEST(short_ones_of_a_long_flow_are_messages),
        TRAFFIC_TEST(others_datagrams_of_that_length_are_messages),
        TRAFFIC_TEST(a_short_one_of_another_length_is_corrupted),
        TRAFFIC_TEST(short_and_long_streams_have_accounts_of_their_own),
        TRAFFIC_TEST(probes_are_not_answered),
    };
    return RUN_TRAFFIC_TESTS("traffic/stream_listen", tests);
}
