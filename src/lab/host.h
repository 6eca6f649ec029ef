/* Hosts: a network namespace each. Private to the lab layer. */
#pragma once

#include "lab/network.h"
#include "net/netns_maker.h"

/* Begins to make an empty namespace for every host, which mh_hosts_create() takes. NULL when
 * memory is out. */
struct mh_netns_maker *mh_hosts_begin(struct mh_lab *lab);
/* Makes one host after the other up to the one of number `until`, with its cables to switches,
 * while the namespaces of the next ones are being made. What can be raised and configured is,
 * at once. Those that it has made before are left alone. */
int mh_hosts_create(
    struct mh_lab *lab, struct mh_netns_maker *namespaces, int until, struct mh_error *err);
/* The others, once they have their cables: brings their interfaces up. Nothing is sent yet, for
 * want of an address. */
int mh_hosts_raise(struct mh_lab *lab, struct mh_error *err);
/* Then: gives addresses, routes and neighbours. From here on hosts send, reports first of all.
 */
int mh_hosts_configure(struct mh_lab *lab, struct mh_error *err);
