/* A folder that stays the machine's own among private mounts, even in /run or /tmp: the
 * scenario's. Its programs write there what the scenario reads, and the other way round; an
 * overlay would keep both apart. */
#pragma once

#include "base/error.h"

/* Before the mounts are made. Returns a descriptor, or -1 when the folder will be seen anyway.
 */
int mh_kept_folder_open(const char *path);
/* After it: mounts the folder at its place again. Closes `fd`; -1 does nothing. */
int mh_kept_folder_show(int fd, const char *path, struct mh_error *err);
