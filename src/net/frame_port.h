/* An end at one interface (packet(7)): sends frames, each with proof that the device took it,
 * and hears IGMP and MLD if it is to. Not promiscuous, joins nothing. */
#pragma once

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mh_frame_port;

/* `hears`: frames of IGMP and of ICMPv6, behind a hop-by-hop header or not, that others sent;
 * without it nothing is ever received. */
int mh_frame_port_open(int netns_fd, unsigned interface_index, bool hears,
    struct mh_frame_port **ret_port, struct mh_error *err);
struct mh_frame_port *mh_frame_port_free(struct mh_frame_port *port);
int mh_frame_port_fd(const struct mh_frame_port *port);

/* Sends a whole frame. Returns its number, from 0, or a negative errno. */
int mh_frame_port_send(
    struct mh_frame_port *port, const uint8_t *bytes, size_t length, struct mh_error *err);
/* When the device took it, CLOCK_REALTIME; 0 while there is no proof of that. */
uint64_t mh_frame_port_departed(struct mh_frame_port *port, int number);

/* One frame into `buffer`. Returns its bytes, 0 when nothing waits, or a negative errno.
 * -ENETDOWN is told once when the link goes down; reading may go on. */
int mh_frame_port_receive(struct mh_frame_port *port, uint8_t *buffer, size_t size,
    uint64_t *ret_time_ns, struct mh_error *err);
