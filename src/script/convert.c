#include "script/convert.h"

#include "base/clock.h"

#include <lauxlib.h>

#include <limits.h>

#define ERROR_TYPE "mcast.core.error"

static int error_tostring(lua_State *L)
{
    lua_getfield(L, 1, "message");
    return 1;
}

/* The library replaces __tostring by one that knows more; until then the message will do. */
void mh_push_error_metatable(lua_State *L)
{
    if (luaL_newmetatable(L, ERROR_TYPE)) {
        lua_pushcfunction(L, error_tostring);
        lua_setfield(L, -2, "__tostring");
    }
}

void mh_push_error(lua_State *L, const char *code, const struct mh_error *err)
{
    lua_createtable(L, 0, 4);
    lua_pushstring(L, code);
    lua_setfield(L, -2, "code");
    lua_pushstring(L, err->operation);
    lua_setfield(L, -2, "operation");
    lua_pushstring(L, err->message);
    lua_setfield(L, -2, "message");
    if (err->hint[0]) {
        lua_pushstring(L, err->hint);
        lua_setfield(L, -2, "hint");
    }
    mh_push_error_metatable(L);
    lua_setmetatable(L, -2);
}

int mh_raise(lua_State *L, const struct mh_error *err)
{
    mh_push_error(L, mh_error_name(err->code), err);
    return lua_error(L);
}

void mh_push_addr(lua_State *L, const struct mh_addr *addr)
{
    char text[MH_ADDR_TEXT_MAX];
    lua_pushstring(L, mh_addr_format(addr, text));
}

struct mh_addr mh_check_addr(lua_State *L, int arg)
{
    struct mh_addr addr = {.family = AF_UNSPEC};
    const char *text = luaL_checkstring(L, arg);

    if (mh_addr_parse(text, &addr) < 0)
        luaL_argerror(
            L, arg, lua_pushfstring(L, "IPv4 or IPv6 address expected, got '%s'", text));
    return addr;
}

struct mh_addr mh_opt_addr(lua_State *L, int arg)
{
    return lua_isnoneornil(L, arg) ? (struct mh_addr){.family = AF_UNSPEC}
                                   : mh_check_addr(L, arg);
}

uint16_t mh_check_port(lua_State *L, int arg)
{
    lua_Integer port = luaL_checkinteger(L, arg);

    if (port < 0 || port > UINT16_MAX)
        luaL_argerror(
            L, arg, lua_pushfstring(L, "port from 0 to 65535 expected, got %I", port));
    return (uint16_t)port;
}

unsigned mh_check_interface_index(lua_State *L, int arg)
{
    lua_Integer index = luaL_checkinteger(L, arg);

    luaL_argcheck(L, index >= 0 && index <= INT_MAX, arg, "interface index out of range");
    return (unsigned)index;
}

void mh_push_time(lua_State *L, uint64_t realtime_ns)
{
    lua_pushnumber(L, (lua_Number)mh_clock_to_monotonic_ns(realtime_ns) / 1e9);
}

uint64_t mh_check_time(lua_State *L, int arg)
{
    lua_Number seconds = luaL_checknumber(L, arg);

    luaL_argcheck(L, seconds >= 0 && seconds < 1e9, arg, "a time expected");
    return mh_clock_to_realtime_ns((uint64_t)(seconds * 1e9));
}

int64_t mh_opt_timeout(lua_State *L, int arg)
{
    if (lua_isnoneornil(L, arg))
        return -1;
    lua_Number seconds = luaL_checknumber(L, arg);
    if (!(seconds >= 0)) /* also when it is no number */
        luaL_argerror(L, arg, "seconds expected, zero or more");
    if (seconds > 1e9) /* thirty years, math.huge: for ever */
        return -1;
    int64_t ns = (int64_t)(seconds * 1e9);
    return (lua_Number)ns < seconds * 1e9 ? ns + 1 : ns;
}
