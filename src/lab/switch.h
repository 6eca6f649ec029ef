/* Switches: Linux bridges in one namespace of their own. Private to the lab layer. */
#pragma once

#include "lab/network.h"

/* Makes the namespace, and in it every bridge, with its snooping's grace time already running.
 * Leaves the thread inside. */
int mh_switches_create(struct mh_lab *lab, struct mh_error *err);
