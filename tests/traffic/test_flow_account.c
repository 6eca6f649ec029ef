#include "test.h"
#include "traffic/flow_account.h"
#include "traffic/splitmix.h"

/* Probe n is sent n ms after the start and arrives 1 ms later, unless said otherwise. */
static const uint64_t start = UINT64_C(1700000000000000000);
static const uint64_t ms = 1000000;

static struct mh_flow_account account;

static uint64_t chance_of(uint64_t *seed)
{
    return mh_splitmix_mix(*seed += MH_SPLITMIX_GOLDEN);
}

static int open_account(void **state)
{
    (void)state;
    account = (struct mh_flow_account){.start_ns = start};
    return 0;
}

static int close_account(void **state)
{
    (void)state;
    mh_flow_account_done(&account);
    return 0;
}

static void take_at(uint64_t number, uint64_t arrival_ms)
{
    struct mh_probe probe = {.length = 100, .number = number, .time_ns = start + number * ms};

    mh_flow_account_take(&account, &probe, start + arrival_ms * ms, 60);
}

static void take(uint64_t number)
{
    take_at(number, number + 1);
}

static uint64_t lost_of(uint64_t sent)
{
    return sent - account.received;
}

static size_t gaps_of(uint64_t sent, struct mh_gap *ret_gaps)
{
    struct mh_flow_end end = {.sent = sent, .end_ns = start + (sent - 1) * ms};
    struct mh_gap_cursor cursor = {0};
    size_t count = 0;

    while (mh_flow_account_next_gap(&account, &end, &cursor, &ret_gaps[count]))
        count++;
    return count;
}

static void nothing_came(void **state)
{
    struct mh_gap gaps[2];
    (void)state;

    assert_int_equal(gaps_of(10, gaps), 1);
    assert_int_equal(gaps[0].lost, 10);
    assert_int_equal(gaps[0].at_ns, start);
    assert_int_equal(gaps[0].duration_ns, 9 * ms);
}

static void all_came(void **state)
{
    struct mh_gap gaps[2];
    (void)state;

    for (uint64_t i = 0; i < 500; i++)
        take(i);
    assert_int_equal(account.received, 500);
    assert_int_equal(account.bytes, 50000);
    assert_int_equal(account.duplicated + account.reordered + account.corrupted, 0);
    assert_int_equal(account.first_ns, start + ms);
    assert_int_equal(account.last_ns, start + 500 * ms);
    assert_int_equal(account.latency.count, 500);
    assert_int_equal(account.latency.max_ns, ms);
    assert_int_equal(account.ttl_min, 60);
    assert_int_equal(account.series.count, 5);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(account.series.counts[i], 100);
    assert_int_equal(gaps_of(500, gaps), 0);
}

static void a_gap_has_its_time_and_its_losses(void **state)
{
    struct mh_gap gaps[4];
    (void)state;

    for (uint64_t i = 0; i < 100; i++)
        if (i != 3 && (i < 50 || i >= 70))
            take(i);
    assert_int_equal(lost_of(100), 21);
    assert_int_equal(gaps_of(100, gaps), 2);
    assert_int_equal(gaps[0].first, 3);
    assert_int_equal(gaps[0].lost, 1);
    assert_int_equal(gaps[1].first, 50);
    assert_int_equal(gaps[1].lost, 20);
    assert_int_equal(gaps[1].at_ns, start + 50 * ms);
    assert_int_equal(gaps[1].duration_ns, 21 * ms);
}

static void loss_at_both_ends_is_a_gap(void **state)
{
    struct mh_gap gaps[4];
    (void)state;

    for (uint64_t i = 10; i < 90; i++)
        take(i);
    assert_int_equal(gaps_of(100, gaps), 2);
    assert_int_equal(gaps[0].lost, 10);
    assert_int_equal(gaps[0].at_ns, start);
    assert_int_equal(gaps[0].duration_ns, 11 * ms);
    assert_int_equal(gaps[1].lost, 10);
    assert_int_equal(gaps[1].at_ns, start + 90 * ms);
    assert_int_equal(gaps[1].duration_ns, 10 * ms);
}

