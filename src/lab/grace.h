/* Snooping's grace time. Private to the lab layer. */
#pragma once

#include "lab/network.h"

/* Waits until snooping is effective on every bridge, which takes a tick or two of the kernel's
 * clock after mh_switches_create(). Ports attached later never see a frame flooded that should
 * not be. -ETIMEDOUT names the switch. */
int mh_grace_await(struct mh_lab *lab, struct mh_error *err);
