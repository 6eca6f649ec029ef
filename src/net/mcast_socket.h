/* A non-blocking UDP socket with the kernel's multicast options and membership calls.
 *
 * It lives in the network namespace in which it was opened. It hears only the groups it joined
 * (IP_MULTICAST_ALL is off until asked for) and tells for each datagram to which group it was
 * sent and where it came in. It knows nothing of the event loop or of Lua: wait on
 * mh_mcast_socket_fd() yourself. Every function that takes `err` returns 0 (or a count) or a
 * negative errno. (ip(7), ipv6(7), udp(7), socket(7), RFC 3678)
 */
#pragma once

#include "base/addr.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mh_mcast_socket;

/* Opens in `netns_fd` (-1: where the thread is). Not yet bound. */
int mh_mcast_socket_open(int netns_fd, sa_family_t family, struct mh_mcast_socket **ret_socket,
    struct mh_error *err);
/* The same with a UDP socket that somebody else has opened: owns `fd` from here on, also when
 * it fails. */
int mh_mcast_socket_adopt(
    int fd, sa_family_t family, struct mh_mcast_socket **ret_socket, struct mh_error *err);
/* Leaves every group, closes the descriptor. Takes NULL; returns NULL. */
struct mh_mcast_socket *mh_mcast_socket_free(struct mh_mcast_socket *socket);
int mh_mcast_socket_fd(const struct mh_mcast_socket *socket);
sa_family_t mh_mcast_socket_family(const struct mh_mcast_socket *socket);

/* ---- options ---- */

enum mh_socket_option {
    MH_REUSE_ADDR,     /* SO_REUSEADDR: 0 or 1 */
    MH_REUSE_PORT,     /* SO_REUSEPORT: 0 or 1 */
    MH_MULTICAST_TTL,  /* IP_MULTICAST_TTL, IPV6_MULTICAST_HOPS: 0 to 255 */
    MH_MULTICAST_LOOP, /* IP_MULTICAST_LOOP, IPV6_MULTICAST_LOOP: 0 or 1 */
    MH_MULTICAST_ALL,  /* IP_MULTICAST_ALL, IPV6_MULTICAST_ALL: 0 or 1 */
    MH_UNICAST_TTL,    /* IP_TTL: 1 to 255; IPV6_UNICAST_HOPS: 0 to 255 */
    MH_TOS,            /* IP_TOS, IPV6_TCLASS: 0 to 255 */
    MH_RECEIVE_BUFFER, /* SO_RCVBUF, beyond the maximum SO_RCVBUFFORCE; bytes */
    MH_SEND_BUFFER,    /* SO_SNDBUF, SO_SNDBUFFORCE; bytes */
};

/* "multicast_ttl" ...: the name that users know the option by. */
const char *mh_socket_option_name(enum mh_socket_option option);
/* A value out of range is refused here with -EINVAL and the range in words; the socket stays as
 * it was. A buffer that the kernel caps is no error: mh_mcast_socket_get() tells the effective
 * size (the kernel doubles what was asked, socket(7)). */
int mh_mcast_socket_set(struct mh_mcast_socket *socket, enum mh_socket_option option, int value,
    struct mh_error *err);
int mh_mcast_socket_get(struct mh_mcast_socket *socket, enum mh_socket_option option,
    int *ret_value, struct mh_error *err);
/* SO_BINDTODEVICE; NULL releases. The getter writes "" when bound to none. */
int mh_mcast_socket_set_device(
    struct mh_mcast_socket *socket, const char *interface, struct mh_error *err);
int mh_mcast_socket_device(
    struct mh_mcast_socket *socket, char ret_interface[static 16], struct mh_error *err);

/* `addr` AF_UNSPEC is the any address; port 0 takes a free one. */
int mh_mcast_socket_bind(struct mh_mcast_socket *socket, const struct mh_addr *addr,
    uint16_t port, struct mh_error *err);
