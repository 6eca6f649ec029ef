#include "traffic/flow_account.h"

#include <errno.h>
#include <stdlib.h>

/* Gaps beyond these are counted in what was lost, and not listed. */
enum { FIRST_GAPS = 8, GAPS_MAX = 1 << 20 };

struct mh_gap_record {
    uint64_t first, end; /* numbers */
    uint64_t before_ns, after_ns;
};

static int reserve_gap(struct mh_flow_account *account)
{
    if (account->gap_count < account->gap_capacity)
        return 0;

    size_t capacity = account->gap_capacity ? account->gap_capacity * 2 : FIRST_GAPS;
    if (capacity > GAPS_MAX)
        return -ENOMEM;
    struct mh_gap_record *gaps = realloc(account->gaps, capacity * sizeof(*gaps));
    if (!gaps)
        return -ENOMEM;
    account->gaps = gaps;
    account->gap_capacity = capacity;
    return 0;
}

static uint64_t last_arrival(const struct mh_flow_account *account)
{
    return account->last_ns ? account->last_ns : account->start_ns;
}

/* A higher number than the next expected one: those between are missing, for now. */
static void note_gap(struct mh_flow_account *account, uint64_t number, uint64_t arrival_ns)
{
    if (reserve_gap(account) < 0) {
        account->incomplete = true;
        return;
    }
    account->gaps[account->gap_count++] = (struct mh_gap_record){
        .first = account->next_expected,
        .end = number,
        .before_ns = last_arrival(account),
        .after_ns = arrival_ns,
    };
}

/* New numbers one after the other are all below the next expected one or none of them is: the
 * one before it has been received. */
static void note_order(
    struct mh_flow_account *account, uint64_t number, uint32_t count, uint64_t arrival_ns)
{
    if (number < account->next_expected) {
        account->reordered += count;
        return;
    }
    if (number > account->next_expected)
        note_gap(account, number, arrival_ns);
    account->next_expected = number + count;
}

static void note_ttl(struct mh_flow_account *account, int ttl)
{
    bool is_first = account->received == 0;

    if (is_first || ttl < account->ttl_min)
        account->ttl_min = ttl;
    if (is_first || ttl > account->ttl_max)
        account->ttl_max = ttl;
}

/* A clock that was set back must not make it a long way. */
static uint64_t elapsed(uint64_t from_ns, uint64_t to_ns)
{
    return to_ns > from_ns ? to_ns - from_ns : 0;
}

static void note_time(struct mh_flow_account *account, const struct mh_probe *probe,
    uint32_t count, uint64_t arrival_ns)
{
    if (account->first_ns == 0)
        account->first_ns = arrival_ns;
    if (arrival_ns > account->last_ns)
        account->last_ns = arrival_ns;
    if (probe->time_ns > account->newest_ns)
        account->newest_ns = probe->time_ns;
    uint64_t latency_ns = elapsed(probe->time_ns, arrival_ns);
    uint64_t after_ns = elapsed(account->start_ns, probe->time_ns);
    if (mh_histogram_add(&account->latency, latency_ns, count) < 0 ||
        mh_series_add(&account->series, after_ns, count) < 0)
        account->incomplete = true;
}

/* Their numbers are new, and in the set by now. */
static void note_received(struct mh_flow_account *account, const struct mh_probe *first,
    uint32_t count, uint64_t arrival_ns, int ttl)
{
    note_order(account, first->number, count, arrival_ns);
    note_time(account, first, count, arrival_ns);
    note_ttl(account, ttl);
    account->received += count;
    account->bytes += (uint64_t)count * first->length;
}

void mh_flow_account_take(
    struct mh_flow_account *account, const struct mh_probe *probe, uint64_t arrival_ns, int ttl)
{
    int r = mh_number_set_add(&account->numbers, probe->number);

    if (r < 0) {
        account->unaccounted++;
        return;
    }
    if (r == 0) {
        account->duplicated++;
        return;
    }
    note_received(account, probe, 1, arrival_ns, ttl);
}

void mh_flow_account_take_run(struct mh_flow_account *account, const struct mh_probe *first,
    uint32_t count, uint64_t arrival_ns, int ttl)
{
    struct mh_probe probe = *first;

    if (count > 1 && mh_number_set_add_run(&account->numbers, first->number, count) > 0) {
        note_received(account, first, count, arrival_ns, ttl);
        return;
    }
    for (uint32_t i = 0; i < count; i++, probe.number++)
        mh_flow_account_take(account, &probe, arrival_ns, ttl);
}

