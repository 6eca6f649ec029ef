/* core.Endpoint, for bindings that are given one. */
#pragma once

#include "traffic/endpoint.h"

#include <lua.h>

/* Open or closed; luaL_argerror when it is none. */
struct mh_endpoint *mh_check_endpoint(lua_State *L, int arg);
/* luaL_argerror "endpoint is closed". */
struct mh_endpoint *mh_check_open_endpoint(lua_State *L, int arg);
