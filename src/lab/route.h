/* Unicast routes of hosts and routers. Private to the lab layer. */
#pragma once

#include "lab/network.h"

/* Makes the namespace that the thread is in a router's, or a host's beyond one: forwarding as
 * told, and no check of where a packet comes from. Before it has interfaces, which inherit it.
 */
void mh_routing_prepare(bool forwards);
/* Once every host has its addresses: gives all hosts their routes. */
int mh_routes_install(struct mh_lab *lab, struct mh_error *err);
