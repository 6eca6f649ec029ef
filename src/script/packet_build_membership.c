/* IGMP and MLD messages from tables. */
#include "script/packet_field.h"
#include "script/packet_layer.h"
#include "script/packet_word.h"
#include "wire/exponential.h"
#include "wire/igmp.h"
#include "wire/mld.h"

#include <lauxlib.h>

#include <math.h>

/* Lists --------------------------------------------------------------------------------------
 */

struct mh_span mh_build_addresses(
    lua_State *L, int table, const char *name, sa_family_t family, struct mh_writer *out)
{
    size_t begin = out->length;
    int list = mh_get_table(L, table, name);

    if (!list)
        return (struct mh_span){NULL, 0};
    for (lua_Integer i = 1; lua_geti(L, list, i) != LUA_TNIL; i++) {
        struct mh_addr addr = {.family = AF_UNSPEC};
        const char *text = lua_tostring(L, -1);
        if (!text || mh_addr_parse(text, &addr) < 0 || addr.family != family)
            luaL_error(
                L, "packet: %s: element %I is no address of the packet's family", name, i);
        mh_write_addr(out, &addr, family);
        lua_pop(L, 1);
    }
    lua_pop(L, 2);
    return (struct mh_span){out->bytes + begin, out->length - begin};
}

static void build_record(lua_State *L, int table, sa_family_t family,
    struct mh_packet_room *room, struct mh_writer *out)
{
    struct mh_writer sources = mh_writer_of(room->element, sizeof(room->element));
    struct mh_group_record record = {
        .type = mh_get_word(L, table, "type", mh_record_words, UINT8_MAX),
        .group = mh_get_addr(L, table, "group", family),
        .sources = mh_build_addresses(L, table, "sources", family, &sources),
        .auxiliary = mh_get_bytes(L, table, "auxiliary"),
        .source_count = (uint16_t)mh_get_integer(L, table, "source_count", UINT16_MAX),
        .force_source_count = mh_has(L, table, "source_count"),
    };

    mh_writer_require(out, sources.error == 0);
    mh_group_record_format(out, family, &record);
}

/* Returns how many there are; their bytes are in room->list. */
static uint16_t build_records(lua_State *L, int table, sa_family_t family,
    struct mh_packet_room *room, struct mh_span *ret_records)
{
    struct mh_writer records = mh_writer_of(room->list, sizeof(room->list));
    int list = mh_get_table(L, table, "records");
    lua_Integer count = 0;

    if (list) {
        while (lua_geti(L, list, count + 1) == LUA_TTABLE) {
            build_record(L, lua_gettop(L), family, room, &records);
            lua_pop(L, 1);
            count++;
        }
        lua_pop(L, 2);
    }
    if (records.error || count > UINT16_MAX)
        luaL_error(L, "packet: records: they do not fit into a packet");
    *ret_records = mh_writer_span(&records);
    if (mh_has(L, table, "record_count"))
        count = mh_get_integer(L, table, "record_count", UINT16_MAX);
    return (uint16_t)count;
}

/* Codes --------------------------------------------------------------------------------------
 */

/* In units of the field; what is too long for it is made as long as it can be. */
static uint32_t max_response(lua_State *L, int table, double units_per_second, uint32_t most)
{
    double units = round(mh_get_number(L, table, "max_response") * units_per_second);

    return units >= most ? most : (uint32_t)units;
}

static uint8_t igmp_code(lua_State *L, int table, const struct mh_igmp *igmp)
{
    if (mh_has(L, table, "max_response_code"))
        return (uint8_t)mh_get_integer(L, table, "max_response_code", UINT8_MAX);
    if (igmp->type != MH_IGMP_QUERY || igmp->version == 1)
        return 0;
    if (igmp->version == 2)
        return (uint8_t)max_response(L, table, 10, UINT8_MAX);
    return mh_exponential8_encode(max_response(L, table, 10, MH_EXPONENTIAL8_MAX));
}

static uint16_t mld_code(lua_State *L, int table, const struct mh_mld *mld)
{
    if (mh_has(L, table, "max_response_code"))
        return (uint16_t)mh_get_integer(L, table, "max_response_code", UINT16_MAX);
    if (mld->type != MH_MLD_QUERY)
        return 0;
    if (mld->version == 1)
        return (uint16_t)max_response(L, table, 1000, UINT16_MAX);
    return mh_exponential16_encode(max_response(L, table, 1000, MH_EXPONENTIAL16_MAX));
}

