/* A port of this machine that a scenario has for a while: moved into a namespace of the
 * scenario's, and given back as it was: its name, index, addresses, routes, settings, up or
 * down. (What hangs on it besides is lost by the move: queueing disciplines, permanent
 * neighbours.)
 *
 * A namespace that ends gives physical ports back to the machine by itself, but bare, and
 * destroys virtual ones (veth, VLAN). So whoever took a port keeps the namespace until it has
 * given the port back. The calling thread stands in the machine's namespace, and does so again
 * afterwards. */
#pragma once

#include "lab/place.h"

struct mh_nic;

/* Moves `place->lower` into `place->netns` and makes it usable there: with the addresses of
 * `place`, or, when it has none, with those that the port had. */
int mh_nic_take(const struct mh_place *place, struct mh_nic **ret_nic, struct mh_error *err);
/* For one that stays where it is, in `place->netns`: whatever is done to it there,
 * mh_nic_give_back() makes it as it was. */
int mh_nic_keep(const struct mh_place *place, struct mh_nic **ret_nic, struct mh_error *err);
/* Frees it, whatever comes of it; takes NULL. */
int mh_nic_give_back(struct mh_nic *nic, struct mh_error *err);
const char *mh_nic_name(const struct mh_nic *nic);
