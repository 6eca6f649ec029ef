/* What one receiver got of one flow: every probe, exactly.
 *
 * Each probe that arrives intact is counted once in one of three ways: as received, when its
 * number is new; as duplicated, when it was there before; and one that is received is also
 * reordered when a higher number came before it (RFC 4737 section 3: its number is below the
 * next expected one; of several copies only the first is judged). What is not received is lost:
 * received + lost = sent. A corrupted probe counts for itself and not as received.
 */
#pragma once

#include "traffic/histogram.h"
#include "traffic/loss_runs.h"
#include "traffic/number_set.h"
#include "traffic/probe.h"
#include "traffic/refusals.h"
#include "traffic/series.h"

struct mh_gap_record;

/* Zero-initialised with `start_ns` is empty. All times are CLOCK_REALTIME. */
struct mh_flow_account {
    uint64_t start_ns; /* of the flow */
    uint64_t received;
    uint64_t duplicated;
    uint64_t reordered;
    uint64_t corrupted;
    uint64_t bytes;    /* payload of what was received */
    uint64_t first_ns; /* arrival of the first and of the last one; 0: none */
    uint64_t last_ns;
    int ttl_min; /* of those received; -1: not known */
    int ttl_max;
    bool incomplete; /* memory ran out: all counts are right, but the lists below may not be */
    uint64_t unaccounted;        /* probes that could not even be counted, for want of memory */
    struct mh_histogram latency; /* from handing it to the kernel until the kernel stamped it */
    struct mh_series series;     /* received, by the time at which they were sent */

    /* Private. */
    uint64_t next_expected; /* RFC 4737's NextExp */
    uint64_t newest_ns;     /* when the latest one received was sent */
    struct mh_number_set numbers;
    struct mh_gap_record *gaps;
    size_t gap_count;
    size_t gap_capacity;
};

/* An intact probe of the flow arrived. `ttl` -1: not known. */
void mh_flow_account_take(struct mh_flow_account *account, const struct mh_probe *probe,
    uint64_t arrival_ns, int ttl);
/* `count` of them, numbered from the first one on, that were sent and came at the same time:
 * the same as one after the other. */
void mh_flow_account_take_run(struct mh_flow_account *account, const struct mh_probe *first,
    uint32_t count, uint64_t arrival_ns, int ttl);
/* A probe that was sent and came then is about to be taken: changes nothing (as
 * mh_histogram_expect() does). */
void mh_flow_account_expect(
    const struct mh_flow_account *account, uint64_t sent_ns, uint64_t arrival_ns);
void mh_flow_account_done(struct mh_flow_account *account);

/* A stretch of numbers of which some or all are missing, and how long nothing came: from the
 * arrival before it (or the flow's start) to the one after it. After the last arrival that is
 * as long as the flow went on without it: the flow's end is the sender's, and what the network
 * delays comes after it. Where none is missing, but the kernel took nothing, it is as long as
 * nothing was sent. */
struct mh_gap {
    uint64_t at_ns;
    uint64_t duration_ns;
    uint64_t first; /* number */
    uint64_t lost;
    uint64_t refused; /* by the sender's kernel, meanwhile */
};

/* What the sender knows: how many were sent, when the last one was, and when none could be. */
struct mh_flow_end {
    uint64_t sent;
    uint64_t end_ns;
    const struct mh_refusal *refusals;
    size_t refusal_count;
};

/* Zero-initialised is in front of all gaps. */
struct mh_gap_cursor {
    size_t record;
    size_t refusal;
};

/* The next gap from the cursor on, which moves behind it; false: there is none. */
bool mh_flow_account_next_gap(const struct mh_flow_account *account,
    const struct mh_flow_end *end, struct mh_gap_cursor *cursor, struct mh_gap *ret_gap);

/* What is missing between the first and the highest number that came: after the first one the
 * network is known to be open. Where some of a run came late it counts as one run still. */
struct mh_loss_runs mh_flow_account_loss_runs(const struct mh_flow_account *account);
