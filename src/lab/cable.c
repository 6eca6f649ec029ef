#include "lab/cable.h"

#include "lab/patch.h"
#include "lab/redirect.h"
#include "lab/switch.h"

#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <stdio.h>
#include <string.h>

enum { FIRST_PORT_INDEX = 100, MTU = 1500, LO_INDEX = 1 };

/* ---- planning ------------------------------------------------------------------------------
 */

/* Modified EUI-64 of the MAC address (RFC 4291, appendix A). */
static struct mh_addr link_local_of(const uint8_t mac[6])
{
    struct mh_addr address;
    uint8_t *bytes = address.v6.s6_addr;

    memset(&address, 0, sizeof(address));
    address.family = AF_INET6;
    bytes[0] = 0xfe;
    bytes[1] = 0x80;
    memcpy(bytes + 8, mac, 3);
    bytes[8] ^= 0x02;
    bytes[11] = 0xff;
    bytes[12] = 0xfe;
    memcpy(bytes + 13, mac + 3, 3);
    return address;
}

void mh_cables_plan(struct mh_lab *lab)
{
    for (int i = 0; i < lab->port_count; i++) {
        struct mh_port *made = &lab->ports[i].made;
        /* Locally administered, unicast; 0x4d and 0x53 ("M", "S") tell hosts from switches. */
        const uint8_t mac[6] = {
            0x02, 0x4d, 0, (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i};

        memcpy(made->mac, mac, sizeof(mac));
        lab->ports[i].link_local = link_local_of(mac);
        if (!mh_lab_switch_of(lab, &lab->ports[i]) && !mh_patch_is_needed(&lab->ports[i]))
            continue;
        snprintf(made->switch_device, sizeof(made->switch_device), "p%d", i);
        made->switch_index = (unsigned)lab->switch_count + FIRST_PORT_INDEX + (unsigned)i;
    }
    for (int host = 0; host < lab->host_count; host++) {
        unsigned index = LO_INDEX;

        for (struct mh_lab_port *port = mh_lab_first_port(lab, &lab->hosts[host].ports); port;
             port = mh_lab_next_of_host(lab, port))
            port->made.interface_index = ++index;
    }
}

/* ---- creating ------------------------------------------------------------------------------
 */

/* Both ends: a queue for each CPU costs memory and time, and one thread drives all traffic. */
static void put_end(struct nlmsghdr *message, const struct mh_lab_port *port, const char *name)
{
    mnl_attr_put_strz(message, IFLA_IFNAME, name);
    mnl_attr_put_u32(message, IFLA_NUM_TX_QUEUES, 1);
    mnl_attr_put_u32(message, IFLA_NUM_RX_QUEUES, 1);
    if (port->plan.mtu && port->plan.mtu != MTU)
        mnl_attr_put_u32(message, IFLA_MTU, (uint32_t)port->plan.mtu);
}

/* The kernel refuses a peer that is to be born up. */
static void put_host_end(
    struct nlmsghdr *message, const struct mh_lab *lab, const struct mh_lab_port *port)
{
    struct nlattr *peer = mnl_attr_nest_start(message, VETH_INFO_PEER);
    struct ifinfomsg *link = mnl_nlmsg_put_extra_header(message, sizeof(*link));

    link->ifi_index = (int)port->made.interface_index;
    put_end(message, port, port->made.interface);
    mnl_attr_put(message, IFLA_ADDRESS, sizeof(port->made.mac), port->made.mac);
    mnl_attr_put_u32(message, IFLA_NET_NS_FD, (uint32_t)mh_lab_host_of(lab, port)->netns);
    mnl_attr_nest_end(message, peer);
}

/* With its switch's own address a port adds no entry to the forwarding table, all of which each
 * further port has to go through (br_fdb_unsync_static() in the kernel). */
static void put_switch_mac(
    struct nlmsghdr *message, const struct mh_lab *lab, const struct mh_lab_port *port)
{
    const struct mh_lab_switch *bridge = mh_lab_switch_of(lab, port);
    uint8_t mac[sizeof(port->made.mac)];

    memcpy(mac, port->made.mac, sizeof(mac));
    mac[1] = 0x53;
    mac[2] = 1;
    if (bridge)
        mh_switch_mac(bridge, mac);
    mnl_attr_put(message, IFLA_ADDRESS, sizeof(mac), mac);
}

static struct mh_attempt attaching(const struct mh_lab *lab, const struct mh_lab_port *port)
{
    return (struct mh_attempt){"attach", "%s of host %s to switch %s",
        {port->made.interface, mh_lab_host_of(lab, port)->name,
            mh_lab_switch_of(lab, port)->plan.name}};
}

/* Its kind, and the end that a host has. */
static void put_veth(
    struct nlmsghdr *message, const struct mh_lab *lab, const struct mh_lab_port *port)
{
    struct nlattr *info = mnl_attr_nest_start(message, IFLA_LINKINFO);
    struct nlattr *data;

    mnl_attr_put_strz(message, IFLA_INFO_KIND, "veth");
    data = mnl_attr_nest_start(message, IFLA_INFO_DATA);
    put_host_end(message, lab, port);
    mnl_attr_nest_end(message, data);
    mnl_attr_nest_end(message, info);
}

/* From the host into the switches' namespace. */
static void add_cable(
    struct mh_lab *lab, const struct mh_lab_port *port, const struct mh_attempt *attempt)
{
    const struct mh_lab_switch *bridge = mh_lab_switch_of(lab, port);
    struct nlmsghdr *message;
    struct ifinfomsg link;

    memset(&link, 0, sizeof(link));
    link.ifi_index = (int)port->made.switch_index;
    link.ifi_flags = IFF_UP;
    link.ifi_change = IFF_UP;
    message = mh_netlink_add(
        lab->netlink, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &link, sizeof(link), attempt);
    put_end(message, port, port->made.switch_device);
    put_switch_mac(message, lab, port);
    if (bridge)
        mnl_attr_put_u32(message, IFLA_MASTER, bridge->index);
    put_veth(message, lab, port);
}

static void add_direct_cable(struct mh_lab *lab, const struct mh_lab_port *port,
    const struct mh_lab_port *peer, const struct mh_attempt *attempt)
{
    struct nlmsghdr *message;
    struct ifinfomsg link;

    memset(&link, 0, sizeof(link));
    link.ifi_index = (int)port->made.interface_index;
    message = mh_netlink_add(
        lab->netlink, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &link, sizeof(link), attempt);
    put_end(message, port, port->made.interface);
    mnl_attr_put(message, IFLA_ADDRESS, sizeof(port->made.mac), port->made.mac);
    mnl_attr_put_u32(message, IFLA_NET_NS_FD, (uint32_t)mh_lab_host_of(lab, port)->netns);
    put_veth(message, lab, peer);
}

static void connect_hosts(
    struct mh_lab *lab, const struct mh_lab_port *port, const struct mh_lab_port *peer)
{
    struct mh_attempt attempt = {"connect", "%s of host %s to host %s",
        {port->made.interface, mh_lab_host_of(lab, port)->name,
            mh_lab_host_of(lab, peer)->name}};

    if (!mh_patch_is_needed(port)) {
        add_direct_cable(lab, port, peer, &attempt);
        return;
    }
    add_cable(lab, port, &attempt);
    add_cable(lab, peer, &attempt);
    mh_patch_join(lab, port, peer, &attempt);
}

/* A port to which a host is attached stays one: neither a query nor a PIM hello of that host
 * makes it a router port, to which all multicast would be sent. To a router's all is sent from
 * the start: a static route says nothing from which the switch could learn. */
static void set_port(struct mh_lab *lab, const struct mh_lab_port *port)
{
    const struct mh_lab_switch *bridge = mh_lab_switch_of(lab, port);
    struct mh_attempt attempt = attaching(lab, port);
    struct nlmsghdr *message;
    struct nlattr *info;
    struct ifinfomsg link;

    memset(&link, 0, sizeof(link));
    link.ifi_family = AF_BRIDGE;
    link.ifi_index = (int)port->made.switch_index;
    message = mh_netlink_add(lab->netlink, RTM_SETLINK, 0, &link, sizeof(link), &attempt);
    info = mnl_attr_nest_start(message, IFLA_PROTINFO);
    mnl_attr_put_u8(message, IFLA_BRPORT_MULTICAST_ROUTER,
        mh_lab_host_of(lab, port)->forwards ? MDB_RTR_TYPE_PERM : MDB_RTR_TYPE_DISABLED);
    if (bridge->plan.fast_leave)
        mnl_attr_put_u8(message, IFLA_BRPORT_FAST_LEAVE, 1);
    if (!bridge->flood_unknown)
        mnl_attr_put_u8(message, IFLA_BRPORT_MCAST_FLOOD, 0);
    mnl_attr_nest_end(message, info);
}

int mh_cables_attach(struct mh_lab *lab, const struct mh_lab_host *host, struct mh_error *err)
{
    for (const struct mh_lab_port *port = mh_lab_first_port(lab, &host->ports); port;
         port = mh_lab_next_of_host(lab, port)) {
        if (!mh_lab_switch_of(lab, port))
            continue;

        const struct mh_attempt attempt = attaching(lab, port);

        add_cable(lab, port, &attempt);
        set_port(lab, port);
    }
    return mh_netlink_send(lab->netlink, err);
}

int mh_cables_connect(struct mh_lab *lab, struct mh_error *err)
{
    for (int i = 0; i < lab->port_count; i++) {
        const struct mh_lab_port *port = &lab->ports[i];

        if (port->peer > i)
            connect_hosts(lab, port, mh_lab_peer_of(lab, port));
    }
    return mh_redirect_send(lab->netlink, err);
}
