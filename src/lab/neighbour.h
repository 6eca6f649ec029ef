/* Permanent neighbour entries, so that the first unicast between hosts needs no ARP or
 * neighbour discovery. They do not count against the machine-wide limit of the kernel's table
 * (net.ipv4.neigh.default.gc_thresh3). Private to the lab layer. */
#pragma once

#include "lab/network.h"

/* Small networks get everybody's entries at build time. */
bool mh_neighbours_are_meshed(const struct mh_lab *lab, const struct mh_lab_port *port);
/* Adds to the batch, for the host at `port`, the entries of all others on its switch or of the
 * one at the other end of its cable. */
void mh_neighbours_add_all(
    struct mh_lab *lab, struct mh_netlink *netlink, const struct mh_lab_port *port);
