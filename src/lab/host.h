/* Hosts: a network namespace each. Private to the lab layer. */
#pragma once

#include "lab/network.h"

/* Makes an empty namespace for every host. */
int mh_hosts_create(struct mh_lab *lab, struct mh_error *err);
/* Once they have their cables: brings their interfaces up. Nothing is sent yet, for want of an
 * address. */
int mh_hosts_raise(struct mh_lab *lab, struct mh_error *err);
/* Then: gives addresses, routes and neighbours. From here on hosts send, reports first of all.
 */
int mh_hosts_configure(struct mh_lab *lab, struct mh_error *err);
