/* Classes of userdata for Lua. */
#pragma once

#include <lauxlib.h>

/* Makes the metatable that luaL_setmetatable() and luaL_checkudata() know by `type`. `methods`
 * and `metamethods` may be NULL. */
void mh_class_define(
    lua_State *L, const char *type, const luaL_Reg *methods, const luaL_Reg *metamethods);
/* More methods of a class that is defined. */
void mh_class_extend(lua_State *L, const char *type, const luaL_Reg *methods);