int mh_mcast_socket_local(struct mh_mcast_socket *socket, struct mh_addr *ret_addr,
    uint16_t *ret_port, struct mh_error *err);

/* Outgoing interface by index (0: leave it to the route) and, for IPv4, by address (may be NULL
 * or AF_UNSPEC). With an index alone IPv4 gets the interface's first address too, so that
 * reading back says the same (ip(7), IP_MULTICAST_IF). */
int mh_mcast_socket_set_multicast_if(struct mh_mcast_socket *socket, unsigned interface_index,
    const struct mh_addr *address, struct mh_error *err);
/* For IPv4 the kernel tells the address and the index is looked up from it; either may be unset
 * (0, AF_UNSPEC). */
int mh_mcast_socket_multicast_if(struct mh_mcast_socket *socket, unsigned *ret_interface_index,
    struct mh_addr *ret_address, struct mh_error *err);

/* ---- membership (RFC 3678, protocol-independent MCAST_* forms) ---- */

struct mh_membership {
    struct mh_addr group;
    struct mh_addr source;    /* AF_UNSPEC: any source */
    unsigned interface_index; /* never 0: the kernel would guess by route */
};

/* source set: MCAST_JOIN_SOURCE_GROUP / MCAST_LEAVE_SOURCE_GROUP, else the any-source forms. */
int mh_mcast_socket_join(struct mh_mcast_socket *socket, const struct mh_membership *membership,
    struct mh_error *err);
int mh_mcast_socket_leave(struct mh_mcast_socket *socket,
    const struct mh_membership *membership, struct mh_error *err);
/* MCAST_BLOCK_SOURCE, MCAST_UNBLOCK_SOURCE: an any-source member mutes one source. */
int mh_mcast_socket_block(struct mh_mcast_socket *socket,
    const struct mh_membership *membership, struct mh_error *err);
int mh_mcast_socket_unblock(struct mh_mcast_socket *socket,
    const struct mh_membership *membership, struct mh_error *err);

enum mh_filter_mode { MH_FILTER_INCLUDE, MH_FILTER_EXCLUDE };

struct mh_source_filter {
    enum mh_filter_mode mode;
    size_t source_count;
    struct mh_addr *sources; /* free() */
};

/* MCAST_MSFILTER: the whole filter of (group, interface) at once. */
int mh_mcast_socket_set_filter(struct mh_mcast_socket *socket, const struct mh_addr *group,
    unsigned interface_index, const struct mh_source_filter *filter, struct mh_error *err);
/* Allocates ret_filter->sources. */
int mh_mcast_socket_filter(struct mh_mcast_socket *socket, const struct mh_addr *group,
    unsigned interface_index, struct mh_source_filter *ret_filter, struct mh_error *err);

struct mh_group_membership {
    struct mh_addr group;
    unsigned interface_index;
};
/* The groups this socket is a member of, in joining order, those of its annexes left out; their
 * filters are asked from the kernel with mh_mcast_socket_filter(). Borrowed until the next
 * membership call. */
const struct mh_group_membership *mh_mcast_socket_memberships(
    const struct mh_mcast_socket *socket, size_t *ret_count);

/* ---- more memberships than a socket of the kernel holds ---- */

/* Lets the socket have annexes: further sockets, bound as it is, that hold the memberships it
 * has no room for (igmp_max_memberships, optmem_max) and are read with it. From here on
 * mh_mcast_socket_poll_fd() is what to wait on. */
int mh_mcast_socket_spread(struct mh_mcast_socket *socket, struct mh_error *err);
int mh_mcast_socket_poll_fd(const struct mh_mcast_socket *socket);
/* Has the kernel refused one more group to each part of a socket that may have annexes? */
bool mh_mcast_socket_is_full(const struct mh_mcast_socket *socket);
/* `annex`: opened in the same network namespace and nothing else. Takes it over, also on
 * failure. */
int mh_mcast_socket_add_annex(
    struct mh_mcast_socket *socket, struct mh_mcast_socket *annex, struct mh_error *err);
