/* Not a decoder alone: bytes to a Lua table and back, as scenarios see them (script/packet.h).
 */
#include "fuzz.h"
#include "script/packet.h"

#include <lauxlib.h>

#include <stdio.h>

/* packet(bytes, link_layer): the table of the bytes, and the bytes of the table. */
static int read_and_write(lua_State *L)
{
    struct mh_span bytes;

    bytes.bytes = (const uint8_t *)lua_tolstring(L, 1, &bytes.length);
    mh_push_packet(L, bytes, bytes.length, (enum mh_link_layer)lua_tointeger(L, 2));
    mh_push_packet_bytes(L, -1);
    return 1;
}

static void call(lua_State *L, lua_Integer link_layer)
{
    lua_pushcfunction(L, read_and_write);
    lua_insert(L, -2);
    lua_pushinteger(L, link_layer);
    if (lua_pcall(L, 2, 1, 0) != LUA_OK) {
        fprintf(stderr, "%s\n", lua_tostring(L, -1));
        abort();
    }
}

/* What was read can be written; what we have written is read and written as it is. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > FUZZ_ROOM)
        return 0;
    /* One for each input, so that nothing is left allocated: else libFuzzer looks for leaks
     * each time. */
    lua_State *L = luaL_newstate();
    lua_Integer link_layer = data[0] & 1 ? MH_LINK_IP : MH_LINK_ETHERNET;
    lua_pushlstring(L, (const char *)data + 1, size - 1);
    call(L, link_layer);
    lua_pushvalue(L, -1);
    call(L, link_layer);
    assert(lua_rawequal(L, -1, -2) ||
           (lua_rawlen(L, -1) == lua_rawlen(L, -2) &&
               memcmp(lua_tostring(L, -1), lua_tostring(L, -2), lua_rawlen(L, -1)) == 0));
    lua_close(L);
    return 0;
}
