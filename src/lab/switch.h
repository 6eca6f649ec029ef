/* Switches: Linux bridges in one namespace of their own. Private to the lab layer. */
#pragma once

#include "lab/network.h"

/* Locally administered, unicast; 0x53 ("S") for switches. */
void mh_switch_mac(const struct mh_lab_switch *bridge, uint8_t ret_mac[6]);

/* Makes the namespace, and in it every bridge, with its snooping's grace time already running.
 * Leaves the thread inside. */
int mh_switches_create(struct mh_lab *lab, struct mh_error *err);

/* While the ports of a large switch come up it is spared its snooping: off before there are
 * any, on again when they are up and before a host sends. Its grace time, once over, stays so.
 */
bool mh_switch_is_spared(const struct mh_lab_switch *bridge);
int mh_switches_pause_snooping(struct mh_lab *lab, struct mh_error *err);
int mh_switches_resume_snooping(struct mh_lab *lab, struct mh_error *err);
