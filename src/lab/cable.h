/* Cables: veth pairs between a switch and a host, or two hosts. Private to the lab layer. */
#pragma once

#include "lab/network.h"

/* Gives every port its names, indexes and MAC address, by its number alone. */
void mh_cables_plan(struct mh_lab *lab);
/* Creates a host's cables to switches: a switch's end attached and up, the host's in its
 * namespace. */
int mh_cables_attach(struct mh_lab *lab, const struct mh_lab_host *host, struct mh_error *err);
/* Once all hosts are there: creates every cable between two of them. */
int mh_cables_connect(struct mh_lab *lab, struct mh_error *err);
