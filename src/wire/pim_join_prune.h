/* The body of a PIM join/prune, graft or graft-ack (RFC 7761, section 4.9.5; RFC 3973, section
 * 4.7). */
#pragma once

#include "wire/pim_address.h"

struct mh_pim_join_prune {
    struct mh_addr upstream; /* neighbour that the message is for; others only overhear it */
    uint8_t reserved;        /* 0 is sent */
    uint8_t group_count;     /* formatting writes it as it is: how many `groups` has */
    uint16_t holdtime_s;     /* 65535: for ever */
    struct mh_span groups;   /* mh_pim_join_prune_group_next and _format */
};

struct mh_pim_join_prune_group {
    struct mh_pim_group group;
    struct mh_span joined; /* mh_pim_source_next, mh_pim_source_write; of the group's family */
    struct mh_span pruned;

    /* Parsing fills them; formatting writes them, right or wrong, only if forced. */
    uint16_t joined_count;
    uint16_t pruned_count;
    bool force_counts;
};

/* 0 or -EBADMSG: cut off at body->offset. What is behind the last group is ignored. */
int mh_pim_join_prune_parse(struct mh_reader *body, struct mh_pim_join_prune *ret_message);
/* Returns writer->error. */
int mh_pim_join_prune_format(struct mh_writer *writer, const struct mh_pim_join_prune *message);

/* Over mh_reader_of(groups). 1: one more; 0: none left; -EBADMSG. */
int mh_pim_join_prune_group_next(
    struct mh_reader *groups, struct mh_pim_join_prune_group *ret_group);
/* Returns writer->error. */
int mh_pim_join_prune_group_format(
    struct mh_writer *writer, const struct mh_pim_join_prune_group *group);
