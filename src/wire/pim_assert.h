/* The body of a PIM assert (RFC 7761, section 4.9.6). */
#pragma once

#include "wire/pim_address.h"

struct mh_pim_assert {
    struct mh_pim_group group;
    struct mh_addr source; /* 0.0.0.0 or ::: a (*,G) assert */
    bool rp_tree;          /* R: not by the shortest path tree */
    uint32_t preference;   /* 31 bits, of the unicast route; the lowest wins */
    uint32_t metric;       /* of the unicast route; the lowest wins */
};

/* 0 or -EBADMSG: cut off. */
int mh_pim_assert_parse(struct mh_reader *body, struct mh_pim_assert *ret_assert);
/* Returns writer->error. */
int mh_pim_assert_format(struct mh_writer *writer, const struct mh_pim_assert *message);