/* The last one that came was under way for longer than the flow went on without it. */
static void a_delayed_flow_is_dark_at_its_end(void **state)
{
    struct mh_gap gaps[2];
    (void)state;

    for (uint64_t i = 0; i < 50; i++)
        take_at(i, i + 300);
    assert_int_equal(gaps_of(100, gaps), 1);
    assert_int_equal(gaps[0].lost, 50);
    assert_int_equal(gaps[0].at_ns, start + 349 * ms);
    assert_int_equal(gaps[0].duration_ns, 50 * ms);
}

/* RFC 4737 section 3.3: 1, 2, 3, 7, 8, 9, 10, 4, 5, 6, 11: packets 4 to 6 are reordered. */
static void reordered_as_in_rfc4737(void **state)
{
    static const uint64_t order[] = {0, 1, 2, 6, 7, 8, 9, 3, 4, 5, 10};
    struct mh_gap gaps[2];
    (void)state;

    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
        take_at(order[i], i + 1);
    assert_int_equal(account.received, 11);
    assert_int_equal(account.reordered, 3);
    assert_int_equal(lost_of(11), 0);
    assert_int_equal(gaps_of(11, gaps), 0);
}

static void one_that_comes_late_leaves_a_smaller_gap(void **state)
{
    struct mh_gap gaps[2];
    (void)state;

    take(0);
    take(10);
    take_at(5, 12);
    assert_int_equal(gaps_of(11, gaps), 1);
    assert_int_equal(gaps[0].lost, 8);
    assert_int_equal(account.reordered, 1);
}

static void copies_are_duplicates_whenever_they_come(void **state)
{
    (void)state;

    take(0);
    take(0);
    for (uint64_t i = 1; i < 100000; i++)
        take(i);
    take_at(17, 200000);
    take_at(99999, 200001);
    assert_int_equal(account.received, 100000);
    assert_int_equal(account.duplicated, 3);
    assert_int_equal(account.reordered, 0);
    assert_int_equal(account.latency.count, 100000);
    assert_int_equal(account.last_ns, start + 100000 * ms);
}

static void a_clock_set_back_is_no_long_latency(void **state)
{
    struct mh_probe probe = {.length = 100, .number = 0, .time_ns = start + 10 * ms};
    (void)state;

    mh_flow_account_take(&account, &probe, start, -1);
    assert_int_equal(account.latency.max_ns, 0);
    assert_int_equal(account.received, 1);
    assert_int_equal(account.ttl_min, -1);
}

static void an_absurd_number_is_not_counted_as_received(void **state)
{
    (void)state;

    take(0);
    take(UINT64_C(1) << 60);
    assert_int_equal(account.received, 1);
    assert_int_equal(account.unaccounted, 1);
}

static void assert_same_gaps(
    const struct mh_flow_account *a, const struct mh_flow_account *b, uint64_t sent)
{
    struct mh_flow_end end = {.sent = sent, .end_ns = start + 10000 * ms};
    struct mh_gap gap_a, gap_b;
    struct mh_gap_cursor at_a = {0}, at_b = {0};

    while (mh_flow_account_next_gap(a, &end, &at_a, &gap_a)) {
        assert_true(mh_flow_account_next_gap(b, &end, &at_b, &gap_b));
        assert_memory_equal(&gap_a, &gap_b, sizeof(gap_a));
    }
    assert_false(mh_flow_account_next_gap(b, &end, &at_b, &gap_b));
}

