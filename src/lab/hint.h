/* What to do about a network that could not be built. Private to the lab layer. */
#pragma once

#include "base/error.h"

/* Puts the remedy for one of the kernel's better known refusals in the place of a more general
 * hint; returns the code. */
int mh_lab_hint(struct mh_error *err, int code);
