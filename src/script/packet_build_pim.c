/* PIM messages from tables. */
#include "script/packet_field.h"
#include "script/packet_layer.h"
#include "script/packet_word.h"
#include "wire/pim.h"
#include "wire/pim_assert.h"
#include "wire/pim_bootstrap.h"
#include "wire/pim_hello.h"
#include "wire/pim_join_prune.h"
#include "wire/pim_register.h"

#include <lauxlib.h>

#include <math.h>

/* A body on its way; its lists' elements are told apart by the writer they go to. */
struct building {
    lua_State *L;
    sa_family_t family;
    struct mh_packet_room *room;
    struct mh_writer *out;
};

static uint16_t holdtime(lua_State *L, int table)
{
    return (uint16_t)mh_get_integer(L, table, "holdtime", UINT16_MAX);
}

/* Where none is given, that of a single address. */
static uint8_t mask_length(lua_State *L, int table, sa_family_t family)
{
    uint8_t whole = family == AF_INET ? 32 : 128;

    return mh_has(L, table, "mask_length")
               ? (uint8_t)mh_get_integer(L, table, "mask_length", UINT8_MAX)
               : whole;
}

/* PIM's addresses say their family themselves; one that is missing is of the packet's. */
static struct mh_addr addr_of(lua_State *L, int table, const char *name, sa_family_t family)
{
    struct mh_addr addr = mh_get_addr(L, table, name, AF_UNSPEC);

    if (addr.family == AF_UNSPEC) {
        memset(&addr, 0, sizeof(addr));
        addr.family = family;
    }
    return addr;
}

static struct mh_pim_group group_of(lua_State *L, int table, sa_family_t family)
{
    struct mh_addr addr = addr_of(L, table, "group", family);

    return (struct mh_pim_group){
        .addr = addr,
        .mask_length = mask_length(L, table, addr.family),
        .bidirectional = mh_get_boolean(L, table, "bidirectional"),
        .zone = mh_get_boolean(L, table, "zone"),
    };
}

/* Calls `build` for each element of a list of tables; returns how many there were. */
static lua_Integer for_each(struct building *building, int table, const char *name,
    void (*build)(struct building *building, int element))
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

static uint8_t count_in_byte(lua_State *L, const char *name, lua_Integer count)
{
    if (count > UINT8_MAX)
        luaL_error(L, "packet: %s: expected at most 255, got %I", name, count);
    return (uint8_t)count;
}

/* ---- hello ---- */

static void build_hello_option(struct building *building, int table)
{
    struct mh_pim_hello_option option = {
        .type = (uint16_t)mh_get_integer(building->L, table, "type", UINT16_MAX),
        .value = mh_get_bytes(building->L, table, "value"),
    };

    mh_pim_hello_option_format(building->out, &option);
}

static void read_lan_prune_delay(lua_State *L, int table, struct mh_pim_hello *hello)
{
    int delay = mh_get_table(L, table, "lan_prune_delay");

    if (!delay)
        return;
    hello->has_lan_prune_delay = true;
    hello->tracking = mh_get_boolean(L, delay, "tracking");
    hello->propagation_ms =
        (uint16_t)fmin(round(mh_get_number(L, delay, "propagation_delay") * 1000), INT16_MAX);
    hello->override_ms =
        (uint16_t)fmin(round(mh_get_number(L, delay, "override_interval") * 1000), UINT16_MAX);
    lua_pop(L, 1);
}

static void build_pim_addresses(struct building *building, int table, struct mh_writer *out)
{
    lua_State *L = building->L;
    int list = mh_get_table(L, table, "addresses");

    if (!list)
        return;
    for (lua_Integer i = 1; lua_geti(L, list, i) != LUA_TNIL; i++) {
        struct mh_addr addr = {.family = AF_UNSPEC};
        const char *text = lua_tostring(L, -1);
        if (!text || mh_addr_parse(text, &addr) < 0)
            luaL_error(L, "packet: addresses: element %I is no address", i);
        mh_pim_addr_write(out, &addr);
        lua_pop(L, 1);
    }
    lua_pop(L, 2);
}

