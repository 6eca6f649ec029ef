#include "script/guard.h"

#include <lauxlib.h>

#include <stdlib.h>

#define GUARD_TYPE "mcast.core.guard"

static int guard_free(lua_State *L)
{
    void **block = lua_touserdata(L, 1);

    free(*block);
    *block = NULL;
    return 0;
}

void **mh_push_guard(lua_State *L)
{
    void **block = lua_newuserdatauv(L, sizeof(*block), 0);

    *block = NULL;
    if (luaL_newmetatable(L, GUARD_TYPE)) {
        lua_pushcfunction(L, guard_free);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    return block;
}
