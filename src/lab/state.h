/* What a switch has learnt and how its ports stand, read from the kernel at one moment: its
 * multicast database with all details, its router ports, who is querier, which port forwards.
 *
 * Times are centiseconds, as the kernel gives them. A port is the index of the switch's end
 * (struct mh_port.switch_index); the index of the bridge itself stands for the switch as a
 * member of a group. */
#pragma once

#include "lab/lab.h"

/* RFC 4604's source timers: an INCLUDE entry wants the source while its timer runs; in EXCLUDE
 * mode a source without a running timer is blocked. */
struct mh_mdb_source {
    struct mh_addr address;
    uint32_t timer; /* 0: not running */
};

struct mh_mdb_record {
    unsigned port;
    struct mh_addr group;  /* AF_UNSPEC: a group of the link layer */
    struct mh_addr source; /* AF_UNSPEC: any, (*,G) */
    bool has_mode;         /* false: the switch speaks IGMPv2 or MLDv1 for this group */
    bool excludes;         /* the filter mode */
    bool permanent;        /* set by hand; else learnt, and `timer` runs */
    bool blocked;          /* (S,G): not forwarded */
    bool fast_leave;
    bool star_exclude;    /* (S,G) that stands for the port's (*,G) in EXCLUDE mode */
    bool offload;         /* done by a switch chip */
    const char *protocol; /* who made it: "kernel", "static"; NULL: not told */
    uint32_t timer;
    size_t first_source; /* into mh_mdb_dump.sources */
    size_t source_count;
};

enum mh_router_port_type {
    MH_ROUTER_PORT_AUTOMATIC, /* by queries or PIM hellos; until its timers end */
    MH_ROUTER_PORT_PERMANENT, /* set by hand */
    MH_ROUTER_PORT_TEMPORARY, /* set by hand, until its timers end */
};

/* A port that gets all multicast (RFC 4541 section 2.1.1). */
struct mh_router_port {
    unsigned port;
    enum mh_router_port_type type;
    uint32_t timer, timer6;
};

struct mh_mdb_dump {
    struct mh_mdb_record *records;
    size_t count;
    struct mh_mdb_source *sources;
    size_t source_count;
    struct mh_router_port *routers;
    size_t router_count;
};

/* The caller frees the three arrays, with free(). */
int mh_lab_read_mdb(
    struct mh_lab *lab, int number, struct mh_mdb_dump *ret_dump, struct mh_error *err);

struct mh_querier {
    bool present;           /* the switch itself, or another that was heard lately */
    bool other;             /* another one: */
    struct mh_addr address; /* its own: 0.0.0.0 over IPv4, or its link-local address */
    unsigned port;          /* where the other one is; 0: not known (any more) */
    uint32_t timer;         /* until the other one is given up */
};

/* Of IPv4 (IGMP) and of IPv6 (MLD). */
int mh_lab_read_querier(
    struct mh_lab *lab, int number, struct mh_querier ret_queriers[2], struct mh_error *err);

struct mh_port_state {
    unsigned port;
    bool forwarding; /* up, with a carrier, and in the forwarding state */
    bool floods;     /* gets multicast that nobody asked for, where the switch floods */
};

/* The switch's ports in the order in which they were added, then the ends of its trunks.
 * Returns how many there are; up to `size` are put into `states`. */
int mh_lab_read_ports(struct mh_lab *lab, int number, struct mh_port_state *states, size_t size,
    struct mh_error *err);