static void build_hello(struct building *building, int table)
{
    lua_State *L = building->L;
    struct mh_writer addresses =
        mh_writer_of(building->room->element, sizeof(building->room->element));
    struct mh_pim_hello hello = {
        .has_holdtime = mh_has(L, table, "holdtime"),
        .holdtime_s = holdtime(L, table),
        .has_dr_priority = mh_has(L, table, "dr_priority"),
        .dr_priority = (uint32_t)mh_get_integer(L, table, "dr_priority", UINT32_MAX),
        .has_generation_id = mh_has(L, table, "generation_id"),
        .generation_id = (uint32_t)mh_get_integer(L, table, "generation_id", UINT32_MAX),
        .has_addresses = mh_has(L, table, "addresses"),
    };

    read_lan_prune_delay(L, table, &hello);
    build_pim_addresses(building, table, &addresses);
    hello.addresses = mh_writer_span(&addresses);
    mh_writer_require(building->out, addresses.error == 0);
    mh_pim_hello_format(building->out, &hello);
    for_each(building, table, "options", build_hello_option);
}

/* ---- register, assert ---- */

static void build_register(struct building *building, int table)
{
    struct mh_pim_register message = {
        .border = mh_get_boolean(building->L, table, "border"),
        .null = mh_get_boolean(building->L, table, "null"),
        .packet = mh_get_bytes(building->L, table, "packet"),
    };

    mh_pim_register_format(building->out, &message);
}

static void build_register_stop(struct building *building, int table)
{
    struct mh_pim_register_stop stop = {
        .group = group_of(building->L, table, building->family),
        .source = addr_of(building->L, table, "source", building->family),
    };

    mh_pim_register_stop_format(building->out, &stop);
}

static void build_assert(struct building *building, int table)
{
    lua_State *L = building->L;
    struct mh_pim_assert message = {
        .group = group_of(L, table, building->family),
        .source = addr_of(L, table, "source", building->family),
        .rp_tree = mh_get_boolean(L, table, "rp_tree"),
        .preference = (uint32_t)mh_get_integer(L, table, "preference", INT32_MAX),
        .metric = (uint32_t)mh_get_integer(L, table, "metric", UINT32_MAX),
    };

    mh_pim_assert_format(building->out, &message);
}

/* ---- join/prune ---- */

static void build_source(struct building *building, int table)
{
    lua_State *L = building->L;
    struct mh_addr addr = addr_of(L, table, "source", building->family);
    struct mh_pim_source source = {
        .addr = addr,
        .mask_length = mask_length(L, table, addr.family),
        .sparse = !mh_has(L, table, "sparse") || mh_get_boolean(L, table, "sparse"),
        .wildcard = mh_get_boolean(L, table, "wildcard"),
        .rp_tree = mh_get_boolean(L, table, "rp_tree"),
    };

    mh_pim_source_write(building->out, &source);
}

static struct mh_span build_sources(struct building *building, int table, const char *name,
    uint8_t *memory, uint16_t *ret_count)
{
    struct mh_writer sources = mh_writer_of(memory, MH_PACKET_ROOM);
    struct building inside = *building;

    inside.out = &sources;
    lua_Integer count = for_each(&inside, table, name, build_source);
    mh_writer_require(building->out, sources.error == 0 && count <= UINT16_MAX);
    *ret_count = (uint16_t)count;
    return mh_writer_span(&sources);
}

static void build_join_prune_group(struct building *building, int table)
{
    struct mh_packet_room *room = building->room;
    struct mh_pim_join_prune_group group = {.force_counts = true}; /* of whatever families */

    group.group = group_of(building->L, table, building->family);
    group.joined = build_sources(building, table, "joined", room->element, &group.joined_count);
    group.pruned = build_sources(building, table, "pruned", room->pruned, &group.pruned_count);
    mh_pim_join_prune_group_format(building->out, &group);
}

/* Builds the groups at the end of room->message, which is empty yet, and then the body. */
static lua_Integer build_groups(struct building *building, int table, struct mh_writer *groups,
    void (*build)(struct building *building, int element))
{
    struct building inside = *building;

    *groups = mh_writer_of(building->room->message, sizeof(building->room->message));
    inside.out = groups;
    lua_Integer count = for_each(&inside, table, "groups", build);
    mh_writer_require(building->out, groups->error == 0);
    return count;
}

