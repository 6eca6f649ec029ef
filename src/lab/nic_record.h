/* The addresses and routes of an interface, as the kernel told them, kept to be said to it
 * again: an interface that moves to another namespace loses them. Private to the lab layer.
 *
 * Not kept: what the kernel makes by itself (routes of addresses, of router advertisements,
 * local and multicast ones) and routes over several interfaces. */
#pragma once

#include "lab/netlink.h"

struct mh_nic_record;

/* Of the interface in the calling thread's namespace. */
int mh_nic_record_take(unsigned index, struct mh_nic_record **ret_record, struct mh_error *err);
struct mh_nic_record *mh_nic_record_free(struct mh_nic_record *record);

/* Gives them to the interface that has `index` where `netlink` is connected; what it has
 * already stays. Tries all; the error is that of the first refusal. */
int mh_nic_record_play_addresses(const struct mh_nic_record *record, struct mh_netlink *netlink,
    unsigned index, const struct mh_attempt *attempt, struct mh_error *err);
/* The same, and each address can be used when this returns: its IPv6 ones skip duplicate
 * address detection. For an interface that is still on the wire on which it had them. */
int mh_nic_record_play_addresses_at_once(const struct mh_nic_record *record,
    struct mh_netlink *netlink, unsigned index, const struct mh_attempt *attempt,
    struct mh_error *err);
int mh_nic_record_play_routes(const struct mh_nic_record *record, struct mh_netlink *netlink,
    unsigned index, const struct mh_attempt *attempt, struct mh_error *err);
