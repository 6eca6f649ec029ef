/* The kernel's multicast forwarding cache of one namespace, whoever filled it (RTM_GETROUTE of
 * rtnetlink(7) with the families RTNL_FAMILY_IPMR and RTNL_FAMILY_IP6MR). */
#pragma once

#include "net/mroute.h"

#include <stdbool.h>

struct mh_mroute_cached {
    struct mh_mroute_entry entry; /* `incoming` is 0 where the kernel waits for a route */
    struct mh_mroute_counters counters;
    bool resolved; /* false: packets of this source wait for a route, for 10 s at most */
};

/* The caller frees *ret_entries with free(). */
int mh_mroute_cache_read(int netns_fd, sa_family_t family,
    struct mh_mroute_cached **ret_entries, size_t *ret_count, struct mh_error *err);
