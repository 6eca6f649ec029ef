/* Ethernet, IPv4, IPv6 and UDP headers from tables. */
#include "script/packet_field.h"
#include "script/packet_layer.h"
#include "script/packet_word.h"
#include "wire/udp.h"

#include <lauxlib.h>

enum { IPV4_OPTIONS_ROOM = 64 };

static void read_vlan(lua_State *L, int table, struct mh_ethernet *ethernet)
{
    int vlan = mh_get_table(L, table, "vlan");

    if (!vlan)
        return;
    ethernet->tag_type = (uint16_t)mh_get_integer(L, vlan, "type", UINT16_MAX);
    if (!ethernet->tag_type)
        ethernet->tag_type = MH_ETHERTYPE_VLAN;
    ethernet->vlan_id = (uint16_t)mh_get_integer(L, vlan, "id", 4095);
    ethernet->vlan_priority = (uint8_t)mh_get_integer(L, vlan, "priority", 7);
    ethernet->drop_eligible = mh_get_boolean(L, vlan, "drop_eligible");
    lua_pop(L, 1);
}

void mh_build_ethernet(
    lua_State *L, int table, uint16_t ethertype, struct mh_span payload, struct mh_writer *out)
{
    struct mh_ethernet ethernet = {.ethertype = ethertype, .payload = payload};

    if (mh_has(L, table, "type"))
        ethernet.ethertype = (uint16_t)mh_get_integer(L, table, "type", UINT16_MAX);
    mh_get_mac(L, table, "destination", ethernet.destination);
    mh_get_mac(L, table, "source", ethernet.source);
    read_vlan(L, table, &ethernet);
    mh_ethernet_format(out, &ethernet);
    mh_write_span(out, mh_get_bytes(L, table, "trailer"));
}

/* {{type =, value =}, ...}, or {bytes =} for what is no such list. */
static struct mh_span build_ipv4_options(lua_State *L, int table, struct mh_writer *out)
{
    int options = mh_get_table(L, table, "options");

    if (!options)
        return (struct mh_span){NULL, 0};
    mh_write_span(out, mh_get_bytes(L, options, "bytes"));
    for (lua_Integer i = 1; lua_geti(L, options, i) == LUA_TTABLE; i++) {
        int one = lua_gettop(L);
        struct mh_ipv4_option option = {
            (uint8_t)mh_get_integer(L, one, "type", UINT8_MAX), mh_get_bytes(L, one, "value")};
        mh_ipv4_option_format(out, &option);
        lua_pop(L, 1);
    }
    lua_pop(L, 2);
    return mh_writer_span(out);
}

static void read_ipv4_forced(lua_State *L, int table, struct mh_ipv4 *ipv4)
{
    ipv4->header_length = (uint8_t)mh_get_integer(L, table, "header_length", 60);
    ipv4->force_header_length = mh_is_forced(L, table, "header_length", "lengths_valid");
    ipv4->total_length = (uint16_t)mh_get_integer(L, table, "total_length", UINT16_MAX);
    ipv4->force_total_length = mh_is_forced(L, table, "total_length", "lengths_valid");
    ipv4->checksum = (uint16_t)mh_get_integer(L, table, "checksum", UINT16_MAX);
    ipv4->force_checksum = mh_is_forced(L, table, "checksum", "checksum_valid");
}

void mh_build_ipv4(lua_State *L, int table, struct mh_span payload, struct mh_writer *out)
{
    uint8_t memory[IPV4_OPTIONS_ROOM];
    struct mh_writer options = mh_writer_of(memory, sizeof(memory));
    struct mh_ipv4 ipv4 = {
        .dscp = (uint8_t)mh_get_integer(L, table, "dscp", 63),
        .ecn = (uint8_t)mh_get_integer(L, table, "ecn", 3),
        .identification = (uint16_t)mh_get_integer(L, table, "identification", UINT16_MAX),
        .reserved_flag = mh_get_boolean(L, table, "reserved_flag"),
        .dont_fragment = mh_get_boolean(L, table, "dont_fragment"),
        .more_fragments = mh_get_boolean(L, table, "more_fragments"),
        .fragment_offset = (uint16_t)mh_get_integer(L, table, "fragment_offset", 65528),
        .ttl = (uint8_t)mh_get_integer(L, table, "ttl", UINT8_MAX),
        .protocol = (uint8_t)mh_get_integer(L, table, "protocol", UINT8_MAX),
        .source = mh_get_addr(L, table, "source", AF_INET),
        .destination = mh_get_addr(L, table, "destination", AF_INET),
        .options = build_ipv4_options(L, table, &options),
        .payload = payload,
    };

    read_ipv4_forced(L, table, &ipv4);
    mh_writer_require(out, options.error == 0);
    mh_ipv4_format(out, &ipv4);
}

