#include "script/class.h"

void mh_class_define(
    lua_State *L, const char *type, const luaL_Reg *methods, const luaL_Reg *metamethods)
{
    luaL_newmetatable(L, type);
    if (metamethods)
        luaL_setfuncs(L, metamethods, 0);
    if (methods) {
        lua_newtable(L);
        luaL_setfuncs(L, methods, 0);
        lua_setfield(L, -2, "__index");
    }
    lua_pop(L, 1);
}

void mh_class_extend(lua_State *L, const char *type, const luaL_Reg *methods)
{
    luaL_getmetatable(L, type);
    lua_getfield(L, -1, "__index");
    luaL_setfuncs(L, methods, 0);
    lua_pop(L, 2);
}
