/* Writes a pcapng file (draft-ietf-opsawg-pcapng, version 1.0): one section, one interface
 * description block per interface, one enhanced packet block per frame, with nanoseconds,
 * direction and comments, and at the end one interface statistics block per interface. */
#pragma once

#include "base/error.h"
#include "net/captured_frame.h"

#include <stddef.h>

struct mh_pcapng;

struct mh_pcapng_interface {
    const char *name;        /* if_name */
    const char *description; /* if_description */
    const char *filter;      /* if_filter, in libpcap's language; "": none */
    const uint8_t *mac;      /* if_MACaddr, 6 bytes */
};

struct mh_pcapng_statistics {
    uint64_t time_ns; /* of the counting, CLOCK_REALTIME */
    uint64_t kept;
    uint64_t kernel_drops; /* isb_osdrop */
    uint64_t unkept;       /* isb_ifdrop: taken from the kernel, without room to be kept */
};

/* Makes the file, or empties it. `application` names the program that writes. */
int mh_pcapng_create(const char *path, const char *application, struct mh_pcapng **ret_file,
    struct mh_error *err);
/* All of them come before the first packet. Their numbers count up from 0. */
void mh_pcapng_add_interface(
    struct mh_pcapng *file, const struct mh_pcapng_interface *interface);
/* `comment` may be NULL. */
void mh_pcapng_add_packet(struct mh_pcapng *file, unsigned interface_number,
    const struct mh_captured_frame *frame, const char *comment);
void mh_pcapng_add_statistics(struct mh_pcapng *file, unsigned interface_number,
    const struct mh_pcapng_statistics *statistics);
/* The first thing that went wrong since the file was made, else 0. */
int mh_pcapng_close(struct mh_pcapng *file, struct mh_error *err);
