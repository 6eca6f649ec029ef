/* Host 0 sends frames of a type of our own; at host 1 the link takes them and sends them back.
 */
#include "base/clock.h"
#include "net/netns.h"
#include "net_fixture.h"
#include "own_process.h"
#include "traffic/impaired_link.h"

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    TYPE = 0x88b5, /* local experimental (IEEE 802) */
    SIZE = 100,
    NUMBER_AT = 14,
    RING_FRAMES = 4096,
    DEADLINE_MS = 60000,
    MS = 1000000,
};

static struct net_fixture fixture;
static struct mh_impaired_link *impaired;
static int raw; /* of host 0 */

static int open_raw(void)
{
    struct sockaddr_ll place = {.sll_family = AF_PACKET, .sll_protocol = htons(TYPE)};
    const int bytes = 4 << 20, on = 1;
    int fd = mh_netns_socket(fixture.netns[0], AF_PACKET, SOCK_RAW, 0, NULL);

    assert_true(fd >= 0);
    place.sll_ifindex = (int)fixture.index[0];
    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes));
    setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof(on));
    assert_int_equal(bind(fd, (struct sockaddr *)&place, sizeof(place)), 0);
    return fd;
}

static int open_link(void **state)
{
    struct mh_lane_place place = {.netns_fd = fixture.netns[1],
        .exit = fixture.index[1],
        .entrance = fixture.index[1],
        .mark = 1,
        .frame_max = 1518};
    struct mh_error err = {0};

    (void)state;
    raw = open_raw();
    if (mh_impaired_link_new(&impaired, &err) < 0 ||
        mh_impaired_link_open(impaired, MH_LINK_FROM_HOST, &place, &err) < 0)
        fail_msg("%s", err.message);
    return 0;
}

static int close_link(void **state)
{
    (void)state;
    impaired = mh_impaired_link_free(impaired);
    close(raw);
    return 0;
}

/* Only our frames are concerned: the hosts' own, membership reports for example, are not. */
static void impair(struct mh_impairment_plan plan)
{
    struct mh_impairment *made;
    struct mh_error err = {0};

    plan.seed = 42;
    if (mh_frame_filter_compile("ether proto 0x88b5", &plan.only, &err) < 0)
        fail_msg("%s", err.message);
    assert_int_equal(mh_impairment_new(&plan, &made), 0);
    mh_impaired_link_impair(impaired, MH_LINK_FROM_HOST, made);
}

static void send_number(uint8_t number)
{
    uint8_t frame[SIZE] = {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, TYPE >> 8, TYPE & 0xff, number};
    struct sockaddr_ll place = {.sll_family = AF_PACKET};

    place.sll_ifindex = (int)fixture.index[0];
    assert_int_equal(
        sendto(raw, frame, sizeof(frame), 0, (struct sockaddr *)&place, sizeof(place)), SIZE);
}

static void send_numbers(int count)
{
    for (int i = 0; i < count; i++)
        send_number((uint8_t)i);
}

static int next_number(int timeout_ms)
{
    struct pollfd wait = {.fd = raw, .events = POLLIN};
    uint8_t frame[2048];

    if (poll(&wait, 1, timeout_ms) != 1)
        return -1;
    assert_int_equal(recv(raw, frame, sizeof(frame), 0), SIZE);
    return frame[NUMBER_AT];
}

static struct mh_link_counters counters(void)
{
    struct mh_link_counters now;

    mh_impaired_link_count(impaired, MH_LINK_FROM_HOST, &now);
    return now;
}

/* All that has come has gone when nothing is held. */
static void await_idle(void)
{
    uint64_t deadline = mh_clock_monotonic_ns() + DEADLINE_MS * (uint64_t)MS;

    while (counters().held > 0)
        assert_true(mh_clock_monotonic_ns() < deadline);
}

/* ---- passing -------------------------------------------------------------------------------
 */

static void frames_pass_in_order(void **state)
{
    (void)state;
    for (int round = 0; round < 3 * RING_FRAMES / 200; round++) { /* slots are used again */
        send_numbers(200);
        for (int i = 0; i < 200; i++)
            assert_int_equal(next_number(DEADLINE_MS), i);
    }
}

static void the_same_seed_drops_the_same_frames(void **state)
{
    int dropped[256] = {0};

    (void)state;
    for (int round = 0; round < 2; round++) {
        impair((struct mh_impairment_plan){.loss = 0.3});
        send_numbers(200);
        await_idle();
        int last = -1;
        for (int number = next_number(0); number >= 0; number = next_number(0)) {
            for (int i = last + 1; i < number; i++)
                dropped[i]++;
            last = number;
        }
        for (int i = last + 1; i < 200; i++)
            dropped[i]++;
        assert_in_range(counters().dropped, 30, 90);
        assert_int_equal(counters().seen, 200);
        assert_int_equal(counters().passed + counters().dropped, 200);
    }
    for (int i = 0; i < 200; i++)
        assert_true(dropped[i] == 0 || dropped[i] == 2);
    assert_true(dropped[1] == 2 && dropped[6] == 2 &&
                dropped[0] == 0); /* the pattern of test_impairment */
}