void mh_flow_account_expect(
    const struct mh_flow_account *account, uint64_t sent_ns, uint64_t arrival_ns)
{
    mh_histogram_expect(&account->latency, elapsed(sent_ns, arrival_ns));
}

void mh_flow_account_done(struct mh_flow_account *account)
{
    mh_histogram_done(&account->latency);
    mh_series_done(&account->series);
    mh_number_set_done(&account->numbers);
    free(account->gaps);
    *account = (struct mh_flow_account){0};
}

static struct mh_gap as_gap(
    const struct mh_flow_account *account, const struct mh_gap_record *record)
{
    uint64_t came = mh_number_set_count(&account->numbers, record->first, record->end);

    return (struct mh_gap){
        .at_ns = record->before_ns,
        .duration_ns = elapsed(record->before_ns, record->after_ns),
        .first = record->first,
        .lost = record->end - record->first - came,
    };
}

/* Nothing came any more; without numbers when that is not so. */
static struct mh_gap_record last_record(
    const struct mh_flow_account *account, const struct mh_flow_end *end)
{
    uint64_t newest_ns = account->newest_ns ? account->newest_ns : account->start_ns;

    return (struct mh_gap_record){
        .first = account->next_expected,
        .end = end->sent > account->next_expected ? end->sent : account->next_expected,
        .before_ns = last_arrival(account),
        .after_ns = last_arrival(account) + elapsed(newest_ns, end->end_ns),
    };
}

/* The next record of numbers that did not come late, after all. */
static bool find_missing(const struct mh_flow_account *account, const struct mh_flow_end *end,
    struct mh_gap_cursor *cursor, struct mh_gap_record *ret_record, struct mh_gap *ret_gap)
{
    for (; cursor->record <= account->gap_count; cursor->record++) {
        *ret_record = cursor->record < account->gap_count ? account->gaps[cursor->record]
                                                          : last_record(account, end);
        *ret_gap = as_gap(account, ret_record);
        if (ret_gap->lost > 0)
            return true;
    }
    return false;
}

static const struct mh_refusal *next_refusal(
    const struct mh_flow_end *end, const struct mh_gap_cursor *cursor)
{
    if (cursor->refusal >= end->refusal_count)
        return NULL;

    const struct mh_refusal *refusal = &end->refusals[cursor->refusal];
    return refusal->number <= end->sent ? refusal : NULL;
}

static struct mh_gap refused_gap(const struct mh_refusal *refusal)
{
    return (struct mh_gap){
        .at_ns = refusal->before_ns,
        .duration_ns = elapsed(refusal->before_ns, refusal->after_ns),
        .first = refusal->number,
        .refused = refusal->count,
    };
}

bool mh_flow_account_next_gap(const struct mh_flow_account *account,
    const struct mh_flow_end *end, struct mh_gap_cursor *cursor, struct mh_gap *ret_gap)
{
    struct mh_gap_record record;
    struct mh_gap gap;
    bool is_missing = find_missing(account, end, cursor, &record, &gap);
    const struct mh_refusal *refusal = next_refusal(end, cursor);

    if (refusal && (!is_missing || refusal->number < record.first)) {
        *ret_gap = refused_gap(refusal);
        cursor->refusal++;
        return true;
    }
    if (!is_missing)
        return false;
    /* What was refused next to a missing number is a part of that gap. */
    for (; refusal && refusal->number <= record.end; refusal = next_refusal(end, cursor)) {
        gap.refused += refusal->count;
        cursor->refusal++;
    }
    cursor->record++;
    *ret_gap = gap;
    return true;
}

struct mh_loss_runs mh_flow_account_loss_runs(const struct mh_flow_account *account)
{
    static const struct mh_flow_end so_far; /* nothing is missing behind the highest one */
    struct mh_gap_cursor cursor = {0};
    struct mh_loss_runs runs = {0};
    struct mh_gap gap;

    while (mh_flow_account_next_gap(account, &so_far, &cursor, &gap)) {
        if (gap.first == 0)
            continue; /* before the first one came */
        runs.lost += gap.lost;
        if (gap.lost > runs.longest)
            runs.longest = gap.lost;
    }
    runs.span = account->received + runs.lost;
    return runs;
}
