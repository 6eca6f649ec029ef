/* A folder that private mounts would hide: one in /run, or one that is mounted below /etc, /var
 * or /tmp. The scenario's own may be such a one, and daemons begin there. */
#pragma once

#include "base/error.h"

/* Before the mounts are made. Returns a descriptor, or -1 when the folder will be seen anyway.
 */
int mh_kept_folder_open(const char *path);
/* After it: mounts the folder at its place again. Closes `fd`; -1 does nothing. */
int mh_kept_folder_show(int fd, const char *path, struct mh_error *err);
