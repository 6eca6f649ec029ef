/* Cables: veth pairs between a switch and a host. Private to the lab layer. */
#pragma once

#include "lab/network.h"

/* Gives every port its names, indexes and MAC address, by its number alone. */
void mh_cables_plan(struct mh_lab *lab);
/* Creates every cable, the switch's end attached and up, the other in its host. */
int mh_cables_create(struct mh_lab *lab, struct mh_error *err);
