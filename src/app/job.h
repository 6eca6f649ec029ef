/* What every child of the harness does: a fresh Lua state that runs one job (lua/meta/job.lua).
 */
#pragma once

#include "app/child.h"

/* Calls mcast.runner's main with the child's job, and once more with the other job of a child
 * that takes one. The child's context is the directory that replaces modules of the Lua library
 * (MCAST_HARNESS_LUA_DIR), or NULL. SIGTERM interrupts it. */
mh_child_body_fn mh_job_run;
