/* The loopback interface, which is down in a fresh namespace. */
#pragma once

#include "base/error.h"

/* Brings up lo of the calling thread's namespace (ip(8): ip link set lo up; netdevice(7)),
 * which takes CAP_NET_ADMIN there. Returns 0 or a negative errno. */
int mh_loopback_raise(struct mh_error *err);
