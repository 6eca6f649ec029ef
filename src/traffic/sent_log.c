#include "traffic/sent_log.h"

#include <errno.h>
#include <stdlib.h>

enum { FIRST_CAPACITY = 4 };

static int reserve_one(struct mh_sent_log *log)
{
    if (log->count < log->capacity)
        return 0;

    size_t capacity = log->capacity ? log->capacity * 2 : FIRST_CAPACITY;
    struct mh_logged_send *entries = realloc(log->entries, capacity * sizeof(*entries));
    if (!entries)
        return -ENOMEM;
    log->entries = entries;
    log->capacity = capacity;
    return 0;
}

int mh_sent_log_begin(struct mh_sent_log *log, const struct mh_logged_send *draft,
    const void *data, size_t length)
{
    if (reserve_one(log) < 0)
        return -ENOMEM;
    const uint8_t *copy = mh_payload_keep(&log->payloads, data, length);
    if (!copy)
        return -ENOMEM;

    struct mh_logged_send *entry = &log->entries[log->count];
    *entry = *draft;
    entry->data = copy;
    entry->sent.length = length;
    entry->sent.hash = mh_payload_hash(data, length);
    entry->id = log->next_id;
    entry->failures = log->failures;
    return 0;
}

void mh_sent_log_end(struct mh_sent_log *log, int result)
{
    if (result < 0)
        mh_payload_forget_last(&log->payloads, log->entries[log->count].data);
    else
        log->count++;
    mh_sent_log_aside(log, result);
}

void mh_sent_log_aside(struct mh_sent_log *log, int result)
{
    if (result >= 0)
        log->next_id++;
    else if (!log->failures_take_no_number)
        log->failures++;
}

/* From send `number` on, `ahead` failures did use up a number and the others did not. */
static void settle(struct mh_sent_log *log, size_t number, uint32_t ahead)
{
    uint32_t settled = log->entries[number].failures;
    if (settled == 0)
        return;

    for (size_t i = number; i < log->count; i++) {
        log->entries[i].id += ahead;
        log->entries[i].failures -= settled;
    }
    log->next_id += ahead;
    log->failures -= settled;
}

/* The earliest that may have this number and did not leave yet. Newest first: departures are
 * told in order and mostly at once, so the way is short. Numbers wrap around. */
static struct mh_logged_send *find(
    struct mh_sent_log *log, const struct mh_departure *departure)
{
    struct mh_logged_send *found = NULL;

    for (size_t i = log->count; i-- > 0;) {
        struct mh_logged_send *entry = &log->entries[i];
        uint32_t ahead = departure->id - entry->id;
        if (ahead > entry->failures && ahead <= UINT32_MAX / 2)
            break; /* this one's number is below for certain, and so are all before it */
        bool possible = entry->failures == 0 || entry->sent.time_ns <= departure->time_ns;
        if (ahead <= entry->failures && !entry->sent.departed_ns && possible)
            found = entry;
    }
    return found;
}

void mh_sent_log_depart(struct mh_sent_log *log, const struct mh_departure *departure)
{
    if (departure->error) { /* carries no number: the latest send is the likely cause */
        if (log->count > 0 && !log->entries[log->count - 1].sent.error)
            log->entries[log->count - 1].sent.error = departure->error;
        return;
    }

    struct mh_logged_send *entry = find(log, departure);
    if (!entry)
        return;
    entry->sent.departed_ns = departure->time_ns;
    settle(log, (size_t)(entry - log->entries), departure->id - entry->id);
}

void mh_sent_log_done(struct mh_sent_log *log)
{
    free(log->entries);
    mh_payload_store_done(&log->payloads);
    *log = (struct mh_sent_log){0};
}
