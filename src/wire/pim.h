/* The header of every PIM version 2 message (RFC 7761, section 4.9). What is behind it has a
 * module per type: pim_hello.h, pim_register.h, pim_join_prune.h, pim_assert.h,
 * pim_bootstrap.h. */
#pragma once

#include "wire/checksum.h"

enum mh_pim_type {
    MH_PIM_HELLO = 0,
    MH_PIM_REGISTER = 1,
    MH_PIM_REGISTER_STOP = 2,
    MH_PIM_JOIN_PRUNE = 3,
    MH_PIM_BOOTSTRAP = 4, /* RFC 5059, section 4.1 */
    MH_PIM_ASSERT = 5,
    MH_PIM_GRAFT = 6,        /* dense mode, laid out as a join/prune (RFC 3973, section 4.7) */
    MH_PIM_GRAFT_ACK = 7,    /* the same */
    MH_PIM_CANDIDATE_RP = 8, /* RFC 5059, section 4.2 */
};

enum { MH_PIM_VERSION = 2 };

struct mh_pim {
    uint8_t version;   /* 0 to 15; MH_PIM_VERSION is sent */
    uint8_t type;      /* 0 to 15: enum mh_pim_type, others are read and written too */
    uint8_t flags;     /* by type (RFC 8736); 0x80 of a bootstrap message: do not forward */
    uint16_t checksum; /* over the message, of a register over its first eight bytes; over IPv6
                          over a pseudo header too */
    struct mh_span body;

    /* Formatting: checksum as it stands above, right or wrong; else what is right. */
    bool force_checksum; /* parsing: checksum is not what we would have written */
    bool checksum_right; /* parsing only; of a register also over the whole message */
};

/* Reads the whole of the reader as one message. `pseudo` has the addresses of the IP header and
 * IPPROTO_PIM; of IPv4's nothing is summed up. 0; -EBADMSG: cut off at reader->offset. */
int mh_pim_parse(
    struct mh_reader *reader, const struct mh_pseudo_header *pseudo, struct mh_pim *ret_pim);
/* Appends the message. Returns writer->error. */
int mh_pim_format(
    struct mh_writer *writer, const struct mh_pseudo_header *pseudo, const struct mh_pim *pim);
