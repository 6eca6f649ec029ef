#include "lab/neighbour.h"

#include "net/netns.h"

#include <errno.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <string.h>

/* The mesh grows with the square: 3 * 32 * 31 entries take about a millisecond. */
enum { MESHED_PORTS_MAX = 32 };

static void add_entry(struct mh_netlink *netlink, const struct mh_attempt *attempt,
    unsigned interface_index, const struct mh_addr *address, const uint8_t mac[6])
{
    struct nlmsghdr *message;
    struct ndmsg header;

    memset(&header, 0, sizeof(header));
    header.ndm_family = (uint8_t)address->family;
    header.ndm_ifindex = (int)interface_index;
    header.ndm_state = NUD_PERMANENT;
    message = mh_netlink_add(
        netlink, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, &header, sizeof(header), attempt);
    if (address->family == AF_INET)
        mnl_attr_put(message, NDA_DST, sizeof(address->v4), &address->v4);
    else
        mnl_attr_put(message, NDA_DST, sizeof(address->v6), &address->v6);
    mnl_attr_put(message, NDA_LLADDR, 6, mac);
}

static void add_neighbour(const struct mh_lab *lab, struct mh_netlink *netlink,
    const struct mh_lab_port *port, const struct mh_lab_port *other)
{
    struct mh_attempt attempt = {"introduce", "host %s to %s of host %s",
        {mh_lab_host_of(lab, other)->name, port->made.interface,
            mh_lab_host_of(lab, port)->name}};
    const struct mh_addr *addresses[] = {
        &other->plan.address, &other->plan.address6, &other->link_local};

    for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++)
        if (addresses[i]->family != AF_UNSPEC)
            add_entry(
                netlink, &attempt, port->made.interface_index, addresses[i], other->made.mac);
}

/* Of all switches that trunks join. */
static int ports_of_lan(const struct mh_lab *lab, int lan)
{
    int count = 0;

    for (int i = 0; i < lab->switch_count; i++)
        if (lab->switches[i].lan == lan)
            count += lab->switches[i].ports.count;
    return count;
}

bool mh_neighbours_are_meshed(const struct mh_lab *lab, const struct mh_lab_port *port)
{
    const struct mh_lab_switch *bridge = mh_lab_switch_of(lab, port);

    return !bridge || ports_of_lan(lab, bridge->lan) <= MESHED_PORTS_MAX;
}

void mh_neighbours_add_all(
    struct mh_lab *lab, struct mh_netlink *netlink, const struct mh_lab_port *port)
{
    const struct mh_lab_switch *bridge = mh_lab_switch_of(lab, port);

    if (!bridge) {
        add_neighbour(lab, netlink, port, mh_lab_peer_of(lab, port));
        return;
    }
    for (int i = 0; i < lab->switch_count; i++) {
        if (lab->switches[i].lan != bridge->lan)
            continue;
        for (const struct mh_lab_port *other = mh_lab_first_port(lab, &lab->switches[i].ports);
             other; other = mh_lab_next_of_switch(lab, other))
            if (other != port)
                add_neighbour(lab, netlink, port, other);
    }
}

static int introduce_to(struct mh_lab *lab, const struct mh_lab_port *newcomer,
    const struct mh_lab_port *other, struct mh_error *err)
{
    int status = mh_netns_enter(mh_lab_host_of(lab, other)->netns, err);

    if (!status)
        status = mh_netlink_connect(lab->host_link, err);
    if (status)
        return status;
    add_neighbour(lab, lab->host_link, other, newcomer);
    return mh_netlink_send(lab->host_link, err);
}

static int introduce_on_switch(struct mh_lab *lab, const struct mh_lab_port *newcomer,
    const struct mh_lab_switch *bridge, struct mh_error *err)
{
    int status = 0;

    for (const struct mh_lab_port *other = mh_lab_first_port(lab, &bridge->ports);
         other && !status; other = mh_lab_next_of_switch(lab, other))
        if (other != newcomer)
            status = introduce_to(lab, newcomer, other, err);
    return status;
}

static int introduce_on_lan(
    struct mh_lab *lab, const struct mh_lab_port *newcomer, struct mh_error *err)
{
    const struct mh_lab_switch *bridge = mh_lab_switch_of(lab, newcomer);
    int status = 0;

    if (mh_neighbours_are_meshed(lab, newcomer))
        return 0;
    for (int i = 0; i < lab->switch_count && !status; i++)
        if (lab->switches[i].lan == bridge->lan)
            status = introduce_on_switch(lab, newcomer, &lab->switches[i], err);
    return status;
}

int mh_lab_introduce(struct mh_lab *lab, int host, struct mh_error *err)
{
    struct mh_lab_host *newcomer;
    int status = 0;

    if (host < 0 || host >= lab->host_count || lab->hosts[host].netns < 0)
        return mh_error_set(
            err, -EINVAL, "introduce", "host number %d, which is not built", host);
    newcomer = &lab->hosts[host];
    if (newcomer->introduced)
        return 0;
    for (const struct mh_lab_port *port = mh_lab_first_port(lab, &newcomer->ports);
         port && !status; port = mh_lab_next_of_host(lab, port))
        status = introduce_on_lan(lab, port, err);
    newcomer->introduced = !status;
    return status;
}
