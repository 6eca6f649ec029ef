/* What a host is made of that has an interface of this machine, or a child of one. Private to
 * the lab layer. */
#pragma once

#include "base/addr.h"
#include "lab/netlink.h"

#include <net/if.h>
#include <stdint.h>

struct mh_place_address {
    struct mh_addr address; /* AF_UNSPEC: none */
    uint8_t prefix_length;
};

struct mh_place {
    const char *lower; /* the machine's interface */
    const char *kind;  /* of the child: "macvlan" */
    const char *name;  /* of the child */
    uint32_t mode;     /* of the child: MACVLAN_MODE_* */
    int netns;         /* the host's namespace, borrowed */
    struct mh_place_address ipv4, ipv6;
};

struct mh_place_link {
    unsigned index;
    unsigned flags;  /* IFF_UP ... */
    unsigned master; /* the index of what it is a port of; 0: none */
    unsigned peer;   /* of a veth: that of its other end; 0: none here */
};

/* An interface where `netlink` is connected. */
int mh_place_find(struct mh_netlink *netlink, const char *name, struct mh_place_link *ret_link,
    struct mh_error *err);
/* In the host's namespace, where `netlink` is connected: loopback and the interface up, and the
 * place's addresses on it. */
int mh_place_configure(const struct mh_place *place, struct mh_netlink *netlink, unsigned index,
    struct mh_error *err);
/* Connects to the place's namespace; the thread comes back. */
int mh_place_connect(
    const struct mh_place *place, struct mh_netlink *netlink, struct mh_error *err);
