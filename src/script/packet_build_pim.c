/* PIM messages from tables. */
#include "script/packet_build_pim.h"

#include "script/packet_field.h"
#include "script/packet_word.h"
#include "wire/pim.h"
#include "wire/pim_assert.h"
#include "wire/pim_register.h"

#include <lauxlib.h>

/* ---- fields that several messages have ---- */

uint16_t mh_get_pim_holdtime(lua_State *L, int table)
{
    return (uint16_t)mh_get_integer(L, table, "holdtime", UINT16_MAX);
}

uint8_t mh_get_pim_mask_length(lua_State *L, int table, sa_family_t family)
{
    uint8_t whole = family == AF_INET ? 32 : 128;

    return mh_has(L, table, "mask_length")
               ? (uint8_t)mh_get_integer(L, table, "mask_length", UINT8_MAX)
               : whole;
}

struct mh_addr mh_get_pim_addr(lua_State *L, int table, const char *name, sa_family_t family)
{
    struct mh_addr addr = mh_get_addr(L, table, name, AF_UNSPEC);

    if (addr.family == AF_UNSPEC) {
        memset(&addr, 0, sizeof(addr));
        addr.family = family;
    }
    return addr;
}

struct mh_pim_group mh_get_pim_group(lua_State *L, int table, sa_family_t family)
{
    struct mh_addr addr = mh_get_pim_addr(L, table, "group", family);

    return (struct mh_pim_group){
        .addr = addr,
        .mask_length = mh_get_pim_mask_length(L, table, addr.family),
        .bidirectional = mh_get_boolean(L, table, "bidirectional"),
        .zone = mh_get_boolean(L, table, "zone"),
    };
}

lua_Integer mh_pim_for_each(struct mh_pim_building *building, int table, const char *name,
    void (*build)(struct mh_pim_building *building, int element))
{
    lua_State *L = building->L;
    int list = mh_get_table(L, table, name);
    lua_Integer count = 0;

    if (!list)
        return 0;
    while (lua_geti(L, list, count + 1) == LUA_TTABLE) {
        build(building, lua_gettop(L));
        lua_pop(L, 1);
        count++;
    }
    lua_pop(L, 2);
    return count;
}

/* ---- register, assert ---- */

static void build_register(struct mh_pim_building *building, int table)
{
    struct mh_pim_register message = {
        .border = mh_get_boolean(building->L, table, "border"),
        .null = mh_get_boolean(building->L, table, "null"),
        .packet = mh_get_bytes(building->L, table, "packet"),
    };

    mh_pim_register_format(building->out, &message);
}

static void build_register_stop(struct mh_pim_building *building, int table)
{
    struct mh_pim_register_stop stop = {
        .group = mh_get_pim_group(building->L, table, building->family),
        .source = mh_get_pim_addr(building->L, table, "source", building->family),
    };

    mh_pim_register_stop_format(building->out, &stop);
}

static void build_assert(struct mh_pim_building *building, int table)
{
    lua_State *L = building->L;
    struct mh_pim_assert message = {
        .group = mh_get_pim_group(L, table, building->family),
        .source = mh_get_pim_addr(L, table, "source", building->family),
        .rp_tree = mh_get_boolean(L, table, "rp_tree"),
        .preference = (uint32_t)mh_get_integer(L, table, "preference", INT32_MAX),
        .metric = (uint32_t)mh_get_integer(L, table, "metric", UINT32_MAX),
    };

    mh_pim_assert_format(building->out, &message);
}

/* ---- the message ---- */

static void build_body(struct mh_pim_building *building, int table, uint8_t type)
{
    switch (type) {
    case MH_PIM_HELLO:
        mh_build_pim_hello(building, table);
        break;
    case MH_PIM_REGISTER:
        build_register(building, table);
        break;
    case MH_PIM_REGISTER_STOP:
        build_register_stop(building, table);
        break;
    case MH_PIM_JOIN_PRUNE:
    case MH_PIM_GRAFT:
    case MH_PIM_GRAFT_ACK:
        mh_build_pim_join_prune(building, table);
        break;
    case MH_PIM_BOOTSTRAP:
        mh_build_pim_bootstrap(building, table);
        break;
    case MH_PIM_ASSERT:
        build_assert(building, table);
        break;
    case MH_PIM_CANDIDATE_RP:
        mh_build_pim_candidate_rp(building, table);
        break;
    default: /* only a `body` of bytes can have it */
        break;
    }
}

struct mh_span mh_build_pim_body(
    lua_State *L, int table, uint8_t type, sa_family_t family, struct mh_packet_room *room)
{
    struct mh_writer body = mh_writer_of(room->list, sizeof(room->list));
    struct mh_pim_building building = {L, family, room, &body};

    if (mh_has(L, table, "body"))
        return mh_get_bytes(L, table, "body");
    build_body(&building, table, type);
    mh_writer_require(&body, body.length <= UINT16_MAX);
    if (body.error)
        luaL_error(L, "packet: pim: longer than a packet can be, or a value that its field "
                      "cannot hold");
    return mh_writer_span(&body);
}

void mh_build_pim(lua_State *L, int table, const struct mh_pseudo_header *pseudo,
    struct mh_packet_room *room, struct mh_writer *out)
{
    struct mh_pim pim = {
        .version = MH_PIM_VERSION,
        .type = mh_get_word(L, table, "type", mh_pim_words, 15),
        .flags = (uint8_t)mh_get_integer(L, table, "flags", UINT8_MAX),
        .checksum = (uint16_t)mh_get_integer(L, table, "checksum", UINT16_MAX),
        .force_checksum = mh_is_forced(L, table, "checksum", "checksum_valid"),
    };

    if (mh_has(L, table, "version"))
        pim.version = (uint8_t)mh_get_integer(L, table, "version", 15);
    pim.body = mh_build_pim_body(L, table, pim.type, pseudo->source.family, room);
    mh_pim_format(out, pseudo, &pim);
}
