/* What our packet sockets (packet(7)) have in common. One is deaf until it is bound: only then
 * frames come, so that none gets past a filter or a ring that was given to it before. Not
 * promiscuous, joins nothing. Private to the net layer; functions without `err` return 0 or a
 * negative errno. */
#pragma once

#include "base/error.h"

#include <linux/filter.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/* `doing` ("seeing", "sending") is for the hint where the privilege is missing. Returns the
 * descriptor. */
int mh_packet_socket_open(int netns_fd, const char *doing, struct mh_error *err);
int mh_packet_socket_set(int fd, int level, int name, int value);
/* Passes what the program accepts (bpf(4), classic). */
int mh_packet_socket_filter(int fd, struct sock_filter *code, size_t count);
/* Leaves out what the interface itself sends. */
int mh_packet_socket_ignore_outgoing(int fd);
/* Begins: ETH_P_ALL hears every frame, 0 hears nothing and sends. */
int mh_packet_socket_bind(int fd, unsigned interface_index, uint16_t protocol);

/* One frame into `buffer`. Returns its bytes, 0 when nothing waits, or a negative errno. The
 * time is there with SO_TIMESTAMPNS. */
int mh_packet_socket_receive(int fd, uint8_t *buffer, size_t size, uint64_t *ret_time_ns);
/* Frames that found no room since the last call (PACKET_STATISTICS). */
uint64_t mh_packet_socket_lost(int fd);
