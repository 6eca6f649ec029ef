#include "traffic/match.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

struct mh_match_slot {
    struct mh_moment sent;
    size_t
        free_below; /* how many slots end with the last free one up to here; 0: none is free */
};

int mh_match_reserve(struct mh_match *match, size_t count)
{
    if (count <= match->capacity)
        return 0;

    size_t capacity = match->capacity ? match->capacity * 2 : 16;
    if (capacity < count)
        capacity = count;
    struct mh_match_slot *slots = realloc(match->slots, capacity * sizeof(*slots));
    if (!slots)
        return -ENOMEM;
    match->slots = slots;
    match->capacity = capacity;
    return 0;
}

void mh_match_done(struct mh_match *match)
{
    free(match->slots);
    *match = (struct mh_match){0};
}

void mh_match_begin(struct mh_match *match)
{
    match->count = 0;
}

size_t mh_match_add(struct mh_match *match, struct mh_moment sent)
{
    assert(match->count < match->capacity);
    size_t number = match->count++;
    match->slots[number] = (struct mh_match_slot){.sent = sent, .free_below = number + 1};
    return number;
}

uint64_t mh_match_first_order(const struct mh_match *match)
{
    return match->count ? match->slots[0].sent.order : UINT64_MAX;
}

/* How many sends were made before the message was logged: they are in order for certain. */
static size_t count_by_order(const struct mh_match *match, uint64_t order)
{
    size_t low = 0;
    size_t high = match->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (match->slots[middle].sent.order <= order)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The same by the clock, which is in order unless it was set back between two sends: then any
 * answer within bounds is as good as another. */
static size_t count_by_time(const struct mh_match *match, size_t most, uint64_t time_ns)
{
    size_t low = 0;
    size_t high = most;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (match->slots[middle].sent.time_ns <= time_ns)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Follows free_below to a free slot, and shortens the way for the next time. */
static size_t free_up_to(struct mh_match *match, size_t count)
{
    struct mh_match_slot *slots = match->slots;

    while (count > 0 && slots[count - 1].free_below != count) {
        size_t below = slots[count - 1].free_below;
        if (below > 0)
            slots[count - 1].free_below = slots[below - 1].free_below;
        count = below;
    }
    return count;
}

size_t mh_match_give(struct mh_match *match, struct mh_moment message)
{
    size_t candidates = count_by_order(match, message.order);
    if (candidates == 0)
        return MH_MATCH_NONE;

    size_t latest = count_by_time(match, candidates, message.time_ns);
    if (latest == 0)
        latest = 1;
    size_t taken = free_up_to(match, latest);
    if (taken == 0)
        return latest - 1;
    match->slots[taken - 1].free_below = taken - 1;
    return taken - 1;
}
