#include "script/addr_list.h"

#include "script/convert.h"

#include <lauxlib.h>

static struct mh_addr check_element(lua_State *L, int index, int arg, size_t i)
{
    struct mh_addr addr = {.family = AF_UNSPEC};

    int type = lua_geti(L, index, (lua_Integer)i + 1);
    if (type != LUA_TSTRING || mh_addr_parse(lua_tostring(L, -1), &addr) < 0)
        luaL_argerror(L, arg,
            lua_pushfstring(L, "element %d: IPv4 or IPv6 address expected, got '%s'",
                (int)i + 1, luaL_tolstring(L, -1, NULL)));
    lua_pop(L, 1);
    return addr;
}

const struct mh_addr *mh_check_addr_list(lua_State *L, int index, int arg, size_t *ret_count)
{
    *ret_count = 0;
    if (lua_isnoneornil(L, index)) {
        lua_pushnil(L);
        return NULL;
    }

    if (!lua_istable(L, index))
        luaL_argerror(L, arg,
            lua_pushfstring(L, "list of addresses expected, got %s", luaL_typename(L, index)));
    size_t count = lua_rawlen(L, index); /* a __len of the user's could be anything */
    struct mh_addr *list = lua_newuserdatauv(L, count * sizeof(*list), 0);
    for (size_t i = 0; i < count; i++)
        list[i] = check_element(L, index, arg, i);
    *ret_count = count;
    return list;
}

void mh_push_addr_list(lua_State *L, const struct mh_addr *list, size_t count)
{
    lua_createtable(L, (int)count, 0);
    for (size_t i = 0; i < count; i++) {
        mh_push_addr(L, &list[i]);
        lua_seti(L, -2, (lua_Integer)i + 1);
    }
}
