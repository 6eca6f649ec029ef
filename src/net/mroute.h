/* Static multicast routes of one family in one network namespace, through the kernel's own
 * interface for routing daemons: MRT_* of linux/mroute.h, MRT6_* of linux/mroute6.h (ip(7) says
 * nothing of them; net/ipv4/ipmr.c is the source). One socket owns them all: a second one, ours
 * or a daemon's, gets EADDRINUSE, and the routes go with the socket, whatever ends it. */
#pragma once

#include "base/addr.h"
#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct mh_mroute;

/* MAXVIFS and MAXMIFS: what the kernel's tables hold. */
enum { MH_MROUTE_INTERFACES_MAX = 32 };

struct mh_mroute_output {
    unsigned interface_index;
    /* IPv4: forwarded if the TTL on arrival is greater; 1 to 254. The kernel has no such thing
     * for IPv6. */
    uint8_t ttl_threshold;
};

struct mh_mroute_entry {
    /* AF_UNSPEC: any, (*,G): what comes in elsewhere is not forwarded then either. */
    struct mh_addr source;
    struct mh_addr group;
    unsigned incoming; /* interface index */
    struct mh_mroute_output outputs[MH_MROUTE_INTERFACES_MAX];
    size_t output_count;
};

struct mh_mroute_counters {
    uint64_t packets; /* that matched, forwarded or not */
    uint64_t bytes;   /* IP headers included */
    uint64_t wrong_interface;
};

/* Takes over multicast forwarding in the namespace `netns_fd` (-1: where the thread is). */
int mh_mroute_open(
    int netns_fd, sa_family_t family, struct mh_mroute **ret_mroute, struct mh_error *err);
/* All its routes go. Takes NULL; returns NULL. */
struct mh_mroute *mh_mroute_free(struct mh_mroute *mroute);

/* Adds the entry, or replaces one of the same source and group. Interfaces become multicast
 * interfaces of the router when they are first named. */
int mh_mroute_add(
    struct mh_mroute *mroute, const struct mh_mroute_entry *entry, struct mh_error *err);
int mh_mroute_remove(
    struct mh_mroute *mroute, const struct mh_mroute_entry *entry, struct mh_error *err);
/* Of the entry with this source and group. */
int mh_mroute_count(struct mh_mroute *mroute, const struct mh_mroute_entry *entry,
    struct mh_mroute_counters *ret_counters, struct mh_error *err);

/* The kernel tells a routing daemon of every packet for which it has no route. Readable when it
 * did. */
int mh_mroute_fd(const struct mh_mroute *mroute);
/* Takes off what it told, some of it at a time: a static router has no answer. */
void mh_mroute_drain(struct mh_mroute *mroute);