static uint8_t query_interval_code(lua_State *L, int table)
{
    double seconds = mh_get_number(L, table, "query_interval");

    return mh_exponential8_encode(
        seconds >= MH_EXPONENTIAL8_MAX ? MH_EXPONENTIAL8_MAX : (uint32_t)seconds);
}

/* Messages -----------------------------------------------------------------------------------
 */

static const struct mh_packet_word igmp_words[] = {
    {"query", MH_IGMP_QUERY},
    {"report", MH_IGMP_V3_REPORT},
    {"leave", MH_IGMP_LEAVE},
    {NULL, 0},
};

static uint8_t igmp_type(lua_State *L, int table, uint8_t version)
{
    uint8_t type = mh_get_word(L, table, "type", igmp_words, UINT8_MAX);

    if (type == MH_IGMP_V3_REPORT && version == 1)
        return MH_IGMP_V1_REPORT;
    return type == MH_IGMP_V3_REPORT && version == 2 ? MH_IGMP_V2_REPORT : type;
}

void mh_build_igmp(lua_State *L, int table, struct mh_packet_room *room, struct mh_writer *out)
{
    struct mh_writer sources = mh_writer_of(room->element, sizeof(room->element));
    uint8_t version = (uint8_t)mh_get_integer(L, table, "version", 3);
    struct mh_igmp igmp = {
        .version = version,
        .type = igmp_type(L, table, version),
        .group = mh_get_addr(L, table, "group", AF_INET),
        .reserved = (uint8_t)mh_get_integer(L, table, "reserved", UINT16_MAX),
        .report_reserved = (uint16_t)mh_get_integer(L, table, "reserved", UINT16_MAX),
        .suppress_router = mh_get_boolean(L, table, "suppress"),
        .robustness = (uint8_t)mh_get_integer(L, table, "robustness", 7),
        .query_interval_code = query_interval_code(L, table),
        .source_count = (uint16_t)mh_get_integer(L, table, "source_count", UINT16_MAX),
        .force_source_count = mh_has(L, table, "source_count"),
        .checksum = (uint16_t)mh_get_integer(L, table, "checksum", UINT16_MAX),
        .force_checksum = mh_is_forced(L, table, "checksum", "checksum_valid"),
        .trailing = mh_get_bytes(L, table, "trailing"),
    };

    igmp.max_response_code = igmp_code(L, table, &igmp);
    igmp.record_count = build_records(L, table, AF_INET, room, &igmp.records);
    igmp.sources = mh_build_addresses(L, table, "sources", AF_INET, &sources);
    mh_writer_require(out, sources.error == 0);
    mh_igmp_format(out, &igmp);
}

static uint8_t mld_type(lua_State *L, int table, uint8_t version)
{
    uint8_t type = mh_get_word(L, table, "type", mh_mld_words, UINT8_MAX);

    return type == MH_MLD_V2_REPORT && version == 1 ? MH_MLD_V1_REPORT : type;
}

void mh_build_mld(lua_State *L, int table, const struct mh_pseudo_header *pseudo,
    struct mh_packet_room *room, struct mh_writer *out)
{
    struct mh_writer sources = mh_writer_of(room->element, sizeof(room->element));
    uint8_t version = (uint8_t)mh_get_integer(L, table, "version", 2);
    struct mh_mld mld = {
        .version = version,
        .type = mld_type(L, table, version),
        .code = (uint8_t)mh_get_integer(L, table, "code", UINT8_MAX),
        .group = mh_get_addr(L, table, "group", AF_INET6),
        .reserved = (uint16_t)mh_get_integer(L, table, "reserved", UINT16_MAX),
        .query_reserved = (uint8_t)mh_get_integer(L, table, "query_reserved", 15),
        .suppress_router = mh_get_boolean(L, table, "suppress"),
        .robustness = (uint8_t)mh_get_integer(L, table, "robustness", 7),
        .query_interval_code = query_interval_code(L, table),
        .source_count = (uint16_t)mh_get_integer(L, table, "source_count", UINT16_MAX),
        .force_source_count = mh_has(L, table, "source_count"),
        .checksum = (uint16_t)mh_get_integer(L, table, "checksum", UINT16_MAX),
        .force_checksum = mh_is_forced(L, table, "checksum", "checksum_valid"),
        .trailing = mh_get_bytes(L, table, "trailing"),
    };

    mld.max_response_code = mld_code(L, table, &mld);
    mld.record_count = build_records(L, table, AF_INET6, room, &mld.records);
    mld.sources = mh_build_addresses(L, table, "sources", AF_INET6, &sources);
    mh_writer_require(out, sources.error == 0);
    mh_mld_format(out, pseudo, &mld);
}
