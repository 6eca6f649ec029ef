/* Hosts: a network namespace each. Private to the lab layer. */
#pragma once

#include "lab/network.h"

/* Makes an empty namespace for every host. */
int mh_hosts_create(struct mh_lab *lab, struct mh_error *err);
/* Once they have their cables: brings interfaces up, gives addresses, routes and neighbours. */
int mh_hosts_configure(struct mh_lab *lab, struct mh_error *err);
