#include "script/packet_field.h"

#include "script/convert.h"
#include "script/netns_box.h"

#include <lauxlib.h>

#include <stdio.h>

void mh_set_integer(lua_State *L, const char *name, lua_Integer value)
{
    lua_pushinteger(L, value);
    lua_setfield(L, -2, name);
}

void mh_set_number(lua_State *L, const char *name, lua_Number value)
{
    lua_pushnumber(L, value);
    lua_setfield(L, -2, name);
}

void mh_set_boolean(lua_State *L, const char *name, bool value)
{
    lua_pushboolean(L, value);
    lua_setfield(L, -2, name);
}

void mh_set_text(lua_State *L, const char *name, const char *value)
{
    lua_pushstring(L, value);
    lua_setfield(L, -2, name);
}

void mh_set_addr(lua_State *L, const char *name, const struct mh_addr *addr)
{
    mh_push_addr(L, addr);
    lua_setfield(L, -2, name);
}

void mh_set_mac(lua_State *L, const char *name, const uint8_t mac[static 6])
{
    mh_push_mac(L, mac);
    lua_setfield(L, -2, name);
}

void mh_set_bytes(lua_State *L, const char *name, struct mh_span bytes)
{
    lua_pushlstring(L, (const char *)bytes.bytes, bytes.length);
    lua_setfield(L, -2, name);
}

void mh_set_unusual_integer(lua_State *L, const char *name, lua_Integer value)
{
    if (value != 0)
        mh_set_integer(L, name, value);
}

void mh_set_unusual_boolean(lua_State *L, const char *name, bool value)
{
    if (value)
        mh_set_boolean(L, name, value);
}

void mh_set_unusual_bytes(lua_State *L, const char *name, struct mh_span bytes)
{
    if (bytes.length > 0)
        mh_set_bytes(L, name, bytes);
}

void mh_set_row(lua_State *L, const char *name, const char *kind)
{
    luaL_setmetatable(L, kind);
    lua_setfield(L, -2, name);
}

void mh_add_row(lua_State *L, const char *kind)
{
    luaL_setmetatable(L, kind);
    lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
}

/* ---- reading ---- */

bool mh_has(lua_State *L, int table, const char *name)
{
    bool has = lua_getfield(L, table, name) != LUA_TNIL;

    lua_pop(L, 1);
    return has;
}

lua_Integer mh_get_integer(lua_State *L, int table, const char *name, lua_Integer most)
{
    int is_integer = 1;
    lua_Integer value = 0;

    if (lua_getfield(L, table, name) != LUA_TNIL)
        value = lua_tointegerx(L, -1, &is_integer);
    lua_pop(L, 1);
    if (!is_integer || value < 0 || value > most)
        luaL_error(L, "packet: %s: expected an integer from 0 to %I", name, most);
    return value;
}

lua_Number mh_get_number(lua_State *L, int table, const char *name)
{
    int is_number = 1;
    lua_Number value = 0;

    if (lua_getfield(L, table, name) != LUA_TNIL)
        value = lua_tonumberx(L, -1, &is_number);
    lua_pop(L, 1);
    if (!is_number || !(value >= 0))
        luaL_error(L, "packet: %s: expected a number of 0 or more", name);
    return value;
}

bool mh_get_boolean(lua_State *L, int table, const char *name)
{
    lua_getfield(L, table, name);
    bool value = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return value;
}

struct mh_addr mh_get_addr(lua_State *L, int table, const char *name, sa_family_t family)
{
    struct mh_addr addr = {.family = AF_UNSPEC};

    if (lua_getfield(L, table, name) != LUA_TNIL) {
        const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
        bool is_addr = mh_addr_parse(text, &addr) == 0;
        if (!is_addr || (family != AF_UNSPEC && addr.family != family))
            luaL_error(L, "packet: %s: expected an %s address", name,
                family == AF_UNSPEC ? "IP" : (family == AF_INET ? "IPv4" : "IPv6"));
    }
    lua_pop(L, 1);
    return addr;
}

static bool parse_mac(const char *text, uint8_t mac[static 6])
{
    int end = 0;

    return sscanf(text, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%n", &mac[0], &mac[1], &mac[2],
               &mac[3], &mac[4], &mac[5], &end) == 6 &&
           text[end] == '\0';
}

void mh_get_mac(lua_State *L, int table, const char *name, uint8_t ret_mac[static 6])
{
    memset(ret_mac, 0, 6);
    if (lua_getfield(L, table, name) != LUA_TNIL) {
        const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
        if (!parse_mac(text, ret_mac))
            luaL_error(L, "packet: %s: expected an Ethernet address", name);
    }
    lua_pop(L, 1);
}

struct mh_span mh_get_bytes(lua_State *L, int table, const char *name)
{
    struct mh_span bytes = {NULL, 0};
    int type = lua_getfield(L, table, name);

    if (type != LUA_TNIL && type != LUA_TSTRING)
        luaL_error(L, "packet: %s: expected a string of bytes", name);
    if (type == LUA_TSTRING)
        bytes.bytes = (const uint8_t *)lua_tolstring(L, -1, &bytes.length);
    lua_pop(L, 1);
    return bytes;
}

int mh_get_table(lua_State *L, int table, const char *name)
{
    int type = lua_getfield(L, table, name);

    if (type == LUA_TTABLE)
        return lua_gettop(L);
    lua_pop(L, 1);
    if (type != LUA_TNIL)
        luaL_error(L, "packet: %s: expected a table", name);
    return 0;
}

bool mh_is_forced(lua_State *L, int table, const char *name, const char *valid)
{
    return mh_has(L, table, name) && !mh_get_boolean(L, table, valid);
}
