/* Sets one multicast option (IFLA_BR_*) of a bridge that is there. Each is a message of its
 * own, for within a message the kernel has an order of its own. Private to the lab layer. */
#pragma once

#include "lab/netlink.h"

void mh_bridge_set_flag(struct mh_netlink *netlink, unsigned index, uint16_t type,
    uint8_t value, const struct mh_attempt *attempt);
void mh_bridge_set_timer(struct mh_netlink *netlink, unsigned index, uint16_t type,
    uint64_t centiseconds, const struct mh_attempt *attempt);
