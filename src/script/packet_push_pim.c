/* PIM messages as tables: the fields of the header and of the body side by side. */
#include "script/convert.h"
#include "script/packet_field.h"
#include "script/packet_layer.h"
#include "script/packet_word.h"
#include "wire/pim.h"
#include "wire/pim_assert.h"
#include "wire/pim_bootstrap.h"
#include "wire/pim_hello.h"
#include "wire/pim_join_prune.h"
#include "wire/pim_register.h"

static void set_group(lua_State *L, const struct mh_pim_group *group)
{
    mh_set_addr(L, "group", &group->addr);
    mh_set_integer(L, "mask_length", group->mask_length);
    mh_set_unusual_boolean(L, "bidirectional", group->bidirectional);
    mh_set_unusual_boolean(L, "zone", group->zone);
}

/* ---- hello ---- */

static void set_addresses(lua_State *L, struct mh_span addresses)
{
    struct mh_reader list = mh_reader_of(addresses);
    struct mh_addr addr;

    lua_newtable(L);
    for (lua_Integer i = 1; mh_pim_addr_next(&list, &addr) > 0; i++) {
        mh_push_addr(L, &addr);
        lua_seti(L, -2, i);
    }
    lua_setfield(L, -2, "addresses");
}

static void set_lan_prune_delay(lua_State *L, const struct mh_pim_hello *hello)
{
    lua_createtable(L, 0, 3);
    mh_set_boolean(L, "tracking", hello->tracking);
    mh_set_number(L, "propagation_delay", hello->propagation_ms / 1000.0);
    mh_set_number(L, "override_interval", hello->override_ms / 1000.0);
    mh_set_row(L, "lan_prune_delay", "packet.pim.lan_prune_delay");
}

static bool is_told_by_name(uint16_t type)
{
    return type == MH_PIM_HELLO_HOLDTIME || type == MH_PIM_HELLO_LAN_PRUNE_DELAY ||
           type == MH_PIM_HELLO_DR_PRIORITY || type == MH_PIM_HELLO_GENERATION_ID ||
           type == MH_PIM_HELLO_ADDRESS_LIST;
}

/* Those without a name, as they are. */
static void set_hello_options(lua_State *L, struct mh_span body)
{
    struct mh_reader options = mh_reader_of(body);
    struct mh_pim_hello_option option;

    lua_newtable(L);
    while (mh_pim_hello_option_next(&options, &option) > 0) {
        if (is_told_by_name(option.type))
            continue;
        lua_createtable(L, 0, 2);
        mh_set_integer(L, "type", option.type);
        mh_set_bytes(L, "value", option.value);
        mh_add_row(L, "packet.pim.options[i]");
    }
    if (lua_rawlen(L, -1) > 0)
        lua_setfield(L, -2, "options");
    else
        lua_pop(L, 1);
}

static int set_hello(lua_State *L, struct mh_span body)
{
    struct mh_reader reader = mh_reader_of(body);
    struct mh_pim_hello hello;
    int r = mh_pim_hello_parse(&reader, &hello);

    if (r < 0)
        return r;
    if (hello.has_holdtime)
        mh_set_integer(L, "holdtime", hello.holdtime_s);
    if (hello.has_lan_prune_delay)
        set_lan_prune_delay(L, &hello);
    if (hello.has_dr_priority)
        mh_set_integer(L, "dr_priority", hello.dr_priority);
    if (hello.has_generation_id)
        mh_set_integer(L, "generation_id", hello.generation_id);
    if (hello.has_addresses)
        set_addresses(L, hello.addresses);
    set_hello_options(L, body);
    return 0;
}

/* ---- register, assert ---- */

static int set_register(lua_State *L, struct mh_span body)
{
    struct mh_reader reader = mh_reader_of(body);
    struct mh_pim_register message;
    int r = mh_pim_register_parse(&reader, &message);

    if (r < 0)
        return r;
    mh_set_boolean(L, "border", message.border);
    mh_set_boolean(L, "null", message.null);
    mh_set_bytes(L, "packet", message.packet);
    return 0;
}

static int set_register_stop(lua_State *L, struct mh_span body)
{
    struct mh_reader reader = mh_reader_of(body);
    struct mh_pim_register_stop stop;
    int r = mh_pim_register_stop_parse(&reader, &stop);

    if (r < 0)
        return r;
    set_group(L, &stop.group);
    mh_set_addr(L, "source", &stop.source);
    return 0;
}

static int set_assert(lua_State *L, struct mh_span body)
{
    struct mh_reader reader = mh_reader_of(body);
    struct mh_pim_assert message;
    int r = mh_pim_assert_parse(&reader, &message);

    if (r < 0)
        return r;
    set_group(L, &message.group);
    mh_set_addr(L, "source", &message.source);
    mh_set_boolean(L, "rp_tree", message.rp_tree);
    mh_set_integer(L, "preference", message.preference);
    mh_set_integer(L, "metric", message.metric);
    return 0;
}

/* ---- join/prune ---- */

static void set_pim_sources(
    lua_State *L, const char *name, const char *kind, struct mh_span sources)
{
    struct mh_reader list = mh_reader_of(sources);
    struct mh_pim_source source;

    lua_newtable(L);
    while (mh_pim_source_next(&list, &source) > 0) {
        lua_createtable(L, 0, 5);
        mh_set_addr(L, "source", &source.addr);
        mh_set_integer(L, "mask_length", source.mask_length);
        mh_set_boolean(L, "sparse", source.sparse);
        mh_set_boolean(L, "wildcard", source.wildcard);
        mh_set_boolean(L, "rp_tree", source.rp_tree);
        mh_add_row(L, kind);
    }
    lua_setfield(L, -2, name);
}

