/* Cables: veth pairs between a switch and a host, or two hosts. Private to the lab layer. */
#pragma once

#include "lab/network.h"

/* Gives every port its names, indexes and MAC address, by its number alone. */
void mh_cables_plan(struct mh_lab *lab);
/* Creates every cable: a switch's end attached and up, a host's in its namespace. */
int mh_cables_create(struct mh_lab *lab, struct mh_error *err);
