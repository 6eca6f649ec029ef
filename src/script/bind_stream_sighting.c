/* core.Stream: its probes among the packets of a capture. */
#include "script/capture_box.h"
#include "script/stream_box.h"
#include "traffic/sighting.h"

enum { PACKETS = 4, NUMBERS, WAYS };

static void append(lua_State *L, int list, lua_Integer at, uint64_t value)
{
    lua_pushinteger(L, (lua_Integer)value);
    lua_rawseti(L, list, at);
}

/* Packets that left and packets that came are on different ways, as are two interfaces. */
static uint64_t way_of(const struct mh_sighting *sighting)
{
    return (uint64_t)sighting->interface_index * 2 + sighting->outgoing;
}

int mh_stream_sightings(lua_State *L)
{
    const struct mh_stream *stream = mh_check_stream(L, 1);
    const struct mh_capture *capture = mh_check_capture(L, 2);
    lua_Integer count = luaL_checkinteger(L, 3);
    struct mh_sighting sighting;

    luaL_argcheck(L, count >= 0 && (lua_Unsigned)count <= mh_capture_count(capture), 3,
        "a count of packets that there are");
    lua_settop(L, 3);
    for (int list = PACKETS; list <= WAYS; list++)
        lua_newtable(L);
    size_t from = 0;
    for (lua_Integer n = 1; mh_sighting_find(stream, capture, from, (size_t)count, &sighting);
         n++) {
        append(L, PACKETS, n, sighting.packet + 1);
        append(L, NUMBERS, n, sighting.number + 1);
        append(L, WAYS, n, way_of(&sighting));
        from = sighting.packet + 1;
    }
    return 3;
}
