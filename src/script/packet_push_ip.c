/* Ethernet, IPv4, IPv6 and UDP headers as tables. */
#include "script/packet_field.h"
#include "script/packet_layer.h"
#include "script/packet_word.h"
#include "wire/udp.h"

enum { UDP_HEADER = 8, IPV4_OPTIONS_MAX = 40 };

static void set_vlan(lua_State *L, const struct mh_ethernet *ethernet)
{
    lua_createtable(L, 0, 4);
    mh_set_integer(L, "id", ethernet->vlan_id);
    mh_set_integer(L, "priority", ethernet->vlan_priority);
    mh_set_boolean(L, "drop_eligible", ethernet->drop_eligible);
    mh_set_integer(L, "type", ethernet->tag_type);
    mh_set_row(L, "vlan", "packet.eth.vlan");
}

void mh_push_ethernet(lua_State *L, const struct mh_ethernet *ethernet)
{
    lua_createtable(L, 0, 4);
    mh_set_mac(L, "destination", ethernet->destination);
    mh_set_mac(L, "source", ethernet->source);
    mh_set_integer(L, "type", ethernet->ethertype);
    if (ethernet->tag_type)
        set_vlan(L, ethernet);
}

/* Pushes the list; false when the bytes cannot be made of it again. */
static bool push_ipv4_options(lua_State *L, struct mh_span bytes)
{
    uint8_t memory[IPV4_OPTIONS_MAX];
    struct mh_writer again = mh_writer_of(memory, sizeof(memory));
    struct mh_reader options = mh_reader_of(bytes);
    struct mh_ipv4_option option;

    lua_newtable(L);
    while (mh_ipv4_next_option(&options, &option) > 0) {
        lua_createtable(L, 0, 2);
        mh_set_integer(L, "type", option.type);
        mh_set_bytes(L, "value", option.value);
        mh_add_row(L, "packet.ip.options[i]");
        mh_ipv4_option_format(&again, &option);
    }
    mh_write_padding(&again, again.length, 4);
    return again.length == bytes.length && memcmp(memory, bytes.bytes, bytes.length) == 0;
}

static void set_ipv4_options(lua_State *L, const struct mh_ipv4 *ipv4)
{
    mh_set_boolean(L, "router_alert", mh_ipv4_has_router_alert(ipv4));
    if (ipv4->options.length == 0)
        return;
    if (!push_ipv4_options(L, ipv4->options)) {
        lua_pop(L, 1);
        lua_createtable(L, 0, 1);
        mh_set_bytes(L, "bytes", ipv4->options);
    }
    lua_setfield(L, -2, "options");
}

static void set_ipv4_fragment(lua_State *L, const struct mh_ipv4 *ipv4)
{
    mh_set_integer(L, "identification", ipv4->identification);
    mh_set_unusual_boolean(L, "reserved_flag", ipv4->reserved_flag);
    mh_set_boolean(L, "dont_fragment", ipv4->dont_fragment);
    mh_set_boolean(L, "more_fragments", ipv4->more_fragments);
    mh_set_integer(L, "fragment_offset", ipv4->fragment_offset);
}

void mh_push_ipv4(lua_State *L, const struct mh_ipv4 *ipv4)
{
    lua_createtable(L, 0, 20);
    mh_set_addr(L, "source", &ipv4->source);
    mh_set_addr(L, "destination", &ipv4->destination);
    mh_set_integer(L, "ttl", ipv4->ttl);
    mh_set_integer(L, "protocol", ipv4->protocol);
    mh_set_integer(L, "dscp", ipv4->dscp);
    mh_set_integer(L, "ecn", ipv4->ecn);
    set_ipv4_fragment(L, ipv4);
    mh_set_integer(L, "header_length", ipv4->header_length);
    mh_set_integer(L, "total_length", ipv4->total_length);
    mh_set_boolean(L, "lengths_valid", !ipv4->force_total_length);
    mh_set_integer(L, "checksum", ipv4->checksum);
    mh_set_boolean(L, "checksum_valid", ipv4->checksum_right);
    set_ipv4_options(L, ipv4);
}

static bool has_options(const struct mh_ipv6_extension *extension)
{
    return extension->type == IPPROTO_HOPOPTS || extension->type == IPPROTO_DSTOPTS;
}

