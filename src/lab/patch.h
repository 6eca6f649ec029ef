/* A cable between two hosts that can be impaired: it leads through the switches' namespace, as
 * two veth pairs. What comes out of the one is sent into the other, untouched and in order,
 * before anything else sees it: there is no bridge, nothing learns, no frame is special.
 * Private to the lab layer. */
#pragma once

#include "lab/network.h"

static inline bool mh_patch_is_needed(const struct mh_lab_port *port)
{
    return port->peer != MH_NO_PORT && port->plan.impairable;
}

/* Joins the two, both of which are there. Adds messages to the lab's batch. */
void mh_patch_join(struct mh_lab *lab, const struct mh_lab_port *port,
    const struct mh_lab_port *peer, const struct mh_attempt *attempt);
/* Returns when it carries in the switches' namespace; both hosts' ends are up. */
int mh_patch_settle(struct mh_lab *lab, const struct mh_lab_port *port, struct mh_error *err);
