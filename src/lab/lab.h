/* A virtual network, built over rtnetlink: hosts are unnamed network namespaces, switches are
 * Linux bridges in one namespace of their own, cables are veth pairs, from a host to a switch
 * or from host to host.
 *
 * First it is described (mh_lab_add_*), then made at one go (mh_lab_build), then awaited
 * (mh_lab_settle). Everything disappears with the descriptors, that is with the process.
 * Runs no program and no shell. The calling thread may be left in any namespace.
 */
#pragma once

#include "base/addr.h"
#include "base/error.h"

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mh_lab;

struct mh_lab *mh_lab_new(void);
/* Closes the namespaces; the kernel removes what is in them. Takes NULL; returns NULL. */
struct mh_lab *mh_lab_free(struct mh_lab *lab);

/* ---- describing ----------------------------------------------------------------------------
 */

enum mh_flood { MH_FLOOD_AUTO, MH_FLOOD_OFF, MH_FLOOD_ON };

/* Times in centiseconds, the unit of the bridge's netlink attributes; 0 leaves the kernel's.
 * (linux/if_link.h IFLA_BR_MCAST_*, RFC 3376 section 8, RFC 4541) */
struct mh_switch_plan {
    const char *name;
    bool snooping;
    bool querier;
    uint8_t igmp_version; /* 2 or 3 */
    uint8_t mld_version;  /* 1 or 2 */
    bool fast_leave;
    /* Flooding of multicast that nobody asked for (IFLA_BRPORT_MCAST_FLOOD). AUTO: the kernel's
     * (on), but off on a switch with a querier and more ports than the machine's input queue
     * stands (ports^2 > netdev_max_backlog): there the flooded reports of hosts that join
     * together would push test data out of the queue. Off, 224.0.0.x is not delivered either.
     */
    enum mh_flood flood_unknown;
    uint32_t query_interval;
    uint32_t query_response_interval;
    uint32_t last_member_interval;
    uint32_t startup_query_interval;
    uint32_t membership_interval;
    uint32_t querier_interval;
    /* IPv4, from which its IGMP queries come; AF_UNSPEC: from 0.0.0.0, as those of a switch
     * without an address (RFC 4541 section 2.1.1). Where several switches are queriers, the one
     * with the lowest is elected: they need one. */
    struct mh_addr address;
    uint8_t prefix_length;
};

enum { MH_NO_SWITCH = -1 }; /* the end of a cable between two hosts */

struct mh_port_plan {
    int host;               /* from mh_lab_add_host() or mh_lab_add_router() */
    int attached_switch;    /* from mh_lab_add_switch() */
    const char *interface;  /* "eth0": the name inside the host */
    int mtu;                /* 1280 to 65535; 0: 1500 */
    struct mh_addr address; /* IPv4; AF_UNSPEC: none */
    uint8_t prefix_length;
    struct mh_addr address6; /* IPv6; a link-local one is added always */
    uint8_t prefix_length6;
    bool default_multicast; /* 224.0.0.0/4 is routed through this interface */
    bool impairable;        /* of a cable between two hosts: it can have detours, at a price */
};

/* Each returns the new thing's number, counted from 0, or a negative errno. Strings are copied.
 */
int mh_lab_add_switch(
    struct mh_lab *lab, const struct mh_switch_plan *plan, struct mh_error *err);
int mh_lab_add_host(struct mh_lab *lab, const char *name, struct mh_error *err);
/* A host that forwards IPv4 and IPv6. The switches at its ports send it all multicast, so that
 * it can forward that too (IFLA_BRPORT_MULTICAST_ROUTER, RFC 4541 section 2.1.1). */
int mh_lab_add_router(struct mh_lab *lab, const char *name, struct mh_error *err);
int mh_lab_add_port(struct mh_lab *lab, const struct mh_port_plan *plan, struct mh_error *err);
/* A cable straight between two hosts: `attached_switch` is ignored. Each end is a port, the
 * first of the number that is returned, the second of the next one. Impairable is the cable,
 * if one end says so. */
int mh_lab_add_cable(
    struct mh_lab *lab, const struct mh_port_plan ends[2], struct mh_error *err);

/* A cable between two switches, which become one LAN. Without spanning tree: a loop is refused.
 * Each learns from queries that the other port leads to the querier. Returns the cable's
 * number. */
int mh_lab_add_trunk(struct mh_lab *lab, int a, int b, struct mh_error *err);
/* The index of its first (0) or second (1) end, valid after mh_lab_build(). */
unsigned mh_lab_trunk_index(const struct mh_lab *lab, int trunk, int end);

struct mh_route_plan {
    int port;                   /* the route is of the port's host, out of this port */
    struct mh_addr destination; /* of a subnet */
    uint8_t prefix_length;      /* 0: the default route */
    struct mh_addr gateway;     /* on the port's link */
};

/* A unicast route. Returns 0 or a negative errno. */
int mh_lab_add_route(
    struct mh_lab *lab, const struct mh_route_plan *plan, struct mh_error *err);

/* ---- building ------------------------------------------------------------------------------
 */

/* Makes everything described. The order is what makes it fast and honest: each bridge becomes
 * querier while it has no ports and with a query response interval of next to nothing, so that
 * snooping is effective from the ports' first frame; one RTM_NEWLINK per cable with master,
 * state, queues and peer namespace at once; addresses without DAD; permanent neighbour entries.
 */
