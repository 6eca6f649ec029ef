/* What to do about a network that could not be built. Private to the lab layer. */
#pragma once

#include "base/error.h"

/* Adds a remedy for the kernel's better known refusals; returns the error's code. */
int mh_lab_hint(struct mh_error *err, int code);
