/* What is missing of a stream, to the stack. */
#pragma once

#include "traffic/loss_runs.h"

#include <lua.h>

/* Three results: span, lost, longest. Returns their number. */
int mh_push_loss_runs(lua_State *L, const struct mh_loss_runs *runs);
