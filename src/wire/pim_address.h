/* The encoded addresses inside PIM messages (RFC 7761, section 4.9.1), in the native encoding;
 * a reader fails at any other, such as that of join attributes (RFC 5384). */
#pragma once

#include "wire/bytes.h"

struct mh_pim_group {
    struct mh_addr addr;
    uint8_t mask_length; /* bits, 0 to 32 or 128 */
    bool bidirectional;  /* B (RFC 5015) */
    bool zone;           /* Z: bound to an administrative scope zone (RFC 5059) */
};

struct mh_pim_source {
    struct mh_addr addr;
    uint8_t mask_length; /* bits, 0 to 32 or 128; others are written too */
    bool sparse;         /* S: 1 is sent */
    bool wildcard;       /* W: a (*,G) entry, addr is the rendezvous point */
    bool rp_tree;        /* R: sent towards the rendezvous point */
};

/* AF_UNSPEC when it cannot be read; the reader has failed. */
struct mh_addr mh_pim_addr_read(struct mh_reader *reader);
struct mh_pim_group mh_pim_group_read(struct mh_reader *reader);
struct mh_pim_source mh_pim_source_read(struct mh_reader *reader);

/* AF_UNSPEC is -EINVAL: these addresses say their family. */
void mh_pim_addr_write(struct mh_writer *writer, const struct mh_addr *addr);
void mh_pim_group_write(struct mh_writer *writer, const struct mh_pim_group *group);
void mh_pim_source_write(struct mh_writer *writer, const struct mh_pim_source *source);

/* Over a list. 1: one more; 0: none left; -EBADMSG. */
int mh_pim_addr_next(struct mh_reader *list, struct mh_addr *ret_addr);
int mh_pim_group_next(struct mh_reader *list, struct mh_pim_group *ret_group);
int mh_pim_source_next(struct mh_reader *list, struct mh_pim_source *ret_source);
