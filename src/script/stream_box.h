/* core.Stream: what the files that implement it share. */
#pragma once

#include "traffic/stream.h"

#include <lauxlib.h>
#include <lua.h>

/* The stream of an argument; luaL_argerror when it was not started. */
struct mh_stream *mh_check_stream(lua_State *L, int arg);

/* stream:sightings(capture, count) */
int mh_stream_sightings(lua_State *L);
