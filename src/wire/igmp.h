/* IGMP messages: version 1 (RFC 1112, appendix I), version 2 (RFC 2236), version 3 (RFC 3376).
 */
#pragma once

#include "wire/group_record.h"

enum mh_igmp_type {
    MH_IGMP_QUERY = 0x11,
    MH_IGMP_V1_REPORT = 0x12,
    MH_IGMP_V2_REPORT = 0x16,
    MH_IGMP_LEAVE = 0x17,
    MH_IGMP_V3_REPORT = 0x22,
};

struct mh_igmp {
    uint8_t type;    /* enum mh_igmp_type */
    uint8_t version; /* 1 to 3. Parsing tells queries apart as RFC 3376, section 7.1, says;
                        formatting looks at it for queries only. */
    uint8_t max_response_code; /* query: see mh_igmp_max_response_ms. In other messages unused:
                                  0 is sent (RFC 2236, section 2.2; RFC 3376, section 4.2.1) */
    uint16_t checksum;         /* over the whole message (RFC 1071) */

    /* All but version 3 reports. */
    struct mh_addr group; /* general query: 0.0.0.0 */

    /* Version 3 queries (RFC 3376, section 4.1). */
    uint8_t reserved;            /* 0 to 15; 0 is sent */
    bool suppress_router;        /* S: routers do not update their timers */
    uint8_t robustness;          /* QRV, 0 to 7; 0: the querier's is above 7 */
    uint8_t query_interval_code; /* QQIC, see mh_exponential8_decode; seconds */
    uint16_t source_count;
    struct mh_span sources; /* mh_source_at(sources, AF_INET, index) */

    /* Version 3 reports (RFC 3376, section 4.2). */
    uint16_t report_reserved; /* 0 is sent */
    uint16_t record_count;    /* formatting writes it as it is: how many `records` has */
    struct mh_span records;   /* mh_group_record_next(), mh_group_record_format() */

    struct mh_span
        trailing; /* additional data: summed up and ignored (sections 4.1.10, 4.2.11) */

    /* Formatting writes these as they stand above, right or wrong; else what is right. */
    bool force_source_count;
    bool force_checksum; /* parsing: checksum is not what we would have written */
    bool checksum_right; /* parsing only */
};

/* Reads the whole of the reader as one message. 0; -EPROTONOSUPPORT: none of these types;
 * -EBADMSG: cut off, or of a length that no query has, at reader->offset. */
int mh_igmp_parse(struct mh_reader *reader, struct mh_igmp *ret_igmp);
/* Appends the message. Returns writer->error. */
int mh_igmp_format(struct mh_writer *writer, const struct mh_igmp *igmp);
/* How long a host may wait with its answer to this query: 10 s for version 1, else by the code,
 * which counts tenths of seconds. */
uint32_t mh_igmp_max_response_ms(const struct mh_igmp *query);
