/* The body of a PIM hello: options (RFC 7761, section 4.9.2). */
#pragma once

#include "wire/bytes.h"

enum mh_pim_hello_option_type {
    MH_PIM_HELLO_HOLDTIME = 1,
    MH_PIM_HELLO_LAN_PRUNE_DELAY = 2,
    MH_PIM_HELLO_DR_PRIORITY = 19,
    MH_PIM_HELLO_GENERATION_ID = 20,
    MH_PIM_HELLO_ADDRESS_LIST = 24,
};

struct mh_pim_hello_option {
    uint16_t type;
    struct mh_span value;
};

/* Over mh_reader_of(pim.body). 1: one more; 0: none left; -EBADMSG: cut off. */
int mh_pim_hello_option_next(struct mh_reader *options, struct mh_pim_hello_option *ret_option);
/* Type, length and value. Returns writer->error. */
int mh_pim_hello_option_format(
    struct mh_writer *writer, const struct mh_pim_hello_option *option);

/* The options that RFC 7761 defines. */
struct mh_pim_hello {
    bool has_holdtime;
    bool has_lan_prune_delay;
    bool has_dr_priority;
    bool has_generation_id;
    bool has_addresses;
    uint16_t holdtime_s;      /* 0: goodbye; 65535: for ever */
    bool tracking;            /* T of the LAN prune delay: can disable join suppression */
    uint16_t propagation_ms;  /* 0 to 32767, of the LAN prune delay */
    uint16_t override_ms;     /* of the LAN prune delay */
    uint32_t dr_priority;     /* the highest becomes designated router */
    uint32_t generation_id;   /* changes with every start */
    struct mh_span addresses; /* secondary ones: mh_pim_addr_next, mh_pim_addr_write */
};

/* 0; -EBADMSG: an option is cut off or, being one of these, of a wrong length. Others are
 * passed over; of several of a type the last one counts. */
int mh_pim_hello_parse(struct mh_reader *body, struct mh_pim_hello *ret_hello);
/* Appends the options that it has. Returns writer->error. */
int mh_pim_hello_format(struct mh_writer *writer, const struct mh_pim_hello *hello);