/* Pushes the list, padding and all; false when the bytes are no such list. */
static bool push_ipv6_options(lua_State *L, struct mh_span value)
{
    struct mh_reader options = mh_reader_of(value);
    struct mh_ipv6_option option;
    int r;

    lua_newtable(L);
    while ((r = mh_ipv6_next_option(&options, &option)) > 0) {
        lua_createtable(L, 0, 2);
        mh_set_integer(L, "type", option.type);
        mh_set_bytes(L, "value", option.value);
        mh_add_row(L, "packet.ip6.extensions[i].options[i]");
    }
    return r == 0;
}

static void set_extension_value(lua_State *L, const struct mh_ipv6_extension *extension)
{
    if (!has_options(extension)) {
        mh_set_bytes(L, "value", extension->value);
    } else if (push_ipv6_options(L, extension->value)) {
        lua_setfield(L, -2, "options");
    } else {
        lua_pop(L, 1);
        mh_set_bytes(L, "value", extension->value);
    }
}

static void set_extensions(lua_State *L, const struct mh_ipv6 *ipv6)
{
    struct mh_reader extensions = mh_reader_of(ipv6->extensions);
    struct mh_ipv6_extension extension;
    uint8_t type = ipv6->next_header;

    lua_newtable(L);
    while (mh_ipv6_next_extension(&extensions, &type, &extension) > 0) {
        lua_createtable(L, 0, 2);
        mh_set_word(L, "type", mh_extension_words, extension.type);
        set_extension_value(L, &extension);
        mh_add_row(L, "packet.ip6.extensions[i]");
    }
    lua_setfield(L, -2, "extensions");
}

void mh_push_ipv6(lua_State *L, const struct mh_ipv6 *ipv6)
{
    uint16_t alert;

    lua_createtable(L, 0, 14);
    mh_set_addr(L, "source", &ipv6->source);
    mh_set_addr(L, "destination", &ipv6->destination);
    mh_set_integer(L, "hop_limit", ipv6->hop_limit);
    mh_set_integer(L, "protocol", ipv6->protocol);
    mh_set_integer(L, "traffic_class", ipv6->traffic_class);
    mh_set_integer(L, "flow_label", ipv6->flow_label);
    mh_set_integer(L, "payload_length", ipv6->payload_length);
    mh_set_boolean(L, "lengths_valid", !ipv6->force_payload_length);
    if (mh_ipv6_router_alert(ipv6, &alert))
        mh_set_integer(L, "router_alert", alert);
    if (ipv6->extensions.length > 0)
        set_extensions(L, ipv6);
    mh_set_unusual_integer(L, "fragment_offset", ipv6->fragment_offset);
    mh_set_unusual_boolean(L, "more_fragments", ipv6->more_fragments);
}

static void push_udp(lua_State *L, const struct mh_udp *udp, struct mh_span trailer)
{
    lua_createtable(L, 0, 8);
    mh_set_integer(L, "source_port", udp->source_port);
    mh_set_integer(L, "destination_port", udp->destination_port);
    mh_set_integer(L, "length", udp->length);
    mh_set_boolean(L, "lengths_valid", !udp->force_length);
    mh_set_integer(L, "checksum", udp->checksum);
    mh_set_bytes(L, "payload", udp->payload);
    mh_set_unusual_bytes(L, "trailer", trailer);
}

/* The header of a datagram of which the rest is elsewhere: its checksum cannot be judged. */
static int push_udp_head(lua_State *L, struct mh_reader *reader)
{
    struct mh_udp udp = {.force_length = true};

    udp.source_port = mh_read_u16(reader);
    udp.destination_port = mh_read_u16(reader);
    udp.length = mh_read_u16(reader);
    udp.checksum = mh_read_u16(reader);
    udp.payload = mh_read_rest(reader);
    if (reader->failed || udp.length < UDP_HEADER)
        return -EBADMSG;
    push_udp(L, &udp, (struct mh_span){NULL, 0});
    return 0;
}

int mh_push_udp(
    lua_State *L, struct mh_reader *reader, const struct mh_pseudo_header *pseudo, bool whole)
{
    struct mh_udp udp;

    if (!whole)
        return push_udp_head(L, reader);
    int r = mh_udp_parse(reader, pseudo, &udp);
    if (r < 0)
        return r;
    push_udp(L, &udp, mh_read_rest(reader));
    mh_set_boolean(L, "checksum_valid", udp.checksum_right);
    return 0;
}
