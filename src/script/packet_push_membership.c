/* IGMP and MLD messages as tables. */
#include "script/convert.h"
#include "script/packet_field.h"
#include "script/packet_layer.h"
#include "script/packet_word.h"
#include "wire/exponential.h"
#include "wire/igmp.h"
#include "wire/mld.h"

void mh_push_sources(lua_State *L, struct mh_span sources, sa_family_t family)
{
    size_t count = mh_source_count(sources, family);

    lua_createtable(L, (int)count, 0);
    for (size_t i = 0; i < count; i++) {
        struct mh_addr source = mh_source_at(sources, family, i);
        mh_push_addr(L, &source);
        lua_seti(L, -2, (lua_Integer)i + 1);
    }
}

static void set_sources(lua_State *L, struct mh_span sources, sa_family_t family)
{
    mh_push_sources(L, sources, family);
    lua_setfield(L, -2, "sources");
}

static void push_record(lua_State *L, const struct mh_group_record *record, sa_family_t family)
{
    lua_createtable(L, 0, 4);
    mh_set_word(L, "type", mh_record_words, record->type);
    mh_set_addr(L, "group", &record->group);
    set_sources(L, record->sources, family);
    mh_set_unusual_bytes(L, "auxiliary", record->auxiliary);
}

static void set_records(
    lua_State *L, struct mh_span records, sa_family_t family, const char *kind)
{
    struct mh_reader reader = mh_reader_of(records);
    struct mh_group_record record;

    lua_newtable(L);
    while (mh_group_record_next(&reader, family, &record) > 0) {
        push_record(L, &record, family);
        mh_add_row(L, kind);
    }
    lua_setfield(L, -2, "records");
}

/* What version 3 of IGMP and version 2 of MLD added to queries. */
static void set_query(lua_State *L, bool suppress, uint8_t robustness, uint8_t interval_code)
{
    mh_set_boolean(L, "suppress", suppress);
    mh_set_integer(L, "robustness", robustness);
    mh_set_integer(L, "query_interval", mh_exponential8_decode(interval_code));
}

static void set_checksum(lua_State *L, uint16_t checksum, bool right)
{
    mh_set_integer(L, "checksum", checksum);
    mh_set_boolean(L, "checksum_valid", right);
}

static const char *igmp_type(const struct mh_igmp *igmp)
{
    switch (igmp->type) {
    case MH_IGMP_QUERY:
        return "query";
    case MH_IGMP_LEAVE:
        return "leave";
    default:
        return "report";
    }
}

static void set_igmp_query(lua_State *L, const struct mh_igmp *igmp)
{
    mh_set_number(L, "max_response", mh_igmp_max_response_ms(igmp) / 1000.0);
    if (igmp->version < 3)
        return;
    set_query(L, igmp->suppress_router, igmp->robustness, igmp->query_interval_code);
    mh_set_unusual_integer(L, "reserved", igmp->reserved);
    set_sources(L, igmp->sources, AF_INET);
}

int mh_push_igmp(lua_State *L, struct mh_reader *reader)
{
    struct mh_igmp igmp;
    int r = mh_igmp_parse(reader, &igmp);

    if (r < 0)
        return r;
    lua_createtable(L, 0, 12);
    mh_set_integer(L, "version", igmp.version);
    mh_set_text(L, "type", igmp_type(&igmp));
    set_checksum(L, igmp.checksum, igmp.checksum_right);
    if (igmp.type == MH_IGMP_QUERY)
        set_igmp_query(L, &igmp);
    else
        mh_set_unusual_integer(L, "max_response_code", igmp.max_response_code);
    if (igmp.type == MH_IGMP_V3_REPORT) {
        mh_set_unusual_integer(L, "reserved", igmp.report_reserved);
        set_records(L, igmp.records, AF_INET, "packet.igmp.records[i]");
    } else {
        mh_set_addr(L, "group", &igmp.group);
    }
    mh_set_unusual_bytes(L, "trailing", igmp.trailing);
    return 0;
}

static void set_mld_query(lua_State *L, const struct mh_mld *mld)
{
    mh_set_number(L, "max_response", mh_mld_max_response_ms(mld) / 1000.0);
    if (mld->version < 2)
        return;
    set_query(L, mld->suppress_router, mld->robustness, mld->query_interval_code);
    mh_set_unusual_integer(L, "query_reserved", mld->query_reserved);
    set_sources(L, mld->sources, AF_INET6);
}

int mh_push_mld(lua_State *L, struct mh_reader *reader, const struct mh_pseudo_header *pseudo)
{
    struct mh_mld mld;
    int r = mh_mld_parse(reader, pseudo, &mld);

    if (r < 0)
        return r;
    lua_createtable(L, 0, 12);
    mh_set_integer(L, "version", mld.version);
    mh_set_word(L, "type", mh_mld_words, mld.type);
    mh_set_unusual_integer(L, "code", mld.code);
    set_checksum(L, mld.checksum, mld.checksum_right);
    if (mld.type == MH_MLD_QUERY)
        set_mld_query(L, &mld);
    else
        mh_set_unusual_integer(L, "max_response_code", mld.max_response_code);
    mh_set_unusual_integer(L, "reserved", mld.reserved);
    if (mld.type == MH_MLD_V2_REPORT)
        set_records(L, mld.records, AF_INET6, "packet.mld.records[i]");
    else
        mh_set_addr(L, "group", &mld.group);
    mh_set_unusual_bytes(L, "trailing", mld.trailing);
    return 0;
}
