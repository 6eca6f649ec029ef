/* core.packet_decode, core.packet_encode and core.packet_rows. */
#include "script/bindings.h"
#include "script/packet.h"

#include <lauxlib.h>

#include <string.h>

/* packet_decode(bytes, link_layer, length) */
static int packet_decode(lua_State *L)
{
    static const char *const link_layers[] = {"ethernet", "ip", NULL};
    struct mh_span bytes;

    bytes.bytes = (const uint8_t *)luaL_checklstring(L, 1, &bytes.length);
    int link_layer = luaL_checkoption(L, 2, "ethernet", link_layers);
    lua_Integer length = luaL_optinteger(L, 3, (lua_Integer)bytes.length);
    luaL_argcheck(
        L, length >= (lua_Integer)bytes.length, 3, "a length shorter than what is here");
    mh_push_packet(L, bytes, (size_t)length, link_layer == 0 ? MH_LINK_ETHERNET : MH_LINK_IP);
    return 1;
}

/* packet_encode(packet) */
static int packet_encode(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    mh_push_packet_bytes(L, 1);
    return 1;
}

/* packet_rows(kind, metatable) */
static int packet_rows(lua_State *L)
{
    const char *kind = luaL_checkstring(L, 1);

    luaL_argcheck(L, strncmp(kind, "packet.", strlen("packet.")) == 0, 1, "not of a packet");
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2);
    lua_setfield(L, LUA_REGISTRYINDEX, kind);
    return 0;
}

void mh_bind_packet(lua_State *L)
{
    lua_pushcfunction(L, packet_decode);
    lua_setfield(L, -2, "packet_decode");
    lua_pushcfunction(L, packet_encode);
    lua_setfield(L, -2, "packet_encode");
    lua_pushcfunction(L, packet_rows);
    lua_setfield(L, -2, "packet_rows");
}
