/* An IPv4 header with its options (RFC 791, section 3.1; RFC 2474; RFC 3168). */
#pragma once

#include "wire/bytes.h"

struct mh_ipv4 {
    uint8_t header_length;   /* bytes, 20 to 60 in steps of 4 */
    uint8_t dscp;            /* 0 to 63 (RFC 2474, section 3) */
    uint8_t ecn;             /* 0 to 3 (RFC 3168, section 5) */
    uint16_t total_length;   /* bytes, header included */
    uint16_t identification; /* common to all fragments of a datagram */
    bool reserved_flag;
    bool dont_fragment;
    bool more_fragments;
    uint16_t fragment_offset; /* bytes, 0 to 65528 in steps of 8 */
    uint8_t ttl;
    uint8_t protocol; /* IPPROTO_UDP, IPPROTO_IGMP, IPPROTO_PIM ... */
    uint16_t checksum;
    struct mh_addr source;
    struct mh_addr destination;
    struct mh_span options; /* at most 40 bytes, padding included; see mh_ipv4_next_option */
    struct mh_span payload; /* without the padding of a short frame */

    /* Formatting writes these as they stand above, right or wrong; else what is right. */
    bool force_header_length;
    bool force_total_length;
    bool force_checksum; /* parsing: checksum is not what we would have written */
    bool checksum_right; /* parsing only */
};

/* 0; -EBADMSG: cut off or inconsistent at reader->offset. Options are not looked into. */
int mh_ipv4_parse(struct mh_reader *reader, struct mh_ipv4 *ret_ipv4);
/* Appends header and payload, the options padded to words. Returns writer->error. */
int mh_ipv4_format(struct mh_writer *writer, const struct mh_ipv4 *ipv4);

enum {
    MH_IPV4_OPTION_END = 0,
    MH_IPV4_OPTION_NOP = 1,
    MH_IPV4_OPTION_ROUTER_ALERT =
        148, /* two bytes of value, 0: examine the packet (RFC 2113) */
};

struct mh_ipv4_option {
    uint8_t type;
    struct mh_span value;
};

/* Over mh_reader_of(ipv4.options), the end-of-list option excluded. 1: one more; 0: none left;
 * -EBADMSG. */
int mh_ipv4_next_option(struct mh_reader *options, struct mh_ipv4_option *ret_option);
/* Type, length and value; type alone for END and NOP. Returns writer->error. */
int mh_ipv4_option_format(struct mh_writer *writer, const struct mh_ipv4_option *option);
bool mh_ipv4_has_router_alert(const struct mh_ipv4 *ipv4);
