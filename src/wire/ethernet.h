/* An Ethernet II header with at most one VLAN tag (IEEE 802.3, section 3; IEEE 802.1Q, section
 * 9). Behind a second tag's type the payload begins with that tag. */
#pragma once

#include "wire/bytes.h"

enum {
    MH_ETHERTYPE_IPV4 = 0x0800,
    MH_ETHERTYPE_VLAN = 0x8100,         /* customer tag */
    MH_ETHERTYPE_SERVICE_VLAN = 0x88a8, /* service tag, the outer of two */
    MH_ETHERTYPE_IPV6 = 0x86dd,
};

struct mh_ethernet {
    uint8_t destination[6];
    uint8_t source[6];
    uint16_t tag_type;      /* 0: no tag; else MH_ETHERTYPE_VLAN or _SERVICE_VLAN */
    uint8_t vlan_priority;  /* 0 to 7 (PCP); of the tag, as the next two */
    uint8_t drop_eligible;  /* 0 or 1 (DEI) */
    uint16_t vlan_id;       /* 0 to 4095; 0: priority only */
    uint16_t ethertype;     /* what the payload is; below 1536 it is a length (IEEE 802.3) */
    struct mh_span payload; /* with the padding of a short frame */
};

/* 0; -EBADMSG: cut off at reader->offset. */
int mh_ethernet_parse(struct mh_reader *reader, struct mh_ethernet *ret_ethernet);
/* Appends header and payload, no padding and no frame check sequence. Returns writer->error. */
int mh_ethernet_format(struct mh_writer *writer, const struct mh_ethernet *ethernet);
