/* The carrier of cables between hosts that can be impaired (lab/patch.h). Private to the lab
 * layer. */
#pragma once

#include "lab/network.h"

/* Hears from here on of carriers that come and go, where there are such cables. */
int mh_carriers_listen(struct mh_lab *lab, struct mh_error *err);
