/* The Internet checksum (RFC 1071) and the pseudo headers that it covers (RFC 768, RFC 8200,
 * section 8.1). */
#pragma once

#include "wire/bytes.h"

/* What the IP header adds to the checksum of what it carries. */
struct mh_pseudo_header {
    struct mh_addr source; /* both of one family */
    struct mh_addr destination;
    uint8_t protocol; /* of the upper layer: IPPROTO_UDP, IPPROTO_ICMPV6, IPPROTO_PIM */
};

/* Sums are not folded until the end. An odd last byte counts as if a zero followed it, so only
 * the last span of a sum may have an odd length. */
uint64_t mh_checksum_add(uint64_t sum, struct mh_span span);
/* NULL: no pseudo header. `length`: of the upper-layer packet, in bytes. */
uint64_t mh_checksum_pseudo(const struct mh_pseudo_header *pseudo, size_t length);
/* The complement, in host order; 0 when a right checksum was summed with the rest. */
uint16_t mh_checksum_fold(uint64_t sum);
/* What belongs into the two bytes at `offset`, an even number, of `message`. */
uint16_t mh_checksum_compute(uint64_t sum, struct mh_span message, size_t offset);
