/* An IPv6 header with its extension headers (RFC 8200, sections 3 and 4). */
#pragma once

#include "wire/bytes.h"

struct mh_ipv6 {
    uint8_t traffic_class;
    uint32_t flow_label;     /* 20 bits */
    uint16_t payload_length; /* bytes, extension headers included */
    uint8_t next_header; /* what follows this header: the type of the first extension, if any */
    uint8_t hop_limit;
    struct mh_addr source;
    struct mh_addr destination;
    struct mh_span extensions; /* all of them; see mh_ipv6_next_extension */
    struct mh_span payload;    /* behind the extensions, without the padding of a short frame */

    /* Parsing only. */
    uint8_t protocol;         /* of the payload: IPPROTO_UDP, IPPROTO_ICMPV6, IPPROTO_PIM ... */
    uint16_t fragment_offset; /* bytes; 0 for a whole datagram or its first fragment */
    bool more_fragments;

    bool force_payload_length; /* formatting: as it stands above, right or wrong */
};

/* 0; -EBADMSG: cut off or inconsistent at reader->offset. Behind the header of a later fragment
 * nothing is looked into; jumbograms (RFC 2675) are taken for empty packets. */
int mh_ipv6_parse(struct mh_reader *reader, struct mh_ipv6 *ret_ipv6);
/* Appends header, extensions and payload. Returns writer->error. */
int mh_ipv6_format(struct mh_writer *writer, const struct mh_ipv6 *ipv6);

enum {
    MH_IPV6_OPTION_PAD1 = 0,
    MH_IPV6_OPTION_PADN = 1,
    MH_IPV6_OPTION_ROUTER_ALERT = 5, /* two bytes of value (RFC 2711, section 2.1) */
};

enum {
    MH_IPV6_ROUTER_ALERT_MLD = 0, /* the value that MLD messages carry */
};

struct mh_ipv6_extension {
    uint8_t type;         /* IPPROTO_HOPOPTS, _ROUTING, _FRAGMENT, _AH, _DSTOPTS, _MH */
    uint8_t next_header;  /* type of what follows it */
    struct mh_span value; /* behind the two bytes of next header and length */
};

/* Goes through mh_reader_of(ipv6.extensions); `type` starts as ipv6.next_header and becomes the
 * type of what follows. 1: one more; 0: none left; -EBADMSG. */
int mh_ipv6_next_extension(
    struct mh_reader *extensions, uint8_t *type, struct mh_ipv6_extension *ret_extension);
/* Pads the value with zeros, which are Pad1 options, to units of eight bytes (of four for AH).
 * Returns writer->error. */
int mh_ipv6_extension_format(
    struct mh_writer *writer, const struct mh_ipv6_extension *extension);

struct mh_ipv6_option {
    uint8_t type;
    struct mh_span value;
};

/* Over mh_reader_of(value) of a hop-by-hop or destination options header. 1, 0 or -EBADMSG. */
int mh_ipv6_next_option(struct mh_reader *options, struct mh_ipv6_option *ret_option);
/* Type, length and value; type alone for PAD1. Returns writer->error. */
int mh_ipv6_option_format(struct mh_writer *writer, const struct mh_ipv6_option *option);
/* Whether the hop-by-hop header has one, and its value. */
bool mh_ipv6_router_alert(const struct mh_ipv6 *ipv6, uint16_t *ret_value);
