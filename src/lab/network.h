/* The lab's own picture of its network: what was described, and what became of it. Private to
 * the lab layer. Switches, hosts and ports are known by their numbers; the ports of a host and
 * those of a switch are chained in the order in which they were added. */
#pragma once

#include "lab/lab.h"
#include "lab/netlink.h"

enum { MH_NO_PORT = -1 };

struct mh_lab_route {
    struct mh_route_plan plan;
    int next_of_host; /* MH_NO_PORT: none */
};

struct mh_port_chain {
    int first; /* MH_NO_PORT: empty */
    int last;
    int count;
};

struct mh_lab_switch {
    struct mh_switch_plan plan; /* its name is ours */
    char device[IFNAMSIZ];
    unsigned index;
    bool flood_unknown; /* MH_FLOOD_AUTO decided */
    int grace_cpu;      /* whose timers the grace time is among; -1: none was begun */
    struct mh_port_chain ports;
    int lan; /* the number of the first switch that a trunk joins with it, maybe its own */
};

/* A cable between two switches. */
struct mh_lab_trunk {
    int ends[2]; /* switches */
    unsigned index[2];
    char device[2][IFNAMSIZ];
    unsigned detours[2]; /* at each end: a bit for each enum mh_detour_direction */
};

struct mh_lab_host {
    char *name;
    int netns; /* -1: not built */
    bool introduced;
    bool forwards;
    bool raised;
    bool configured;
    struct mh_port_chain ports;
    int last_route; /* into mh_lab.routes; MH_NO_PORT: none */
};

struct mh_lab_port {
    struct mh_port_plan plan; /* its interface name is `made.interface` */
    struct mh_port made;
    struct mh_addr link_local;
    int next_of_host;
    int next_of_switch;
    unsigned detours; /* those made: a bit for each enum mh_detour_direction */
    bool was_ready;   /* when it was looked at while the network was built */
    int peer; /* the other end of a cable between hosts; MH_NO_PORT: it ends at a switch */
};

struct mh_mdb;

struct mh_lab {
    struct mh_lab_switch *switches;
    struct mh_lab_host *hosts;
    struct mh_lab_port *ports;
    struct mh_lab_route *routes;
    struct mh_lab_trunk *trunks;
    int trunk_count;
    int switch_count;
    int host_count;
    int port_count;
    int route_count;
    bool has_router;
    int switch_netns;             /* -1: not built */
    struct mh_netlink *netlink;   /* into the switches' namespace */
    struct mh_netlink *host_link; /* into one host's after the other */
    struct mh_mdb *mdb;
    int carrier_events; /* -1: there is no cable whose carrier is our doing */
};

static inline struct mh_lab_port *mh_lab_next_of_host(
    const struct mh_lab *lab, const struct mh_lab_port *port)
{
    return port->next_of_host == MH_NO_PORT ? NULL : &lab->ports[port->next_of_host];
}

static inline struct mh_lab_port *mh_lab_next_of_switch(
    const struct mh_lab *lab, const struct mh_lab_port *port)
{
    return port->next_of_switch == MH_NO_PORT ? NULL : &lab->ports[port->next_of_switch];
}

static inline struct mh_lab_port *mh_lab_first_port(
    const struct mh_lab *lab, const struct mh_port_chain *chain)
{
    return chain->first == MH_NO_PORT ? NULL : &lab->ports[chain->first];
}

/* NULL: a cable leads to another host. */
static inline struct mh_lab_switch *mh_lab_switch_of(
    const struct mh_lab *lab, const struct mh_lab_port *port)
{
    return port->peer != MH_NO_PORT ? NULL : &lab->switches[port->plan.attached_switch];
}

/* NULL: a cable leads to a switch. */
static inline struct mh_lab_port *mh_lab_peer_of(
    const struct mh_lab *lab, const struct mh_lab_port *port)
{
    return port->peer == MH_NO_PORT ? NULL : &lab->ports[port->peer];
}

static inline struct mh_lab_host *mh_lab_host_of(
    const struct mh_lab *lab, const struct mh_lab_port *port)
{
    return &lab->hosts[port->plan.host];
}

/* NULL, with the error filled, when there is no such switch yet. */
const struct mh_lab_switch *mh_lab_built_switch(
    const struct mh_lab *lab, int number, struct mh_error *err);
