/* Why this machine does not let us make namespaces, and what to do about it. */
#pragma once

#include "base/error.h"

#include <stdbool.h>

/* Adds the hint to `err`, which holds the kernel's refusal, and returns its code. `root` is put
 * in front of every path that is read ("" in earnest). */
int mh_obstacle_explain(const char *root, bool is_superuser, struct mh_error *err);