static void assert_same(const struct mh_flow_account *a, const struct mh_flow_account *b)
{
    assert_int_equal(a->received, b->received);
    assert_int_equal(a->duplicated, b->duplicated);
    assert_int_equal(a->reordered, b->reordered);
    assert_int_equal(a->bytes, b->bytes);
    assert_int_equal(a->unaccounted, b->unaccounted);
    assert_int_equal(a->first_ns, b->first_ns);
    assert_int_equal(a->last_ns, b->last_ns);
    assert_int_equal(a->ttl_min, b->ttl_min);
    assert_int_equal(a->ttl_max, b->ttl_max);
    assert_int_equal(a->next_expected, b->next_expected);
    assert_int_equal(a->latency.count, b->latency.count);
    assert_int_equal(a->latency.min_ns, b->latency.min_ns);
    assert_int_equal(a->latency.max_ns, b->latency.max_ns);
    assert_int_equal(a->latency.sum_ns, b->latency.sum_ns);
    for (int i = 0; i <= 100; i++)
        assert_int_equal(mh_histogram_value_at(&a->latency, i / 100.0),
            mh_histogram_value_at(&b->latency, i / 100.0));
    assert_int_equal(a->series.count, b->series.count);
    assert_memory_equal(
        a->series.counts, b->series.counts, a->series.count * sizeof(*a->series.counts));
    assert_int_equal(a->incomplete, b->incomplete);
}

/* ---- what was never sent --------------------------------------------------------------------
 */

static size_t gaps_beside(const struct mh_refusal *refusals, size_t refusal_count,
    uint64_t sent, struct mh_gap *ret_gaps)
{
    struct mh_flow_end end = {.sent = sent,
        .end_ns = start + (sent - 1) * ms,
        .refusals = refusals,
        .refusal_count = refusal_count};
    struct mh_gap_cursor cursor = {0};
    size_t count = 0;

    while (mh_flow_account_next_gap(&account, &end, &cursor, &ret_gaps[count]))
        count++;
    return count;
}

static struct mh_refusal refused(uint64_t number, uint64_t from_ms, uint64_t to_ms)
{
    return (struct mh_refusal){.number = number,
        .count = to_ms - from_ms - 1,
        .before_ns = start + from_ms * ms,
        .after_ns = start + to_ms * ms};
}

static void a_time_without_sends_is_a_gap_that_lost_none(void **state)
{
    const struct mh_refusal refusals[] = {refused(3, 2, 13), refused(6, 15, 20)};
    struct mh_gap gaps[3];
    (void)state;

    for (uint64_t i = 0; i < 6; i++)
        take(i);
    assert_int_equal(gaps_beside(refusals, 2, 6, gaps), 2);
    assert_int_equal(gaps[0].at_ns, start + 2 * ms);
    assert_int_equal(gaps[0].duration_ns, 11 * ms);
    assert_int_equal(gaps[0].first, 3);
    assert_int_equal(gaps[0].lost, 0);
    assert_int_equal(gaps[0].refused, 10);
    assert_int_equal(gaps[1].first, 6);
    assert_int_equal(gaps[1].duration_ns, 5 * ms);
    assert_int_equal(gaps_beside(refusals, 2, 5, gaps), 1); /* as far as it has been read */
}

static void it_is_a_part_of_the_gap_beside_it(void **state)
{
    const struct mh_refusal refusals[] = {
        refused(2, 1, 5), refused(4, 6, 8), refused(5, 8, 11), refused(7, 20, 22)};
    struct mh_gap gaps[3];
    (void)state;

    take_at(0, 1);
    take_at(1, 2);
    take_at(5, 19);
    take_at(6, 20);
    take_at(7, 23);
    assert_int_equal(gaps_beside(refusals, 4, 8, gaps), 2);
    assert_int_equal(gaps[0].lost, 3);
    assert_int_equal(gaps[0].refused, 3 + 1 + 2);
    assert_int_equal(gaps[0].duration_ns, 17 * ms);
    assert_int_equal(gaps[1].lost, 0);
    assert_int_equal(gaps[1].refused, 1);
}

/* The numbers beside it came late: that gap is none, but nothing was sent all the same. */
static void it_stays_when_its_neighbours_come_late(void **state)
{
    const struct mh_refusal refusals[] = {refused(2, 1, 5)};
    struct mh_gap gaps[2];
    (void)state;

    take_at(0, 1);
    take_at(3, 7);
    take_at(1, 8);
    take_at(2, 9);
    assert_int_equal(gaps_beside(refusals, 1, 4, gaps), 1);
    assert_int_equal(gaps[0].lost, 0);
    assert_int_equal(gaps[0].refused, 3);
}

