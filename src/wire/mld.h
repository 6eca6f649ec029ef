/* MLD messages: version 1 (RFC 2710, section 3), version 2 (RFC 3810, section 5). They are
 * ICMPv6 (RFC 4443), whose checksum covers a pseudo header. */
#pragma once

#include "wire/checksum.h"
#include "wire/group_record.h"

enum mh_mld_type {
    MH_MLD_QUERY = 130,
    MH_MLD_V1_REPORT = 131,
    MH_MLD_DONE = 132,
    MH_MLD_V2_REPORT = 143,
};

struct mh_mld {
    uint8_t type;      /* enum mh_mld_type */
    uint8_t version;   /* 1 or 2. Parsing tells queries apart by length (RFC 3810, section
                          8.1); formatting looks at it for queries only. */
    uint8_t code;      /* ICMPv6; 0 is sent */
    uint16_t checksum; /* over pseudo header and message (RFC 4443, section 2.3) */
    uint16_t
        max_response_code; /* query: see mh_mld_max_response_ms. Unused in others: 0 is sent */

    uint16_t reserved; /* 0 is sent */

    /* All but version 2 reports. */
    struct mh_addr group; /* general query: :: */

    /* Version 2 queries (RFC 3810, section 5.1). */
    uint8_t query_reserved;      /* 0 to 15; 0 is sent */
    bool suppress_router;        /* S: routers do not update their timers */
    uint8_t robustness;          /* QRV, 0 to 7; 0: the querier's is above 7 */
    uint8_t query_interval_code; /* QQIC, see mh_exponential8_decode; seconds */
    uint16_t source_count;
    struct mh_span sources; /* mh_source_at(sources, AF_INET6, index) */

    /* Version 2 reports (RFC 3810, section 5.2), whose first reserved field is
     * max_response_code. */
    uint16_t record_count;  /* formatting writes it as it is: how many `records` has */
    struct mh_span records; /* mh_group_record_next(), mh_group_record_format() */

    struct mh_span
        trailing; /* additional data: summed up and ignored (sections 5.1.12, 5.2.11) */

    /* Formatting writes these as they stand above, right or wrong; else what is right. */
    bool force_source_count;
    bool force_checksum; /* parsing: checksum is not what we would have written */
    bool checksum_right; /* parsing only */
};

/* Reads the whole of the reader as one message. `pseudo` has the addresses of the IP header and
 * IPPROTO_ICMPV6. 0; -EPROTONOSUPPORT: none of these types; -EBADMSG: cut off, or of a length
 * that no query has, at reader->offset. */
int mh_mld_parse(
    struct mh_reader *reader, const struct mh_pseudo_header *pseudo, struct mh_mld *ret_mld);
/* Appends the message. Returns writer->error. */
int mh_mld_format(
    struct mh_writer *writer, const struct mh_pseudo_header *pseudo, const struct mh_mld *mld);
/* How long a host may wait with its answer to this query. */
uint32_t mh_mld_max_response_ms(const struct mh_mld *query);
