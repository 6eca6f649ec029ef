/* What a stream is to send, from Lua. */
#pragma once

#include "traffic/stream.h"

#include <lauxlib.h>

/* The fields that lua/meta/core.lua tells at core.stream; luaL_argerror when one is out of
 * range. */
struct mh_stream_plan mh_check_stream_plan(lua_State *L, int arg);