static void who_heard_nothing_has_one_gap(void **state)
{
    const struct mh_refusal refusals[] = {refused(2, 1, 5), refused(4, 6, 8)};
    struct mh_gap gaps[2];
    (void)state;

    assert_int_equal(gaps_beside(refusals, 2, 4, gaps), 1);
    assert_int_equal(gaps[0].lost, 4);
    assert_int_equal(gaps[0].refused, 4);
}

/* Lost, reordered and repeated by chance, and with absurd numbers in between. */
static void a_run_is_the_same_as_one_after_the_other(void **state)
{
    struct mh_flow_account one_by_one = {.start_ns = start};
    uint64_t seed = 3, sent = 0;
    (void)state;

    for (int i = 0; i < 3000; i++) {
        uint64_t chance = chance_of(&seed) % 16;
        uint32_t count = 1 + (uint32_t)(chance_of(&seed) % 64);
        uint64_t back = chance_of(&seed) % 300;
        struct mh_probe probe = {.length = 100, .number = sent, .time_ns = start + sent * 1000};
        uint64_t arrival_ns = probe.time_ns + chance_of(&seed) % (5 * ms);
        int ttl = 60 + (int)(chance_of(&seed) % 3) - (int)(chance == 9);

        if (chance == 0)
            probe.number += back;
        else if (chance < 3)
            probe.number = sent > back ? sent - back : 0;
        else if (chance == 4)
            probe.number = UINT64_C(1) << 60;
        if (chance != 4 && probe.number + count > sent)
            sent = probe.number + count;
        mh_flow_account_take_run(&account, &probe, count, arrival_ns, ttl);
        for (uint32_t n = 0; n < count; n++, probe.number++)
            mh_flow_account_take(&one_by_one, &probe, arrival_ns, ttl);
    }
    assert_true(account.duplicated > 0 && account.reordered > 0 && account.gap_count > 0);
    assert_same(&account, &one_by_one);
    assert_same_gaps(&account, &one_by_one, sent);
    mh_flow_account_done(&one_by_one);
}

static void assert_runs(uint64_t span, uint64_t lost, uint64_t longest)
{
    struct mh_loss_runs runs = mh_flow_account_loss_runs(&account);

    assert_int_equal(runs.span, span);
    assert_int_equal(runs.lost, lost);
    assert_int_equal(runs.longest, longest);
}

static void runs_of_losses_lie_between_what_came(void **state)
{
    (void)state;

    assert_runs(0, 0, 0);
    take(5);
    assert_runs(1, 0, 0);
    take(6);
    take(9);
    take(14);
    assert_runs(10, 6, 4);
    take(11); /* late */
    take(9);  /* twice */
    assert_runs(10, 5, 3);
    take(4); /* later than the first */
    assert_runs(11, 5, 3);
}

#define WITH_ACCOUNT(test) cmocka_unit_test_setup_teardown(test, open_account, close_account)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ACCOUNT(nothing_came),
        WITH_ACCOUNT(all_came),
        WITH_ACCOUNT(a_gap_has_its_time_and_its_losses),
        WITH_ACCOUNT(loss_at_both_ends_is_a_gap),
        WITH_ACCOUNT(a_delayed_flow_is_dark_at_its_end),
        WITH_ACCOUNT(reordered_as_in_rfc4737),
        WITH_ACCOUNT(one_that_comes_late_leaves_a_smaller_gap),
        WITH_ACCOUNT(copies_are_duplicates_whenever_they_come),
        WITH_ACCOUNT(a_clock_set_back_is_no_long_latency),
        WITH_ACCOUNT(an_absurd_number_is_not_counted_as_received),
        WITH_ACCOUNT(a_time_without_sends_is_a_gap_that_lost_none),
        WITH_ACCOUNT(it_is_a_part_of_the_gap_beside_it),
        WITH_ACCOUNT(it_stays_when_its_neighbours_come_late),
        WITH_ACCOUNT(who_heard_nothing_has_one_gap),
        WITH_ACCOUNT(a_run_is_the_same_as_one_after_the_other),
        WITH_ACCOUNT(runs_of_losses_lie_between_what_came),
    };
    return cmocka_run_group_tests_name("traffic/flow_account", tests, NULL, NULL);
}
