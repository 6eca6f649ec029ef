#include "script/packet.h"
#include "script/packet_field.h"
#include "script/packet_layer.h"

#include <lauxlib.h>

enum {
    IPV4_HEADER = 20,
    IPV4_LENGTH_OFFSET = 2,
    IPV6_HEADER = 40,
    IPV6_LENGTH_OFFSET = 4,
};

/* A packet on its way onto the stack; its table is at `table`. */
struct decoding {
    lua_State *L;
    int table;
    bool truncated;
    bool partial; /* what IP carries is a fragment, or its end is missing */
    struct mh_pseudo_header pseudo;
    struct mh_span payload; /* of IP */
};

static void set_field(struct decoding *decoding, const char *name)
{
    lua_setfield(decoding->L, decoding->table, name);
}

/* The kind of a layer's row ends in the layer's name: "packet.igmp". */
static const char *name_of(const char *kind)
{
    return kind + strlen("packet.");
}

static void set_layer(struct decoding *decoding, const char *kind)
{
    luaL_setmetatable(decoding->L, kind);
    set_field(decoding, name_of(kind));
}

static void set_malformed(struct decoding *decoding, const char *kind, size_t offset)
{
    lua_pushfstring(decoding->L, "%s: cut off or inconsistent at byte %I", name_of(kind),
        (lua_Integer)offset + 1);
    set_field(decoding, "malformed");
}

static void set_payload(struct decoding *decoding, struct mh_span bytes)
{
    lua_pushlstring(decoding->L, (const char *)bytes.bytes, bytes.length);
    set_field(decoding, "payload");
}

/* ---- what IP carries ---- */

static const char *message_kind(const struct decoding *decoding)
{
    switch (decoding->pseudo.protocol) {
    case IPPROTO_UDP:
        return "packet.udp";
    case IPPROTO_IGMP:
        return decoding->pseudo.source.family == AF_INET ? "packet.igmp" : NULL;
    case IPPROTO_ICMPV6:
        return decoding->pseudo.source.family == AF_INET6 ? "packet.mld" : NULL;
    case IPPROTO_PIM:
        return "packet.pim";
    default:
        return NULL;
    }
}

static int push_message(struct decoding *decoding, struct mh_reader *reader)
{
    switch (decoding->pseudo.protocol) {
    case IPPROTO_UDP:
        return mh_push_udp(decoding->L, reader, &decoding->pseudo, !decoding->partial);
    case IPPROTO_IGMP:
        return mh_push_igmp(decoding->L, reader);
    case IPPROTO_ICMPV6:
        return mh_push_mld(decoding->L, reader, &decoding->pseudo);
    default:
        return mh_push_pim(decoding->L, reader, &decoding->pseudo);
    }
}

/* Of a message that is not whole only UDP has something to tell: its ports. */
static bool can_be_read(const struct decoding *decoding)
{
    return message_kind(decoding) &&
           (!decoding->partial || decoding->pseudo.protocol == IPPROTO_UDP);
}

static void add_message(struct decoding *decoding)
{
    struct mh_reader reader = mh_reader_of(decoding->payload);
    int r = can_be_read(decoding) ? push_message(decoding, &reader) : -EPROTONOSUPPORT;

    if (r == 0) {
        set_layer(decoding, message_kind(decoding));
        return;
    }
    set_payload(decoding, decoding->payload);
    if (r == -EBADMSG && !decoding->partial)
        set_malformed(decoding, message_kind(decoding), reader.offset);
}

/* ---- IP ---- */

/* A copy of a packet whose end is missing, with a length that fits. The collector frees it. */
static struct mh_span shorten(
    lua_State *L, struct mh_span packet, size_t length_offset, size_t length)
{
    uint8_t *copy = lua_newuserdatauv(L, packet.length, 0);

    if (packet.length > 0)
        memcpy(copy, packet.bytes, packet.length);
    mh_put_u16(copy + length_offset, (uint16_t)length);
    return (struct mh_span){copy, packet.length};
}

static int parse_cut_ipv4(struct decoding *decoding, struct mh_span packet, struct mh_ipv4 *ret)
{
    struct mh_reader original = mh_reader_of(packet);
    size_t header_length = packet.length > 0 ? (packet.bytes[0] & 0x0fU) * 4U : 0;
    const uint8_t *header =
        header_length >= IPV4_HEADER ? mh_read(&original, header_length) : NULL;

    if (!header || packet.length > UINT16_MAX)
        return -EBADMSG;
    uint16_t total_length =
        (uint16_t)(header[IPV4_LENGTH_OFFSET] * 256U + header[IPV4_LENGTH_OFFSET + 1]);
    struct mh_span copy = shorten(decoding->L, packet, IPV4_LENGTH_OFFSET, packet.length);
    struct mh_reader reader = mh_reader_of(copy);
    if (total_length <= packet.length || mh_ipv4_parse(&reader, ret) < 0)
        return -EBADMSG;
    ret->total_length = total_length;
    ret->force_total_length = true;
    ret->checksum_right =
        mh_checksum_fold(mh_checksum_add(0, (struct mh_span){header, header_length})) == 0;
    return 0;
}

