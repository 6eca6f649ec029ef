/* An Ethernet frame that carries IPv4 or IPv6, looked into as far as the UDP ports. No I/O, no
 * allocation; safe on any bytes. */
#pragma once

#include "base/addr.h"

#include <stddef.h>
#include <stdint.h>

struct mh_frame {
    uint8_t destination_mac[6];
    uint8_t source_mac[6];
    uint16_t ethertype; /* host order: 0x0800, 0x86dd */
    struct mh_addr source;
    struct mh_addr destination;
    uint8_t
        protocol; /* IPPROTO_UDP, IPPROTO_IGMP, IPPROTO_ICMPV6 ... after extension headers */
    uint8_t ttl;  /* or hop limit */
    uint16_t fragment_offset; /* in bytes; 0 for a whole datagram or its first fragment */
    uint8_t more_fragments;
    uint16_t source_port; /* UDP and first fragment only, else 0 */
    uint16_t destination_port;
    const uint8_t *payload; /* into the caller's bytes: behind the UDP header, else behind IP */
    size_t payload_length;
    size_t datagram_length; /* payload of the whole UDP datagram, also when this is but its
                               first fragment; of all else payload_length */
};

/* Returns 0, -EPROTONOSUPPORT for a frame that carries no IP, or -EBADMSG for a truncated or
 * inconsistent one. (IEEE 802.3, RFC 791, RFC 8200, RFC 768) */
int mh_frame_parse(const uint8_t *bytes, size_t length, struct mh_frame *ret_frame);