/* Part 0 is the socket itself, without its annexes. */
size_t mh_mcast_socket_part_count(const struct mh_mcast_socket *socket);
struct mh_mcast_socket *mh_mcast_socket_part(struct mh_mcast_socket *socket, size_t i);

/* ---- data ---- */

struct mh_datagram {
    struct mh_addr from;
    uint16_t from_port;
    struct mh_addr to;        /* the group, or the unicast address */
    unsigned interface_index; /* arrival interface */
    int ttl;                  /* as received; -1 when the kernel did not say */
    uint64_t time_ns;         /* kernel receive time stamp, CLOCK_REALTIME */
    bool truncated;           /* longer than the batch's slot */
    bool broadcast;           /* `to` is neither a group nor an address of this host */
    const uint8_t *payload;   /* into the batch */
    size_t length;
    size_t segment_size; /* 0: one datagram; else several of that size, the last one perhaps
                            shorter, that came as one (mh_mcast_socket_set_coalescing) */
};

/* Buffers for one recvmmsg(); shared by any number of sockets of one thread. */
struct mh_datagram_batch;
struct mh_datagram_batch *mh_datagram_batch_new(size_t capacity, size_t slot_size);
struct mh_datagram_batch *mh_datagram_batch_free(struct mh_datagram_batch *batch);
size_t mh_datagram_batch_capacity(const struct mh_datagram_batch *batch);
const struct mh_datagram *mh_datagram_batch_at(const struct mh_datagram_batch *batch, size_t i);

/* One recvmmsg(): fills up to `most` slots (0: the whole batch). Returns how many, 0 when
 * nothing is waiting. A pending asynchronous error (IP_RECVERR) is returned once as a negative
 * errno. */
int mh_mcast_socket_receive(struct mh_mcast_socket *socket, struct mh_datagram_batch *batch,
    size_t most, struct mh_error *err);
/* Datagrams that this socket's full buffer cost so far (SO_MEMINFO). */
uint64_t mh_mcast_socket_drops(struct mh_mcast_socket *socket);

/* Sends one datagram; `to` is any address; its scope, where IPv6 has one, names the interface
 * (0: by option or route). Returns the bytes sent; -EAGAIN when the send buffer is full. */
int mh_mcast_socket_send(struct mh_mcast_socket *socket, const struct mh_addr *to,
    uint16_t port, const void *data, size_t length, struct mh_error *err);

struct mh_outgoing {
    struct mh_addr to;
    uint16_t port;
    const void *data;
    size_t length;
};
/* sendmmsg(): returns how many were sent (possibly fewer), or the error of the first. */
int mh_mcast_socket_send_batch(struct mh_mcast_socket *socket, const struct mh_outgoing *list,
    size_t count, struct mh_error *err);

/* ---- proof of departure ---- */

/* From now on the kernel tells for each datagram sent when the device took it
 * (SO_TIMESTAMPING with TX_SOFTWARE, OPT_ID, OPT_TSONLY; SO_SELECT_ERR_QUEUE; IP_RECVERR so
 * that a full neighbour table is an error and not a silent drop). Ids count the datagrams
 * accepted from now on, from 0; before Linux 6.13, which counts by itself, one
 * refused by the outgoing queue (ENOBUFS) or a packet filter (EPERM) takes an id as well. */
int mh_mcast_socket_track_departures(struct mh_mcast_socket *socket, struct mh_error *err);
/* Are the ids ours, so that a datagram that was refused never takes one? */
bool mh_mcast_socket_numbers_departures(const struct mh_mcast_socket *socket);

struct mh_departure {
    uint32_t id;      /* without meaning when `error` is set */
    uint64_t time_ns; /* CLOCK_REALTIME */
    int error; /* 0, or a negative errno that the kernel queued instead of a time stamp */
};
/* Reads one entry of the error queue. 1: *ret_departure is filled; 0: the queue is empty. */
int mh_mcast_socket_next_departure(
    struct mh_mcast_socket *socket, struct mh_departure *ret_departure);