/* The type of extension header `i`; behind the last one, of what IPv6 carries. */
static uint8_t extension_type(lua_State *L, int list, lua_Integer i, uint8_t protocol)
{
    uint8_t type = protocol;

    if (list && lua_geti(L, list, i) == LUA_TTABLE)
        type = mh_get_word(L, lua_gettop(L), "type", mh_extension_words, UINT8_MAX);
    lua_pop(L, list ? 1 : 0);
    return type;
}

/* Its `options` in `memory`, or the bytes of its `value`. */
static struct mh_span extension_value(lua_State *L, int table, struct mh_writer *memory)
{
    int options = mh_get_table(L, table, "options");

    if (!options)
        return mh_get_bytes(L, table, "value");
    for (lua_Integer i = 1; lua_geti(L, options, i) == LUA_TTABLE; i++) {
        int one = lua_gettop(L);
        struct mh_ipv6_option option = {
            (uint8_t)mh_get_integer(L, one, "type", UINT8_MAX), mh_get_bytes(L, one, "value")};
        mh_ipv6_option_format(memory, &option);
        lua_pop(L, 1);
    }
    lua_pop(L, 2);
    return mh_writer_span(memory);
}

static struct mh_span build_extensions(lua_State *L, int list, uint8_t protocol,
    struct mh_packet_room *room, struct mh_writer *out)
{
    lua_Integer count = list ? luaL_len(L, list) : 0;

    for (lua_Integer i = 1; i <= count; i++) {
        struct mh_writer memory = mh_writer_of(room->element, sizeof(room->element));
        lua_geti(L, list, i);
        struct mh_ipv6_extension extension = {
            .type = extension_type(L, list, i, protocol),
            .next_header = extension_type(L, list, i + 1, protocol),
            .value = extension_value(L, lua_gettop(L), &memory),
        };
        mh_writer_require(out, memory.error == 0);
        mh_ipv6_extension_format(out, &extension);
        lua_pop(L, 1);
    }
    return mh_writer_span(out);
}

void mh_build_ipv6(lua_State *L, int table, struct mh_span payload, struct mh_packet_room *room,
    struct mh_writer *out)
{
    struct mh_writer extensions = mh_writer_of(room->list, sizeof(room->list));
    uint8_t protocol = (uint8_t)mh_get_integer(L, table, "protocol", UINT8_MAX);
    int list = mh_get_table(L, table, "extensions");
    struct mh_ipv6 ipv6 = {
        .traffic_class = (uint8_t)mh_get_integer(L, table, "traffic_class", UINT8_MAX),
        .flow_label = (uint32_t)mh_get_integer(L, table, "flow_label", 0xfffff),
        .payload_length = (uint16_t)mh_get_integer(L, table, "payload_length", UINT16_MAX),
        .force_payload_length = mh_is_forced(L, table, "payload_length", "lengths_valid"),
        .next_header = extension_type(L, list, 1, protocol),
        .hop_limit = (uint8_t)mh_get_integer(L, table, "hop_limit", UINT8_MAX),
        .source = mh_get_addr(L, table, "source", AF_INET6),
        .destination = mh_get_addr(L, table, "destination", AF_INET6),
        .extensions = build_extensions(L, list, protocol, room, &extensions),
        .payload = payload,
    };

    mh_writer_require(out, extensions.error == 0);
    mh_ipv6_format(out, &ipv6);
    lua_pop(L, list ? 1 : 0);
}

/* A checksum of zero over IPv4 says that there is none, and is right. */
static bool is_checksum_forced(
    lua_State *L, int table, const struct mh_pseudo_header *pseudo, uint16_t checksum)
{
    if (checksum == 0 && pseudo->source.family == AF_INET)
        return mh_has(L, table, "checksum");
    return mh_is_forced(L, table, "checksum", "checksum_valid");
}

void mh_build_udp(
    lua_State *L, int table, const struct mh_pseudo_header *pseudo, struct mh_writer *out)
{
    struct mh_udp udp = {
        .source_port = (uint16_t)mh_get_integer(L, table, "source_port", UINT16_MAX),
        .destination_port = (uint16_t)mh_get_integer(L, table, "destination_port", UINT16_MAX),
        .length = (uint16_t)mh_get_integer(L, table, "length", UINT16_MAX),
        .force_length = mh_is_forced(L, table, "length", "lengths_valid"),
        .checksum = (uint16_t)mh_get_integer(L, table, "checksum", UINT16_MAX),
        .payload = mh_get_bytes(L, table, "payload"),
    };

    udp.force_checksum = is_checksum_forced(L, table, pseudo, udp.checksum);
    mh_udp_format(out, pseudo, &udp);
    mh_write_span(out, mh_get_bytes(L, table, "trailer"));
}