int mh_lab_build(struct mh_lab *lab, struct mh_error *err);
/* To follow mh_lab_build(). Returns when every port forwards (link events handled: one
 * RTM_GETLINK each), every cable is up, snooping's grace time is over, and every switch of a
 * LAN of several knows the querier
 * (-ETIMEDOUT names what does not come up). */
int mh_lab_settle(struct mh_lab *lab, struct mh_error *err);

/* The same for one port, after it was down. */
int mh_lab_settle_port(struct mh_lab *lab, int port, struct mh_error *err);
/* Returns when the switch knows that the host's end of this port is down, and has forgotten
 * what it had learnt there. */
int mh_lab_settle_loss(struct mh_lab *lab, int number, struct mh_error *err);
/* An interface has a carrier while the one at the other end of its cable is up. At an
 * impairable cable this is our doing: to be called when the descriptor is readable, and at once
 * after an interface was taken down or up. The descriptor is -1 where there is no such cable.
 */
int mh_lab_carrier_fd(const struct mh_lab *lab);
int mh_lab_follow_carriers(struct mh_lab *lab, struct mh_error *err);

/* The descriptor of a host's network namespace, owned by the lab; -1 before mh_lab_build(). */
int mh_lab_host_netns(const struct mh_lab *lab, int host);
/* The namespace that holds the bridges. */
int mh_lab_switch_netns(const struct mh_lab *lab);

struct mh_port {
    char interface[IFNAMSIZ]; /* in the host */
    unsigned interface_index; /* in the host */
    uint8_t mac[6];           /* of the host's end */
    /* The switch's end, or this end's half of an impairable cable, in the switches' namespace;
     * "": none. */
    char switch_device[IFNAMSIZ];
    unsigned switch_index; /* 0: none */
};
/* Valid after mh_lab_build(). */
const struct mh_port *mh_lab_port(const struct mh_lab *lab, int port);

/* Gives every other host of this host's switches a permanent neighbour entry for it, so that
 * their first unicast to it needs no ARP. Small networks get the full mesh at build time and
 * this returns at once; on larger ones it is done on demand, once per host. */
int mh_lab_introduce(struct mh_lab *lab, int host, struct mh_error *err);

/* What the bridge really uses now: the kernel clamps and rounds. ret_plan->name is borrowed. */
int mh_lab_read_switch(
    struct mh_lab *lab, int number, struct mh_switch_plan *ret_plan, struct mh_error *err);

/* ---- changing a switch
 * -----------------------------------------------------------------------
 */

/* Makes the switch what `plan` says (its name is ignored); only what differs from before is
 * touched. MH_FLOOD_AUTO leaves flooding as it is, a timer of 0 the timer. *ret_grace_ms: a
 * switch that becomes querier floods everything for that long; after it, mh_lab_await_grace().
 */
int mh_lab_set_switch(struct mh_lab *lab, int number, const struct mh_switch_plan *plan,
    unsigned *ret_grace_ms, struct mh_error *err);
/* Makes sure that the timer of a grace time that is over has run, too. Takes some ticks of the
 * kernel's clock. */
int mh_lab_await_grace(struct mh_lab *lab, int number, struct mh_error *err);
/* Lets the elected queriers of LANs of several switches ask, and returns when all others have
 * heard them. *ret_grace_ms as above: a switch that hears of a new querier floods, too. 0:
 * there are none. */
int mh_lab_elect_queriers(
    struct mh_lab *lab, bool ask, unsigned *ret_grace_ms, struct mh_error *err);

/* What the switch knows of multicast routers at a port: MDB_RTR_TYPE_* of linux/if_bridge.h. */
int mh_lab_set_multicast_router(
    struct mh_lab *lab, int port, uint8_t mode, struct mh_error *err);
int mh_lab_read_multicast_router(
    struct mh_lab *lab, int port, uint8_t *ret_mode, struct mh_error *err);

/* A static entry in the switch's table: this port gets the group, or what this source sends to
 * it, whether anybody asks for it or not. `source` AF_UNSPEC: any. */
int mh_lab_add_mdb_entry(struct mh_lab *lab, int port, const struct mh_addr *group,
    const struct mh_addr *source, struct mh_error *err);
int mh_lab_remove_mdb_entry(struct mh_lab *lab, int port, const struct mh_addr *group,
    const struct mh_addr *source, struct mh_error *err);

/* ---- the switches' tables -------------------------------------------------------------------
 */

/* Readable when a multicast database entry came or went (RTNLGRP_MDB). Opened by build. */
int mh_lab_mdb_fd(const struct mh_lab *lab);
/* Takes in what is waiting on that descriptor (and reads the whole table again after an
 * overflow). Returns the number of changes. */
int mh_lab_mdb_update(struct mh_lab *lab, struct mh_error *err);
/* Does the switch forward (source, group) to this port? (And so do all
 * switches of its LAN, if they speak IGMPv3 or MLDv2, whose reports every switch hears.)
 * `source` AF_UNSPEC asks for any source,
 * (*,G) in EXCLUDE mode; with a source, an (S,G) entry that is not blocked, or, on a switch
 * that speaks IGMPv2 or MLDv1, the (*,G) entry. By the last mh_lab_mdb_update(). */
bool mh_lab_port_has_group(const struct mh_lab *lab, int number, const struct mh_addr *group,
    const struct mh_addr *source);
