/* Follows the multicast databases of all bridges in one namespace. Private to the lab layer. */
#pragma once

#include "base/error.h"
#include "lab/mdb_table.h"

struct mh_mdb;

/* Subscribes in the calling thread's namespace, where no bridge has a port yet. */
int mh_mdb_open(struct mh_mdb **ret_mdb, struct mh_error *err);
struct mh_mdb *mh_mdb_free(struct mh_mdb *mdb);
/* Readable when an entry came or went. */
int mh_mdb_fd(const struct mh_mdb *mdb);
/* Takes in what is waiting. Returns the number of changes. */
int mh_mdb_update(struct mh_mdb *mdb, struct mh_error *err);
/* By the last update. */
const struct mh_mdb_table *mh_mdb_entries(const struct mh_mdb *mdb);
