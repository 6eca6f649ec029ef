/* core.Mountns: a mount namespace for daemons, kept alive by descriptors of its own. */
#pragma once

#include "net/mountns.h"

#include <lua.h>

/* Borrowed; NULL for nil. */
const struct mh_mountns *mh_opt_mountns(lua_State *L, int arg);