static int parse_cut_ipv6(struct decoding *decoding, struct mh_span packet, struct mh_ipv6 *ret)
{
    if (packet.length < IPV6_HEADER || packet.length - IPV6_HEADER > UINT16_MAX)
        return -EBADMSG;
    uint16_t payload_length = (uint16_t)(packet.bytes[IPV6_LENGTH_OFFSET] * 256U +
                                         packet.bytes[IPV6_LENGTH_OFFSET + 1]);
    struct mh_span copy =
        shorten(decoding->L, packet, IPV6_LENGTH_OFFSET, packet.length - IPV6_HEADER);
    struct mh_reader reader = mh_reader_of(copy);
    if (payload_length <= packet.length - IPV6_HEADER || mh_ipv6_parse(&reader, ret) < 0)
        return -EBADMSG;
    ret->payload_length = payload_length;
    ret->force_payload_length = true;
    return 0;
}

static int add_ipv4(struct decoding *decoding, struct mh_reader *reader)
{
    struct mh_reader start = *reader;
    struct mh_ipv4 ipv4;
    int r = mh_ipv4_parse(reader, &ipv4);

    if (r < 0) {
        if (parse_cut_ipv4(decoding, mh_read_rest(&start), &ipv4) < 0)
            return r;
        decoding->truncated = decoding->partial = true;
    }
    decoding->pseudo = (struct mh_pseudo_header){ipv4.source, ipv4.destination, ipv4.protocol};
    decoding->partial |= ipv4.more_fragments || ipv4.fragment_offset > 0;
    decoding->payload = ipv4.payload;
    if (ipv4.fragment_offset > 0)
        decoding->pseudo.protocol = IPPROTO_NONE;
    mh_push_ipv4(decoding->L, &ipv4);
    set_layer(decoding, "packet.ip");
    return 0;
}

static int add_ipv6(struct decoding *decoding, struct mh_reader *reader)
{
    struct mh_reader start = *reader;
    struct mh_ipv6 ipv6;
    int r = mh_ipv6_parse(reader, &ipv6);

    if (r < 0) {
        if (parse_cut_ipv6(decoding, mh_read_rest(&start), &ipv6) < 0)
            return r;
        decoding->truncated = decoding->partial = true;
    }
    decoding->pseudo = (struct mh_pseudo_header){ipv6.source, ipv6.destination, ipv6.protocol};
    decoding->partial |= ipv6.more_fragments || ipv6.fragment_offset > 0;
    decoding->payload = ipv6.payload;
    if (ipv6.fragment_offset > 0)
        decoding->pseudo.protocol = IPPROTO_NONE;
    mh_push_ipv6(decoding->L, &ipv6);
    set_layer(decoding, "packet.ip6");
    return 0;
}

/* Reads the IP packet and leaves what is behind it; else -EBADMSG. */
static int add_ip(struct decoding *decoding, struct mh_reader *reader, bool is_ipv6)
{
    struct mh_reader start = *reader;
    struct mh_span packet = mh_read_rest(&start);
    int r = is_ipv6 ? add_ipv6(decoding, reader) : add_ipv4(decoding, reader);

    if (r == 0) {
        add_message(decoding);
        return 0;
    }
    set_payload(decoding, packet);
    if (!decoding->truncated)
        set_malformed(decoding, is_ipv6 ? "packet.ip6" : "packet.ip", reader->offset);
    return r;
}

/* ---- Ethernet ---- */

static void set_trailer(struct decoding *decoding, struct mh_span trailer)
{
    if (trailer.length == 0 || lua_getfield(decoding->L, decoding->table, "eth") != LUA_TTABLE)
        return;
    mh_set_bytes(decoding->L, "trailer", trailer);
}

static void add_frame(struct decoding *decoding, struct mh_span captured)
{
    struct mh_reader reader = mh_reader_of(captured);
    struct mh_ethernet ethernet;

    if (mh_ethernet_parse(&reader, &ethernet) < 0) {
        set_payload(decoding, captured);
        if (!decoding->truncated)
            set_malformed(decoding, "packet.eth", reader.offset);
        return;
    }
    mh_push_ethernet(decoding->L, &ethernet);
    set_layer(decoding, "packet.eth");
    struct mh_reader inside = mh_reader_of(ethernet.payload);
    if (ethernet.ethertype != MH_ETHERTYPE_IPV4 && ethernet.ethertype != MH_ETHERTYPE_IPV6)
        set_payload(decoding, ethernet.payload);
    else if (add_ip(decoding, &inside, ethernet.ethertype == MH_ETHERTYPE_IPV6) == 0)
        set_trailer(decoding, mh_read_rest(&inside));
}

static void add_datagram(struct decoding *decoding, struct mh_span captured)
{
    struct mh_reader reader = mh_reader_of(captured);

    add_ip(decoding, &reader, captured.length > 0 && captured.bytes[0] >> 4 == 6);
}

void mh_push_packet(
    lua_State *L, struct mh_span captured, size_t length, enum mh_link_layer link_layer)
{
    luaL_checkstack(L, LUA_MINSTACK, "packet");
    lua_createtable(L, 0, 8);
    struct decoding decoding = {
        .L = L, .table = lua_gettop(L), .truncated = captured.length < length};

    mh_set_integer(L, "length", (lua_Integer)length);
    if (link_layer == MH_LINK_ETHERNET)
        add_frame(&decoding, captured);
    else
        add_datagram(&decoding, captured);
    lua_settop(L, decoding.table);
    mh_set_boolean(L, "truncated", decoding.truncated);
}
