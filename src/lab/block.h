/* A firewall rule in a network namespace: packets that it describes are dropped and counted
 * (nf_tables over netlink, linux/netfilter/nf_tables.h; no program is run). Each has a table of
 * its own, which belongs to a netlink socket and goes with it (NFT_TABLE_F_OWNER, Linux 5.12):
 * nothing is left behind, however the process ends. */
#pragma once

#include "base/addr.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct mh_block;

struct mh_block_plan {
    struct mh_addr group;  /* the destination; AF_UNSPEC: any */
    struct mh_addr source; /* AF_UNSPEC: any */
    uint16_t port;         /* UDP destination port; 0: any, of any protocol */
    bool in;  /* before routing: what the host is sent, and what it would forward */
    bool out; /* after routing: what it sends (which fails with EPERM) and forwards */
};

struct mh_block_count {
    uint64_t packets;
    uint64_t bytes;
};

/* `netns` is a descriptor, borrowed for the call. */
int mh_block_open(int netns, const struct mh_block_plan *plan, struct mh_block **ret_block,
    struct mh_error *err);
/* What it has dropped. */
int mh_block_read(
    struct mh_block *block, struct mh_block_count *ret_count, struct mh_error *err);
/* Takes the rule away. Takes NULL; returns NULL. */
struct mh_block *mh_block_close(struct mh_block *block);
