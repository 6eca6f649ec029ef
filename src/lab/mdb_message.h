/* The multicast database's messages (RTM_*MDB of linux/if_bridge.h): a table per bridge, in it
 * entries by group, and the bridge's router ports. Private to the lab layer. */
#pragma once

#include "base/addr.h"

#include <libmnl/libmnl.h>

#include <linux/if_bridge.h>
#include <stddef.h>

/* One port's entry for one group; its attributes (MDBA_MDB_EATTR_*) lie behind it. */
struct mh_mdb_entry_info {
    const struct br_mdb_entry *entry;
    const void *attributes;
    size_t size;
};

struct mh_mdb_visitor {
    void (*on_entry)(const struct mh_mdb_entry_info *info, void *context);
    /* A router port: its index, and attributes (MDBA_ROUTER_PATTR_*) behind it. May be NULL. */
    void (*on_router)(unsigned port, const void *attributes, size_t size, void *context);
    void *context;
};

void mh_mdb_message_visit(const struct nlmsghdr *message, const struct mh_mdb_visitor *visitor);
/* AF_UNSPEC for a group of the link layer. */
struct mh_addr mh_mdb_group_of(const struct br_mdb_entry *entry);
/* Of an attribute that is an address, by its size. */
struct mh_addr mh_mdb_address_of(const struct nlattr *attribute);
