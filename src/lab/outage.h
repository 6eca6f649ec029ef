/* An interface that is taken down, and comes back as it was.
 *
 * When an interface goes down the kernel forgets its IPv6 addresses, its routes and its
 * neighbours (addrconf_ifdown(), fib_disable_ip(), neigh_ifdown() in the kernel); memberships
 * stay. An outage keeps what was there, and gives it back at the end, except what the kernel
 * makes again by itself. Works in any network namespace; opens nothing but a netlink socket.
 */
#pragma once

#include "base/error.h"

struct mh_outage;

/* Takes the interface down. `netns` is a descriptor, borrowed for the call; `name` is how
 * errors call it. The thread stays where it is. */
int mh_outage_begin(int netns, unsigned index, const char *name, struct mh_outage **ret_outage,
    struct mh_error *err);
/* Brings it up and gives back what it had. Twice is harmless. */
int mh_outage_end(struct mh_outage *outage, struct mh_error *err);
/* Leaves the interface as it is. Takes NULL; returns NULL. */
struct mh_outage *mh_outage_free(struct mh_outage *outage);
