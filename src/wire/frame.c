#include "wire/frame.h"

#include <errno.h>
#include <net/ethernet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>

enum {
    IPV4_HEADER_MIN = 20,
    IPV6_HEADER = 40,
    UDP_HEADER = 8,
};

/* The bytes not looked at yet. */
struct rest {
    const uint8_t *bytes;
    size_t length;
};

static uint16_t read_u16(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static void skip(struct rest *rest, size_t length)
{
    rest->bytes += length;
    rest->length -= length;
}

static int parse_ethernet(struct rest *rest, struct mh_frame *frame)
{
    if (rest->length < ETHER_HDR_LEN)
        return -EBADMSG;
    memcpy(frame->destination_mac, rest->bytes, ETHER_ADDR_LEN);
    memcpy(frame->source_mac, rest->bytes + ETHER_ADDR_LEN, ETHER_ADDR_LEN);
    frame->ethertype = read_u16(rest->bytes + ETHER_HDR_LEN - ETHER_TYPE_LEN);
    skip(rest, ETHER_HDR_LEN);
    return 0;
}

static void set_ipv4_addr(struct mh_addr *addr, const uint8_t *bytes)
{
    addr->family = AF_INET;
    memcpy(&addr->v4, bytes, sizeof(addr->v4));
}

/* RFC 791, section 3.1. The total length cuts off Ethernet's padding. */
static int parse_ipv4(struct rest *rest, struct mh_frame *frame)
{
    const uint8_t *header = rest->bytes;
    if (rest->length < IPV4_HEADER_MIN || header[0] >> 4 != 4)
        return -EBADMSG;

    size_t header_length = (size_t)(header[0] & 0x0f) * 4;
    size_t total_length = read_u16(header + 2);
    if (header_length < IPV4_HEADER_MIN || total_length < header_length ||
        total_length > rest->length)
        return -EBADMSG;

    uint16_t fragment = read_u16(header + 6);
    frame->more_fragments = (fragment & 0x2000) != 0;
    frame->fragment_offset = (uint16_t)((fragment & 0x1fff) * 8);
    frame->ttl = header[8];
    frame->protocol = header[9];
    set_ipv4_addr(&frame->source, header + 12);
    set_ipv4_addr(&frame->destination, header + 16);
    rest->length = total_length;
    skip(rest, header_length);
    return 0;
}

static void set_ipv6_addr(struct mh_addr *addr, const uint8_t *bytes)
{
    addr->family = AF_INET6;
    memcpy(&addr->v6, bytes, sizeof(addr->v6));
}

/* RFC 8200, section 4.5. */
static void read_fragment_header(const uint8_t *header, struct mh_frame *frame)
{
    uint16_t fragment = read_u16(header + 2);

    frame->fragment_offset = fragment & 0xfff8;
    frame->more_fragments = fragment & 1;
}

/* Bytes of an extension header whose first two bytes are at hand; 0: it is none. (RFC 8200,
 * section 4; the authentication header counts in other units, RFC 4302, section 2.2) */
static size_t extension_length(uint8_t type, const uint8_t *header)
{
    switch (type) {
    case IPPROTO_HOPOPTS:
    case IPPROTO_ROUTING:
    case IPPROTO_DSTOPTS:
    case IPPROTO_MH:
        return ((size_t)header[1] + 1) * 8;
    case IPPROTO_FRAGMENT:
        return 8;
    case IPPROTO_AH:
        return ((size_t)header[1] + 2) * 4;
    default:
        return 0;
    }
}

static bool is_extension(uint8_t type)
{
    return extension_length(type, (const uint8_t[2]){0}) > 0;
}

/* Behind a later fragment's header there are only bytes from the middle of something. */
static int skip_extensions(struct rest *rest, struct mh_frame *frame)
{
    while (is_extension(frame->protocol) && frame->fragment_offset == 0) {
        if (rest->length < 2)
            return -EBADMSG;
        size_t length = extension_length(frame->protocol, rest->bytes);
        if (length > rest->length)
            return -EBADMSG;

        if (frame->protocol == IPPROTO_FRAGMENT)
            read_fragment_header(rest->bytes, frame);
        frame->protocol = rest->bytes[0];
        skip(rest, length);
    }
    return 0;
}

static int parse_ipv6(struct rest *rest, struct mh_frame *frame)
{
    const uint8_t *header = rest->bytes;
    if (rest->length < IPV6_HEADER || header[0] >> 4 != 6)
        return -EBADMSG;

    size_t payload_length = read_u16(header + 4);
    if (payload_length > rest->length - IPV6_HEADER)
        return -EBADMSG;

    frame->protocol = header[6];
    frame->ttl = header[7];
    set_ipv6_addr(&frame->source, header + 8);
    set_ipv6_addr(&frame->destination, header + 24);
    skip(rest, IPV6_HEADER);
    rest->length = payload_length;
    return skip_extensions(rest, frame);
}

/* RFC 768. The first fragment holds less than the header's length says. */
static int parse_udp(struct rest *rest, struct mh_frame *frame)
{
    if (frame->protocol != IPPROTO_UDP || frame->fragment_offset != 0)
        return 0;
    if (rest->length < UDP_HEADER)
        return -EBADMSG;

    size_t length = read_u16(rest->bytes + 4);
    if (length < UDP_HEADER || (length > rest->length && !frame->more_fragments))
        return -EBADMSG;
    if (length < rest->length)
        rest->length = length;

    frame->datagram_length = length - UDP_HEADER;
    frame->source_port = read_u16(rest->bytes);
    frame->destination_port = read_u16(rest->bytes + 2);
    skip(rest, UDP_HEADER);
    return 0;
}

static int parse_ip(struct rest *rest, struct mh_frame *frame)
{
    switch (frame->ethertype) {
    case ETHERTYPE_IP:
        return parse_ipv4(rest, frame);
    case ETHERTYPE_IPV6:
        return parse_ipv6(rest, frame);
    default:
        return -EPROTONOSUPPORT;
    }
}

int mh_frame_parse(const uint8_t *bytes, size_t length, struct mh_frame *ret_frame)
{
    struct rest rest = {bytes, length};
    struct mh_frame frame = {.ethertype = 0};

    int r = parse_ethernet(&rest, &frame);
    if (r == 0)
        r = parse_ip(&rest, &frame);
    if (r == 0)
        r = parse_udp(&rest, &frame);
    if (r < 0)
        return r;

    frame.payload = rest.bytes;
    frame.payload_length = rest.length;
    if (frame.datagram_length == 0)
        frame.datagram_length = rest.length;
    *ret_frame = frame;
    return 0;
}
