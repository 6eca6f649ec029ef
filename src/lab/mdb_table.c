/* Open addressing with linear probing; a removal moves the followers up, so that there are no
 * tombstones (Knuth, The Art of Computer Programming, volume 3, 6.4, algorithm R). */
#include "lab/mdb_table.h"

#include <errno.h>
#include <stdlib.h>

enum { FIRST_CAPACITY = 64 };

static size_t home_of(const struct mh_mdb_table *table, const struct mh_mdb_key *key)
{
    uint32_t hash = mh_addr_hash(&key->group) * 31 + mh_addr_hash(&key->source);

    hash = (hash * 31 + key->port) * UINT32_C(2654435761);
    return (hash ^ hash >> 16) & (table->capacity - 1);
}

static bool same_key(const struct mh_mdb_key *a, const struct mh_mdb_key *b)
{
    return a->port == b->port && mh_addr_equal(&a->group, &b->group) &&
           mh_addr_equal(&a->source, &b->source);
}

/* The key's slot, or the free one where it would go. There is always a free one. */
static struct mh_mdb_entry *slot_of(
    const struct mh_mdb_table *table, const struct mh_mdb_key *key)
{
    size_t at = home_of(table, key);

    while (table->slots[at].used && !same_key(&table->slots[at].key, key))
        at = (at + 1) & (table->capacity - 1);
    return &table->slots[at];
}

static int grow(struct mh_mdb_table *table)
{
    struct mh_mdb_table larger = {
        .capacity = table->capacity ? 2 * table->capacity : FIRST_CAPACITY,
        .count = table->count,
    };

    larger.slots = calloc(larger.capacity, sizeof(*larger.slots));
    if (!larger.slots)
        return -ENOMEM;
    for (size_t i = 0; i < table->capacity; i++)
        if (table->slots[i].used)
            *slot_of(&larger, &table->slots[i].key) = table->slots[i];
    free(table->slots);
    *table = larger;
    return 0;
}

int mh_mdb_table_put(struct mh_mdb_table *table, const struct mh_mdb_key *key, bool forwards)
{
    struct mh_mdb_entry *slot;

    if (2 * (table->count + 1) > table->capacity && grow(table))
        return -ENOMEM;
    slot = slot_of(table, key);
    if (!slot->used)
        table->count++;
    *slot = (struct mh_mdb_entry){.key = *key, .forwards = forwards, .used = true};
    return 0;
}

const struct mh_mdb_entry *mh_mdb_table_find(
    const struct mh_mdb_table *table, const struct mh_mdb_key *key)
{
    const struct mh_mdb_entry *slot = table->count ? slot_of(table, key) : NULL;

    return slot && slot->used ? slot : NULL;
}

/* May the entry at `at` fill the gap without getting in front of its home? */
static bool may_move(const struct mh_mdb_table *table, size_t at, size_t gap)
{
    size_t mask = table->capacity - 1;
    size_t home = home_of(table, &table->slots[at].key);

    return ((at - home) & mask) >= ((at - gap) & mask);
}

void mh_mdb_table_remove(struct mh_mdb_table *table, const struct mh_mdb_key *key)
{
    size_t mask = table->capacity - 1;
    size_t gap;

    if (!mh_mdb_table_find(table, key))
        return;
    gap = (size_t)(slot_of(table, key) - table->slots);
    for (size_t at = (gap + 1) & mask; table->slots[at].used; at = (at + 1) & mask) {
        if (!may_move(table, at, gap))
            continue;
        table->slots[gap] = table->slots[at];
        gap = at;
    }
    table->slots[gap].used = false;
    table->count--;
}

void mh_mdb_table_clear(struct mh_mdb_table *table)
{
    free(table->slots);
    *table = (struct mh_mdb_table){0};
}
