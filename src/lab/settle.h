/* Waiting for devices. Private to the lab layer. */
#pragma once

#include "lab/network.h"

/* Returns when the device of the switches' namespace takes frames: one that is up drops them
 * until its link event was handled. -ETIMEDOUT tells the attempt. */
int mh_settle_device(
    struct mh_lab *lab, unsigned index, const struct mh_attempt *attempt, struct mh_error *err);

/* Makes the kernel handle the link event of a switch's port now. If it is not up yet, that is
 * for mh_lab_settle() to await; one that is up is not asked again there. */
int mh_settle_hasten_port(struct mh_lab *lab, struct mh_lab_port *port, struct mh_error *err);
