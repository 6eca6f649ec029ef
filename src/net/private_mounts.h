/* The folders of its own that a mount namespace gives to daemons (tmpfs(5), overlayfs). */
#pragma once

#include "base/error.h"

/* Mounts them in the calling thread's mount namespace, which must be its own: an empty /run,
 * and /etc, /var and /tmp in which what was there is seen and what is written stays here. */
int mh_private_mounts_make(struct mh_error *err);
