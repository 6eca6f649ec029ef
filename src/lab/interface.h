/* What makes an interface of the connected namespace usable. Each function adds its message to
 * the batch. Private to the lab layer. */
#pragma once

#include "base/addr.h"
#include "lab/netlink.h"

void mh_interface_up(
    struct mh_netlink *netlink, unsigned index, const struct mh_attempt *attempt);
/* No IPv6 address of the kernel's choice. Goes before mh_interface_up(), in a message of its
 * own: of both in one, the kernel would bring the interface up first. */
void mh_interface_stop_autoconfiguration(
    struct mh_netlink *netlink, unsigned index, const struct mh_attempt *attempt);
/* Asking for a single link makes the kernel handle that link's pending event at once instead of
 * up to a second later: the interface is running when the batch is done. */
void mh_interface_settle(
    struct mh_netlink *netlink, unsigned index, const struct mh_attempt *attempt);
/* Nothing for AF_UNSPEC. IPv6 addresses do not wait for DAD: nobody else has them. */
void mh_interface_address(struct mh_netlink *netlink, unsigned index,
    const struct mh_addr *address, uint8_t prefix_length, const struct mh_attempt *attempt);
/* Nothing for AF_UNSPEC. The kernel makes the local route of an IPv6 address in a worker that
 * waits for the rtnl lock (addrconf_dad_work), even without DAD. On a busy machine unicast
 * comes first and is dropped (Ip6InAddrErrors); this route, of a lower preference, is there at
 * once. */
void mh_interface_route_to_self6(struct mh_netlink *netlink, unsigned index,
    const struct mh_addr *address, const struct mh_attempt *attempt);
/* Routes 224.0.0.0/4 through it. */
void mh_interface_multicast(
    struct mh_netlink *netlink, unsigned index, const struct mh_attempt *attempt);
/* Prefers its route for ff00::/8, one of which every interface brings. */
void mh_interface_multicast6(
    struct mh_netlink *netlink, unsigned index, const struct mh_attempt *attempt);
