/* core.Endpoint, for its own files and for bindings that are given one. */
#pragma once

#include "traffic/endpoint.h"

#include <lauxlib.h>

/* Open or closed; luaL_argerror when it is none. */
struct mh_endpoint *mh_check_endpoint(lua_State *L, int arg);
/* luaL_argerror "endpoint is closed". */
struct mh_endpoint *mh_check_open_endpoint(lua_State *L, int arg);

/* The number of one of `count` messages or sends, which Lua counts from 1 and C from 0;
 * luaL_argerror "there is no `what` N". */
size_t mh_check_endpoint_number(lua_State *L, int arg, size_t count, const char *what);

/* These have the metatable as their upvalue. */
extern const luaL_Reg mh_endpoint_message_methods[];
extern const luaL_Reg mh_endpoint_send_methods[];