static void build_join_prune(struct building *building, int table)
{
    lua_State *L = building->L;
    struct mh_writer groups;
    lua_Integer count = build_groups(building, table, &groups, build_join_prune_group);
    struct mh_pim_join_prune message = {
        .upstream = addr_of(L, table, "upstream", building->family),
        .reserved = (uint8_t)mh_get_integer(L, table, "reserved", UINT8_MAX),
        .group_count = count_in_byte(L, "groups", count),
        .holdtime_s = holdtime(L, table),
        .groups = mh_writer_span(&groups),
    };

    mh_pim_join_prune_format(building->out, &message);
}

/* ---- bootstrap, candidate RP ---- */

static void build_rp(struct building *building, int table)
{
    lua_State *L = building->L;
    struct mh_pim_rp rp = {
        .addr = addr_of(L, table, "address", building->family),
        .holdtime_s = holdtime(L, table),
        .priority = (uint8_t)mh_get_integer(L, table, "priority", UINT8_MAX),
    };

    mh_pim_rp_format(building->out, &rp);
}

static void build_bootstrap_group(struct building *building, int table)
{
    lua_State *L = building->L;
    struct mh_writer rps =
        mh_writer_of(building->room->element, sizeof(building->room->element));
    struct building inside = *building;

    inside.out = &rps;
    uint8_t count = count_in_byte(L, "rps", for_each(&inside, table, "rps", build_rp));
    struct mh_pim_bootstrap_group group = {
        .group = group_of(L, table, building->family),
        .rp_count = mh_has(L, table, "rp_count")
                        ? (uint8_t)mh_get_integer(L, table, "rp_count", UINT8_MAX)
                        : count,
        .fragment_rp_count = count,
        .rps = mh_writer_span(&rps),
    };
    mh_writer_require(building->out, rps.error == 0);
    mh_pim_bootstrap_group_format(building->out, &group);
}

static void build_bootstrap(struct building *building, int table)
{
    lua_State *L = building->L;
    struct mh_writer groups;

    build_groups(building, table, &groups, build_bootstrap_group);
    struct mh_pim_bootstrap message = {
        .fragment_tag = (uint16_t)mh_get_integer(L, table, "fragment_tag", UINT16_MAX),
        .hash_mask_length = (uint8_t)mh_get_integer(L, table, "hash_mask_length", UINT8_MAX),
        .priority = (uint8_t)mh_get_integer(L, table, "priority", UINT8_MAX),
        .router = addr_of(L, table, "router", building->family),
        .groups = mh_writer_span(&groups),
    };
    mh_pim_bootstrap_format(building->out, &message);
}

static void build_candidate_rp_group(struct building *building, int table)
{
    struct mh_pim_group group = group_of(building->L, table, building->family);

    mh_pim_group_write(building->out, &group);
}

static void build_candidate_rp(struct building *building, int table)
{
    lua_State *L = building->L;
    struct mh_writer groups;
    lua_Integer count = build_groups(building, table, &groups, build_candidate_rp_group);
    struct mh_pim_candidate_rp message = {
        .prefix_count = count_in_byte(L, "groups", count),
        .priority = (uint8_t)mh_get_integer(L, table, "priority", UINT8_MAX),
        .holdtime_s = holdtime(L, table),
        .rp = addr_of(L, table, "rp", building->family),
        .groups = mh_writer_span(&groups),
    };

    mh_pim_candidate_rp_format(building->out, &message);
}

static void build_body(struct building *building, int table, uint8_t type)
{
    switch (type) {
    case MH_PIM_HELLO:
        build_hello(building, table);
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
        build_join_prune(building, table);
        break;
    case MH_PIM_BOOTSTRAP:
        build_bootstrap(building, table);
        break;
    case MH_PIM_ASSERT:
        build_assert(building, table);
        break;
    case MH_PIM_CANDIDATE_RP:
        build_candidate_rp(building, table);
        break;
    default: /* only a `body` of bytes can have it */
        break;
    }
}

struct mh_span mh_build_pim_body(
    lua_State *L, int table, uint8_t type, sa_family_t family, struct mh_packet_room *room)
{
    struct mh_writer body = mh_writer_of(room->list, sizeof(room->list));
    struct building building = {L, family, room, &body};

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
