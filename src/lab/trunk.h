/* Cables between switches: they make one LAN of several. Private to the lab layer. */
#pragma once

#include "lab/network.h"

void mh_trunks_plan(struct mh_lab *lab);
/* Once the switches are there. */
int mh_trunks_create(struct mh_lab *lab, struct mh_error *err);

/* The device of a switch's port that leads to another switch of its LAN; 0: none does. */
unsigned mh_trunks_towards(const struct mh_lab *lab, int from, int to);
/* Is the switch `other` sure to hear of the memberships of hosts on the switch `home`? Reports
 * of IGMPv3 and MLDv2 are flooded by Linux, those of older versions go to routers and queriers
 * only (RFC 4541 section 2.1.1). */
bool mh_trunks_tell_of_members(
    const struct mh_lab *lab, int home, int other, sa_family_t family);
/* Has the LAN more than one switch? */
bool mh_trunks_is_joined(const struct mh_lab *lab, int lan);
/* The elected querier of a LAN; -1: it has none. */
int mh_trunks_querier(const struct mh_lab *lab, int lan);
