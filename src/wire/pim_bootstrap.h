/* The bodies of PIM bootstrap and candidate-RP advertisement (RFC 5059, sections 4.1 and 4.2).
 */
#pragma once

#include "wire/pim_address.h"

struct mh_pim_bootstrap {
    uint16_t fragment_tag;    /* the same in all fragments of a message */
    uint8_t hash_mask_length; /* bits */
    uint8_t priority;         /* of the bootstrap router; the highest wins */
    struct mh_addr router;
    struct mh_span groups; /* mh_pim_bootstrap_group_next and _format */
};

struct mh_pim_bootstrap_group {
    struct mh_pim_group group; /* range of groups */
    uint8_t rp_count;          /* in all fragments; formatting writes it as it is */
    uint8_t fragment_rp_count; /* in `rps`; formatting writes it as it is */
    struct mh_span rps;        /* mh_pim_rp_next and mh_pim_rp_format */
};

struct mh_pim_rp {
    struct mh_addr addr;
    uint16_t holdtime_s; /* 0: no candidate any more */
    uint8_t priority;    /* the lowest wins */
};

struct mh_pim_candidate_rp {
    uint8_t prefix_count; /* formatting writes it as it is; 0: all groups */
    uint8_t priority;     /* the lowest wins */
    uint16_t holdtime_s;  /* 0: no candidate any more */
    struct mh_addr rp;
    struct mh_span groups; /* mh_pim_group_next, mh_pim_group_write */
};

/* 0 or -EBADMSG: cut off at body->offset. */
int mh_pim_bootstrap_parse(struct mh_reader *body, struct mh_pim_bootstrap *ret_message);
int mh_pim_candidate_rp_parse(struct mh_reader *body, struct mh_pim_candidate_rp *ret_message);
/* Over mh_reader_of(groups) and mh_reader_of(rps). 1: one more; 0: none left; -EBADMSG. */
int mh_pim_bootstrap_group_next(
    struct mh_reader *groups, struct mh_pim_bootstrap_group *ret_group);
int mh_pim_rp_next(struct mh_reader *rps, struct mh_pim_rp *ret_rp);

/* They return writer->error. */
int mh_pim_bootstrap_format(struct mh_writer *writer, const struct mh_pim_bootstrap *message);
int mh_pim_bootstrap_group_format(
    struct mh_writer *writer, const struct mh_pim_bootstrap_group *group);
int mh_pim_rp_format(struct mh_writer *writer, const struct mh_pim_rp *rp);
int mh_pim_candidate_rp_format(
    struct mh_writer *writer, const struct mh_pim_candidate_rp *message);
