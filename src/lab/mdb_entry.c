/* Static entries of the switches' tables, as `bridge mdb add ... permanent` makes them. */
#include "lab/grace.h"
#include "lab/network.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_bridge.h>
#include <linux/if_ether.h>
#include <linux/rtnetlink.h>
#include <string.h>

static int check_port(const struct mh_lab *lab, int port, struct mh_error *err)
{
    if (lab->switch_netns >= 0 && port >= 0 && port < lab->port_count &&
        mh_lab_switch_of(lab, &lab->ports[port]))
        return 0;
    return mh_error_set(err, -EINVAL, "change", "port number %d, which no switch has", port);
}

static void put_entry(struct nlmsghdr *message, unsigned port, const struct mh_addr *group)
{
    struct br_mdb_entry entry;

    memset(&entry, 0, sizeof(entry));
    entry.ifindex = port;
    entry.state = MDB_PERMANENT;
    if (group->family == AF_INET) {
        entry.addr.proto = htons(ETH_P_IP);
        entry.addr.u.ip4 = group->v4.s_addr;
    } else {
        entry.addr.proto = htons(ETH_P_IPV6);
        entry.addr.u.ip6 = group->v6;
    }
    mnl_attr_put(message, MDBA_SET_ENTRY, sizeof(entry), &entry);
}

static void put_source(struct nlmsghdr *message, const struct mh_addr *source)
{
    struct nlattr *attributes;

    if (source->family == AF_UNSPEC)
        return;
    attributes = mnl_attr_nest_start(message, MDBA_SET_ENTRY_ATTRS);
    if (source->family == AF_INET)
        mnl_attr_put(message, MDBE_ATTR_SOURCE, sizeof(source->v4), &source->v4);
    else
        mnl_attr_put(message, MDBE_ATTR_SOURCE, sizeof(source->v6), &source->v6);
    mnl_attr_nest_end(message, attributes);
}

static int change(struct mh_lab *lab, uint16_t type, const struct mh_lab_port *port,
    const struct mh_addr *group, const struct mh_addr *source, struct mh_error *err)
{
    const struct mh_lab_switch *bridge = mh_lab_switch_of(lab, port);
    const bool adds = type == RTM_NEWMDB;
    struct mh_attempt attempt = {adds ? "add entry" : "remove entry",
        adds ? "for host %s to the table of switch %s"
             : "for host %s from the table of switch %s",
        {mh_lab_host_of(lab, port)->name, bridge->plan.name}};
    struct nlmsghdr *message;
    struct br_port_msg header;

    memset(&header, 0, sizeof(header));
    header.family = AF_BRIDGE;
    header.ifindex = bridge->index;
    message = mh_netlink_add(lab->netlink, type, adds ? NLM_F_CREATE | NLM_F_EXCL : 0, &header,
        sizeof(header), &attempt);
    put_entry(message, port->made.switch_index, group);
    put_source(message, source);
    return mh_netlink_send(lab->netlink, err);
}

/* An entry without ports drops what it matches until a timer removes it, at the next tick
 * (br_multicast_del_pg()). */
static int remove_entry(struct mh_lab *lab, const struct mh_lab_port *port,
    const struct mh_addr *group, const struct mh_addr *source, struct mh_error *err)
{
    cpu_set_t before;
    bool held = mh_grace_hold_processor(&before) == 0;
    int status = change(lab, RTM_DELMDB, port, group, source, err);

    if (!status)
        status = mh_grace_outlast_timers(-1, err);
    if (held)
        mh_grace_release_processor(&before);
    return status;
}

int mh_lab_add_mdb_entry(struct mh_lab *lab, int port, const struct mh_addr *group,
    const struct mh_addr *source, struct mh_error *err)
{
    int status = check_port(lab, port, err);

    return status ? status : change(lab, RTM_NEWMDB, &lab->ports[port], group, source, err);
}

int mh_lab_remove_mdb_entry(struct mh_lab *lab, int port, const struct mh_addr *group,
    const struct mh_addr *source, struct mh_error *err)
{
    int status = check_port(lab, port, err);

    return status ? status : remove_entry(lab, &lab->ports[port], group, source, err);
}
