/* PIM messages that have groups, from tables: join/prune, grafts, bootstrap, candidate RP. */
#include "script/packet_build_pim.h"
#include "script/packet_field.h"
#include "wire/pim_bootstrap.h"
#include "wire/pim_join_prune.h"

#include <lauxlib.h>

static uint8_t count_in_byte(lua_State *L, const char *name, lua_Integer count)
{
    if (count > UINT8_MAX)
        luaL_error(L, "packet: %s: expected at most 255, got %I", name, count);
    return (uint8_t)count;
}

/* ---- join/prune ---- */

static void build_source(struct mh_pim_building *building, int table)
{
    lua_State *L = building->L;
    struct mh_addr addr = mh_get_pim_addr(L, table, "source", building->family);
    struct mh_pim_source source = {
        .addr = addr,
        .mask_length = mh_get_pim_mask_length(L, table, addr.family),
        .sparse = !mh_has(L, table, "sparse") || mh_get_boolean(L, table, "sparse"),
        .wildcard = mh_get_boolean(L, table, "wildcard"),
        .rp_tree = mh_get_boolean(L, table, "rp_tree"),
    };

    mh_pim_source_write(building->out, &source);
}

static struct mh_span build_sources(struct mh_pim_building *building, int table,
    const char *name, uint8_t *memory, uint16_t *ret_count)
{
    struct mh_writer sources = mh_writer_of(memory, MH_PACKET_ROOM);
    struct mh_pim_building inside = *building;

    inside.out = &sources;
    lua_Integer count = mh_pim_for_each(&inside, table, name, build_source);
    mh_writer_require(building->out, sources.error == 0 && count <= UINT16_MAX);
    *ret_count = (uint16_t)count;
    return mh_writer_span(&sources);
}

static void build_join_prune_group(struct mh_pim_building *building, int table)
{
    struct mh_packet_room *room = building->room;
    struct mh_pim_join_prune_group group = {.force_counts = true}; /* of whatever families */

    group.group = mh_get_pim_group(building->L, table, building->family);
    group.joined = build_sources(building, table, "joined", room->element, &group.joined_count);
    group.pruned = build_sources(building, table, "pruned", room->pruned, &group.pruned_count);
    mh_pim_join_prune_group_format(building->out, &group);
}

/* Builds the groups at the end of room->message, which is empty yet, and then the body. */
static lua_Integer build_groups(struct mh_pim_building *building, int table,
    struct mh_writer *groups, void (*build)(struct mh_pim_building *building, int element))
{
    struct mh_pim_building inside = *building;

    *groups = mh_writer_of(building->room->message, sizeof(building->room->message));
    inside.out = groups;
    lua_Integer count = mh_pim_for_each(&inside, table, "groups", build);
    mh_writer_require(building->out, groups->error == 0);
    return count;
}

void mh_build_pim_join_prune(struct mh_pim_building *building, int table)
{
    lua_State *L = building->L;
    struct mh_writer groups;
    lua_Integer count = build_groups(building, table, &groups, build_join_prune_group);
    struct mh_pim_join_prune message = {
        .upstream = mh_get_pim_addr(L, table, "upstream", building->family),
        .reserved = (uint8_t)mh_get_integer(L, table, "reserved", UINT8_MAX),
        .group_count = count_in_byte(L, "groups", count),
        .holdtime_s = mh_get_pim_holdtime(L, table),
        .groups = mh_writer_span(&groups),
    };

    mh_pim_join_prune_format(building->out, &message);
}

/* ---- bootstrap, candidate RP ---- */

static void build_rp(struct mh_pim_building *building, int table)
{
    lua_State *L = building->L;
    struct mh_pim_rp rp = {
        .addr = mh_get_pim_addr(L, table, "address", building->family),
        .holdtime_s = mh_get_pim_holdtime(L, table),
        .priority = (uint8_t)mh_get_integer(L, table, "priority", UINT8_MAX),
    };

    mh_pim_rp_format(building->out, &rp);
}

static void build_bootstrap_group(struct mh_pim_building *building, int table)
{
    lua_State *L = building->L;
    struct mh_writer rps =
        mh_writer_of(building->room->element, sizeof(building->room->element));
    struct mh_pim_building inside = *building;

    inside.out = &rps;
    uint8_t count = count_in_byte(L, "rps", mh_pim_for_each(&inside, table, "rps", build_rp));
    struct mh_pim_bootstrap_group group = {
        .group = mh_get_pim_group(L, table, building->family),
        .rp_count = mh_has(L, table, "rp_count")
                        ? (uint8_t)mh_get_integer(L, table, "rp_count", UINT8_MAX)
                        : count,
        .fragment_rp_count = count,
        .rps = mh_writer_span(&rps),
    };
    mh_writer_require(building->out, rps.error == 0);
    mh_pim_bootstrap_group_format(building->out, &group);
}

void mh_build_pim_bootstrap(struct mh_pim_building *building, int table)
{
    lua_State *L = building->L;
    struct mh_writer groups;

    build_groups(building, table, &groups, build_bootstrap_group);
    struct mh_pim_bootstrap message = {
        .fragment_tag = (uint16_t)mh_get_integer(L, table, "fragment_tag", UINT16_MAX),
        .hash_mask_length = (uint8_t)mh_get_integer(L, table, "hash_mask_length", UINT8_MAX),
        .priority = (uint8_t)mh_get_integer(L, table, "priority", UINT8_MAX),
        .router = mh_get_pim_addr(L, table, "router", building->family),
        .groups = mh_writer_span(&groups),
    };
    mh_pim_bootstrap_format(building->out, &message);
}

static void build_candidate_rp_group(struct mh_pim_building *building, int table)
{
    struct mh_pim_group group = mh_get_pim_group(building->L, table, building->family);

    mh_pim_group_write(building->out, &group);
}

void mh_build_pim_candidate_rp(struct mh_pim_building *building, int table)
{
    lua_State *L = building->L;
    struct mh_writer groups;
    lua_Integer count = build_groups(building, table, &groups, build_candidate_rp_group);
    struct mh_pim_candidate_rp message = {
        .prefix_count = count_in_byte(L, "groups", count),
        .priority = (uint8_t)mh_get_integer(L, table, "priority", UINT8_MAX),
        .holdtime_s = mh_get_pim_holdtime(L, table),
        .rp = mh_get_pim_addr(L, table, "rp", building->family),
        .groups = mh_writer_span(&groups),
    };

    mh_pim_candidate_rp_format(building->out, &message);
}
