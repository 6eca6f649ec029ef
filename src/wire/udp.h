/* A UDP header (RFC 768; over IPv6 RFC 8200, section 8.1). */
#pragma once

#include "wire/checksum.h"

struct mh_udp {
    uint16_t source_port;
    uint16_t destination_port;
    uint16_t length;   /* bytes, header included: 8 to 65535 */
    uint16_t checksum; /* 0: none was made, which only IPv4 allows */
    struct mh_span payload;

    /* Formatting writes these as they stand above, right or wrong; else what is right. */
    bool force_length;
    bool force_checksum; /* parsing: checksum is not what we would have written */
    bool checksum_right; /* parsing only; none made over IPv4 is right */
};

/* `pseudo` has the addresses of the IP header. 0; -EBADMSG: cut off or inconsistent at
 * reader->offset. Not for fragments, whose length is that of the whole datagram. */
int mh_udp_parse(
    struct mh_reader *reader, const struct mh_pseudo_header *pseudo, struct mh_udp *ret_udp);
/* Appends header and payload. Returns writer->error. */
int mh_udp_format(
    struct mh_writer *writer, const struct mh_pseudo_header *pseudo, const struct mh_udp *udp);
