/* Taking turns at what there is only one of. A turn is a listening socket with the name of the
 * thing (unix(7), abstract: it is of the machine's network namespace, is no file, and goes with
 * its owner); waiting for its end is being connected to it. Private to the lab layer. */
#pragma once

#include "base/error.h"

#include <stdbool.h>

/* Returns a descriptor; closing it ends the turn. It is somebody else's: -EBUSY, or, when it
 * `waits`, -ECANCELED as soon as `interrupting_fd` is readable. */
int mh_turn_take(const char *thing, bool waits, int interrupting_fd, struct mh_error *err);
