/* The multicast database's entries, as a hash set by (port, group, source). Private to the lab
 * layer. */
#pragma once

#include "base/addr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mh_mdb_key {
    unsigned port; /* index of the switch's end */
    struct mh_addr group;
    struct mh_addr source; /* AF_UNSPEC: any */
};

struct mh_mdb_entry {
    struct mh_mdb_key key;
    bool forwards; /* (*,G): in EXCLUDE mode; (S,G): not blocked */
    bool used;
};

struct mh_mdb_table {
    struct mh_mdb_entry *slots;
    size_t capacity; /* a power of two, or 0 */
    size_t count;
};

/* Adds or replaces. 0, or -ENOMEM. */
int mh_mdb_table_put(struct mh_mdb_table *table, const struct mh_mdb_key *key, bool forwards);
void mh_mdb_table_remove(struct mh_mdb_table *table, const struct mh_mdb_key *key);
/* NULL when there is none. */
const struct mh_mdb_entry *mh_mdb_table_find(
    const struct mh_mdb_table *table, const struct mh_mdb_key *key);
void mh_mdb_table_clear(struct mh_mdb_table *table);
