/* Waiting for devices. Private to the lab layer. */
#pragma once

#include "lab/network.h"

/* Returns when the device of the switches' namespace takes frames: one that is up drops them
 * until its link event was handled. -ETIMEDOUT tells the attempt. */
int mh_settle_device(
    struct mh_lab *lab, unsigned index, const struct mh_attempt *attempt, struct mh_error *err);

/* Makes the kernel handle the link events of a switch's ports now. Those that are not up yet
 * are for mh_lab_settle() to await. */
int mh_settle_hasten_ports(
    struct mh_lab *lab, const struct mh_lab_switch *bridge, struct mh_error *err);
