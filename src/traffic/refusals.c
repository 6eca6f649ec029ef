#include "traffic/refusals.h"

#include <errno.h>
#include <stdlib.h>

enum { FIRST_CAPACITY = 4, ENTRIES_MAX = 1 << 20 };

static int reserve(struct mh_refusals *refusals)
{
    if (refusals->count < refusals->capacity)
        return 0;

    size_t capacity = refusals->capacity ? refusals->capacity * 2 : FIRST_CAPACITY;
    if (capacity > ENTRIES_MAX)
        return -ENOMEM;
    struct mh_refusal *entries =
        reallocarray(refusals->entries, capacity, sizeof(*refusals->entries));
    if (!entries)
        return -ENOMEM;
    refusals->entries = entries;
    refusals->capacity = capacity;
    return 0;
}

/* The last entry, if it is that number's. */
static struct mh_refusal *find_last(const struct mh_refusals *refusals, uint64_t number)
{
    struct mh_refusal *last =
        refusals->count > 0 ? &refusals->entries[refusals->count - 1] : NULL;

    return last && last->number == number ? last : NULL;
}

int mh_refusals_add(
    struct mh_refusals *refusals, uint64_t number, uint64_t before_ns, uint64_t now_ns)
{
    struct mh_refusal *last = find_last(refusals, number);

    if (last) {
        last->count++;
        last->after_ns = now_ns;
        return 0;
    }
    if (reserve(refusals) < 0)
        return -ENOMEM;
    refusals->entries[refusals->count++] = (struct mh_refusal){
        .number = number, .count = 1, .before_ns = before_ns, .after_ns = now_ns};
    return 0;
}

void mh_refusals_end(struct mh_refusals *refusals, uint64_t number, uint64_t now_ns)
{
    struct mh_refusal *last = find_last(refusals, number);

    if (last)
        last->after_ns = now_ns;
}

void mh_refusals_done(struct mh_refusals *refusals)
{
    free(refusals->entries);
    *refusals = (struct mh_refusals){0};
}
