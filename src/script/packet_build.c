#include "script/guard.h"
#include "script/packet.h"
#include "script/packet_field.h"
#include "script/packet_layer.h"

#include <lauxlib.h>

#include <stdlib.h>

/* Registry key: only its address counts. */
static const char room_key;

/* A packet on its way into bytes. */
struct building {
    lua_State *L;
    int table;
    struct mh_packet_room *room;
};

static void check_writer(lua_State *L, const char *layer, const struct mh_writer *writer)
{
    if (writer->error)
        luaL_error(L,
            "packet: %s: longer than a packet can be, or a value that its field "
            "cannot hold",
            layer);
}

static struct mh_pseudo_header read_pseudo(lua_State *L, int ip, sa_family_t family)
{
    struct mh_pseudo_header pseudo = {
        .source = mh_get_addr(L, ip, "source", family),
        .destination = mh_get_addr(L, ip, "destination", family),
        .protocol = (uint8_t)mh_get_integer(L, ip, "protocol", UINT8_MAX),
    };

    if (pseudo.source.family == AF_UNSPEC)
        memset(&pseudo.source, 0, sizeof(pseudo.source));
    if (pseudo.destination.family == AF_UNSPEC)
        memset(&pseudo.destination, 0, sizeof(pseudo.destination));
    pseudo.source.family = pseudo.destination.family = family;
    return pseudo;
}

/* The pseudo header of a checksum is that of the protocol, whatever the IP header says. */
static struct mh_span build_message(
    struct building *building, struct mh_pseudo_header pseudo, struct mh_writer *out)
{
    lua_State *L = building->L;
    struct mh_packet_room *room = building->room;
    int layer;

    if ((layer = mh_get_table(L, building->table, "udp"))) {
        pseudo.protocol = IPPROTO_UDP;
        mh_build_udp(L, layer, &pseudo, out);
    } else if ((layer = mh_get_table(L, building->table, "igmp"))) {
        mh_build_igmp(L, layer, room, out);
    } else if ((layer = mh_get_table(L, building->table, "mld"))) {
        pseudo.protocol = IPPROTO_ICMPV6;
        mh_build_mld(L, layer, &pseudo, room, out);
    } else if ((layer = mh_get_table(L, building->table, "pim"))) {
        pseudo.protocol = IPPROTO_PIM;
        mh_build_pim(L, layer, &pseudo, room, out);
    } else {
        return mh_get_bytes(L, building->table, "payload");
    }
    lua_pop(L, 1);
    check_writer(L, "message", out);
    return mh_writer_span(out);
}

static struct mh_span build_ip(
    struct building *building, int ip, sa_family_t family, struct mh_writer *out)
{
    lua_State *L = building->L;
    struct mh_writer message =
        mh_writer_of(building->room->message, sizeof(building->room->message));
    struct mh_span payload = build_message(building, read_pseudo(L, ip, family), &message);

    if (family == AF_INET)
        mh_build_ipv4(L, ip, payload, out);
    else
        mh_build_ipv6(L, ip, payload, building->room, out);
    check_writer(L, family == AF_INET ? "ip" : "ip6", out);
    return mh_writer_span(out);
}

/* Returns the packet inside of the frame, and its type. */
static struct mh_span build_inside(struct building *building, uint16_t *ret_ethertype)
{
    lua_State *L = building->L;
    struct mh_writer out = mh_writer_of(building->room->ip, sizeof(building->room->ip));
    sa_family_t family = AF_INET;
    int ip = mh_get_table(L, building->table, "ip");

    *ret_ethertype = 0;
    if (!ip) {
        ip = mh_get_table(L, building->table, "ip6");
        family = AF_INET6;
    }
    if (!ip)
        return mh_get_bytes(L, building->table, "payload");
    struct mh_span packet = build_ip(building, ip, family, &out);
    lua_pop(L, 1);
    *ret_ethertype = family == AF_INET ? MH_ETHERTYPE_IPV4 : MH_ETHERTYPE_IPV6;
    return packet;
}

static struct mh_span build(struct building *building)
{
    lua_State *L = building->L;
    uint16_t ethertype;
    struct mh_span inside = build_inside(building, &ethertype);
    int eth = mh_get_table(L, building->table, "eth");

    if (!eth)
        return inside;
    struct mh_writer frame = mh_writer_of(building->room->frame, sizeof(building->room->frame));
    mh_build_ethernet(L, eth, ethertype, inside, &frame);
    lua_pop(L, 1);
    check_writer(L, "eth", &frame);
    return mh_writer_span(&frame);
}

/* One for each state, from its first packet on: nothing that building calls builds another. */
static struct mh_packet_room *room_of(lua_State *L)
{
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &room_key) == LUA_TNIL) {
        void **guard = mh_push_guard(L);
        *guard = malloc(sizeof(struct mh_packet_room));
        if (!*guard)
            luaL_error(L, "not enough memory");
        lua_pushvalue(L, -1);
        lua_rawsetp(L, LUA_REGISTRYINDEX, &room_key);
        lua_remove(L, -2);
    }
    void **guard = lua_touserdata(L, -1);
    lua_pop(L, 1);
    return *guard;
}

void mh_push_packet_bytes(lua_State *L, int index)
{
    int table = lua_absindex(L, index);

    luaL_checkstack(L, LUA_MINSTACK, "packet");
    struct building building = {L, table, room_of(L)};
    struct mh_span bytes = build(&building);
    lua_pushlstring(L, (const char *)bytes.bytes, bytes.length);
}