static int set_join_prune(lua_State *L, struct mh_span body)
{
    struct mh_reader reader = mh_reader_of(body);
    struct mh_pim_join_prune message;
    struct mh_pim_join_prune_group group;
    int r = mh_pim_join_prune_parse(&reader, &message);

    if (r < 0)
        return r;
    mh_set_addr(L, "upstream", &message.upstream);
    mh_set_integer(L, "holdtime", message.holdtime_s);
    mh_set_unusual_integer(L, "reserved", message.reserved);
    struct mh_reader groups = mh_reader_of(message.groups);
    lua_newtable(L);
    while (mh_pim_join_prune_group_next(&groups, &group) > 0) {
        lua_createtable(L, 0, 4);
        set_group(L, &group.group);
        set_pim_sources(L, "joined", "packet.pim.groups[i].joined[i]", group.joined);
        set_pim_sources(L, "pruned", "packet.pim.groups[i].pruned[i]", group.pruned);
        mh_add_row(L, "packet.pim.groups[i]");
    }
    lua_setfield(L, -2, "groups");
    return 0;
}

/* ---- bootstrap, candidate RP ---- */

static void set_rps(lua_State *L, struct mh_span rps)
{
    struct mh_reader list = mh_reader_of(rps);
    struct mh_pim_rp rp;

    lua_newtable(L);
    while (mh_pim_rp_next(&list, &rp) > 0) {
        lua_createtable(L, 0, 3);
        mh_set_addr(L, "address", &rp.addr);
        mh_set_integer(L, "holdtime", rp.holdtime_s);
        mh_set_integer(L, "priority", rp.priority);
        mh_add_row(L, "packet.pim.groups[i].rps[i]");
    }
    lua_setfield(L, -2, "rps");
}

static int set_bootstrap(lua_State *L, struct mh_span body)
{
    struct mh_reader reader = mh_reader_of(body);
    struct mh_pim_bootstrap message;
    struct mh_pim_bootstrap_group group;
    int r = mh_pim_bootstrap_parse(&reader, &message);

    if (r < 0)
        return r;
    mh_set_integer(L, "fragment_tag", message.fragment_tag);
    mh_set_integer(L, "hash_mask_length", message.hash_mask_length);
    mh_set_integer(L, "priority", message.priority);
    mh_set_addr(L, "router", &message.router);
    struct mh_reader groups = mh_reader_of(message.groups);
    lua_newtable(L);
    while (mh_pim_bootstrap_group_next(&groups, &group) > 0) {
        lua_createtable(L, 0, 4);
        set_group(L, &group.group);
        mh_set_integer(L, "rp_count", group.rp_count);
        set_rps(L, group.rps);
        mh_add_row(L, "packet.pim.groups[i]");
    }
    lua_setfield(L, -2, "groups");
    return 0;
}

static int set_candidate_rp(lua_State *L, struct mh_span body)
{
    struct mh_reader reader = mh_reader_of(body);
    struct mh_pim_candidate_rp message;
    struct mh_pim_group group;
    int r = mh_pim_candidate_rp_parse(&reader, &message);

    if (r < 0)
        return r;
    mh_set_integer(L, "priority", message.priority);
    mh_set_integer(L, "holdtime", message.holdtime_s);
    mh_set_addr(L, "rp", &message.rp);
    struct mh_reader groups = mh_reader_of(message.groups);
    lua_newtable(L);
    while (mh_pim_group_next(&groups, &group) > 0) {
        lua_createtable(L, 0, 2);
        set_group(L, &group);
        mh_add_row(L, "packet.pim.groups[i]");
    }
    lua_setfield(L, -2, "groups");
    return 0;
}

int mh_set_pim_body(lua_State *L, uint8_t type, struct mh_span body)
{
    switch (type) {
    case MH_PIM_HELLO:
        return set_hello(L, body);
    case MH_PIM_REGISTER:
        return set_register(L, body);
    case MH_PIM_REGISTER_STOP:
        return set_register_stop(L, body);
    case MH_PIM_JOIN_PRUNE:
    case MH_PIM_GRAFT:
    case MH_PIM_GRAFT_ACK:
        return set_join_prune(L, body);
    case MH_PIM_BOOTSTRAP:
        return set_bootstrap(L, body);
    case MH_PIM_ASSERT:
        return set_assert(L, body);
    case MH_PIM_CANDIDATE_RP:
        return set_candidate_rp(L, body);
    default:
        return -EPROTONOSUPPORT;
    }
}

int mh_push_pim(lua_State *L, struct mh_reader *reader, const struct mh_pseudo_header *pseudo)
{
    struct mh_pim pim;
    int r = mh_pim_parse(reader, pseudo, &pim);

    if (r < 0)
        return r;
    lua_createtable(L, 0, 12);
    mh_set_integer(L, "version", pim.version);
    mh_set_word(L, "type", mh_pim_words, pim.type);
    mh_set_unusual_integer(L, "flags", pim.flags);
    mh_set_integer(L, "checksum", pim.checksum);
    mh_set_boolean(L, "checksum_valid", pim.checksum_right);
    if (pim.version != MH_PIM_VERSION || mh_set_pim_body(L, pim.type, pim.body) < 0)
        mh_set_bytes(L, "body", pim.body);
    return 0;
}
