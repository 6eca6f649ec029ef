/* The filter language of libpcap (pcap-filter(7)), compiled by libpcap, run by us over Ethernet
 * frames in memory or given to a packet socket. libpcap is looked for when the first filter is
 * compiled: a run without one does not pay for loading it.
 *
 * One word is added to the language, because the one that people try first does not do it:
 * `mld`. MLD messages stand behind a hop-by-hop header (RFC 3810 section 5), where libpcap's
 * `icmp6` does not look. */
#pragma once

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mh_frame_filter;

/* An expression that libpcap does not understand is -EINVAL, with libpcap's words, as is one
 * that asks for more than the frame (`inbound`); no libpcap on this machine is -ELIBACC. */
int mh_frame_filter_compile(
    const char *expression, struct mh_frame_filter **ret_filter, struct mh_error *err);
struct mh_frame_filter *mh_frame_filter_free(struct mh_frame_filter *filter);

/* `captured` bytes are there of a frame that has `length` on the wire. */
bool mh_frame_filter_matches(
    const struct mh_frame_filter *filter, const uint8_t *frame, size_t length, size_t captured);
/* Does it look for a VLAN tag? The kernel takes the tag off before a socket's filter runs:
 * such a filter is for frames that have it back. */
bool mh_frame_filter_asks_for_tag(const struct mh_frame_filter *filter);
/* Lets a packet socket see only what matches. Returns 0 or a negative errno. */
int mh_frame_filter_attach(const struct mh_frame_filter *filter, int fd);
