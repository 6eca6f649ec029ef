/* core.Capture: what the files that implement it share. */
#pragma once

#include "traffic/capture.h"

#include <lauxlib.h>
#include <lua.h>

/* The open capture of an argument; luaL_argerror "capture is closed". */
struct mh_capture *mh_check_capture(lua_State *L, int arg);

/* core.save_packets(path, parts) */
int mh_save_packets(lua_State *L);
