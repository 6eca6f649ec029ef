/* What a network namespace shows of itself below /proc/net (proc_pid_net(5)): counters,
 * memberships, sockets. */
#pragma once

#include "base/error.h"

#include <stddef.h>

/* The text of /proc/net/NAME as the namespace sees it; `netns` as for mh_netns_visit(). The
 * caller frees *ret_text with free(); it ends with a 0 that *ret_length does not count. */
int mh_proc_net_read(
    int netns, const char *name, char **ret_text, size_t *ret_length, struct mh_error *err);
