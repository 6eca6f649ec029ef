/* The bodies of PIM register and register-stop (RFC 7761, sections 4.9.3 and 4.9.4). */
#pragma once

#include "wire/pim_address.h"

struct mh_pim_register {
    bool border; /* B: 0 is sent */
    bool null;   /* N: keeps the rendezvous point's state, carries no data */
    struct mh_span
        packet; /* the IP packet of the source; of a null register its header or less */
};

struct mh_pim_register_stop {
    struct mh_pim_group group;
    struct mh_addr source; /* 0.0.0.0 or ::: all of the group's */
};

/* 0 or -EBADMSG: cut off. */
int mh_pim_register_parse(struct mh_reader *body, struct mh_pim_register *ret_register);
int mh_pim_register_stop_parse(struct mh_reader *body, struct mh_pim_register_stop *ret_stop);
/* They return writer->error. */
int mh_pim_register_format(struct mh_writer *writer, const struct mh_pim_register *message);
int mh_pim_register_stop_format(
    struct mh_writer *writer, const struct mh_pim_register_stop *stop);