static void a_rule_drops_the_third(void **state)
{
    struct mh_impairment_plan plan = {.rule_count = 1, .rules = calloc(1, sizeof(*plan.rules))};
    struct mh_link_drop drop;

    (void)state;
    assert_non_null(plan.rules);
    plan.rules[0] = (struct mh_drop_rule){.numbers = {3}, .number_count = 1};
    impair(plan);
    send_numbers(5);
    assert_int_equal(next_number(DEADLINE_MS), 0);
    assert_int_equal(next_number(DEADLINE_MS), 1);
    assert_int_equal(next_number(DEADLINE_MS), 3);
    assert_int_equal(next_number(DEADLINE_MS), 4);
    assert_int_equal(mh_impaired_link_drops(impaired, MH_LINK_FROM_HOST, 0, &drop, 1), 1);
    assert_int_equal(drop.cause, MH_DROPPED_BY_RULE);
    assert_int_equal(drop.source.family, AF_UNSPEC);
    assert_int_equal(mh_impaired_link_drops(impaired, MH_LINK_FROM_HOST, 1, &drop, 1), 0);
}

static void duplicates_come_behind_their_originals(void **state)
{
    (void)state;
    impair((struct mh_impairment_plan){.duplicate = 1});
    send_numbers(100);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(next_number(DEADLINE_MS), i);
        assert_int_equal(next_number(DEADLINE_MS), i);
    }
    assert_int_equal(counters().duplicated, 100);
    assert_int_equal(counters().passed, 200);
}

/* ---- time ----------------------------------------------------------------------------------
 */

static void delayed_frames_keep_their_order_and_are_never_early(void **state)
{
    uint64_t before = mh_clock_monotonic_ns();

    (void)state;
    impair((struct mh_impairment_plan){.delay_ns = 20 * MS});
    send_numbers(100);
    assert_int_equal(next_number(DEADLINE_MS), 0);
    assert_true(mh_clock_monotonic_ns() - before >= 20 * MS);
    for (int i = 1; i < 100; i++)
        assert_int_equal(next_number(DEADLINE_MS), i);
    assert_int_equal(counters().delayed, 100);
    assert_int_equal(counters().reordered, 0);
}

static void who_overtakes_comes_first(void **state)
{
    int before_others = 0, last = -1;

    (void)state;
    impair((struct mh_impairment_plan){.delay_ns = 500 * (uint64_t)MS, .reorder = 0.3});
    send_numbers(100);
    for (int i = 0; i < 100; i++) {
        int number = next_number(DEADLINE_MS);

        assert_true(number >= 0);
        before_others += number < last;
        last = number;
    }
    assert_int_equal(
        before_others, 1); /* those that overtook, then the others: each in order */
    assert_in_range(counters().reordered, 15, 45);
}

static void release_sends_on_what_is_kept(void **state)
{
    (void)state;
    impair((struct mh_impairment_plan){.delay_ns = 3600ULL * 1000 * MS});
    send_numbers(50);
    assert_int_equal(counters().held, 50);
    assert_int_equal(next_number(0), -1);
    mh_impaired_link_release(impaired, MH_LINK_FROM_HOST);
    send_number(50);
    for (int i = 0; i <= 50; i++)
        assert_int_equal(next_number(DEADLINE_MS), i);
    assert_int_equal(counters().seen, 50);
}

/* It refuses what the host sends of its own accord, too. */
static void a_link_that_is_down_refuses(void **state)
{
    (void)state;
    impair((struct mh_impairment_plan){.delay_ns = 3600ULL * 1000 * MS});
    send_numbers(3);
    assert_int_equal(counters().held, 3);
    net_fixture_set_link(&fixture, 1, false);
    mh_impaired_link_release(impaired, MH_LINK_FROM_HOST);
    assert_int_equal(counters().held, 0);
    struct mh_link_counters now = counters();
    assert_in_range(now.refused, 3, 3 + now.untouched);
    net_fixture_set_link(&fixture, 1, true);
    send_number(9); /* it goes on when the link is up again */
    assert_int_equal(next_number(DEADLINE_MS), 9);
}

/* ---- its end -------------------------------------------------------------------------------
 */

static void it_leaves_neither_thread_nor_descriptor(void **state)
{
    (void)state;
    close_link(NULL);
    int descriptors = open_descriptors();
    int threads = running_threads();
    for (int i = 0; i < 20; i++) {
        open_link(NULL);
        impair((struct mh_impairment_plan){.delay_ns = 3600ULL * 1000 * MS});
        send_numbers(10); /* on their way when it ends */
        close_link(NULL);
    }
    assert_int_equal(open_descriptors(), descriptors);
    assert_int_equal(running_threads(), threads);
    open_link(NULL);
    assert_null(mh_impaired_link_free(NULL));
}

#define WITH_LINK(test) cmocka_unit_test_setup_teardown(test, open_link, close_link)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_LINK(frames_pass_in_order),
        WITH_LINK(the_same_seed_drops_the_same_frames),
        WITH_LINK(a_rule_drops_the_third),
        WITH_LINK(duplicates_come_behind_their_originals),
        WITH_LINK(delayed_frames_keep_their_order_and_are_never_early),
        WITH_LINK(who_overtakes_comes_first),
        WITH_LINK(release_sends_on_what_is_kept),
        WITH_LINK(a_link_that_is_down_refuses),
        WITH_LINK(it_leaves_neither_thread_nor_descriptor),
    };

    if (!net_fixture_init(&fixture))
        return TEST_SKIPPED;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    net_fixture_done(&fixture);
    return failed;
}
