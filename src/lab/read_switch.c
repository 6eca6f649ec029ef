#include "lab/attribute.h"
#include "lab/network.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>

static uint64_t bridge_number(const struct nlmsghdr *message, uint16_t type)
{
    return mh_attribute_number(
        mh_attribute_find(message, sizeof(struct ifinfomsg),
            (struct mh_attribute_path){{IFLA_LINKINFO, IFLA_INFO_DATA, type}}),
        0);
}

static uint64_t port_number(const struct nlmsghdr *message, uint16_t type, uint64_t otherwise)
{
    return mh_attribute_number(
        mh_attribute_find(message, sizeof(struct ifinfomsg),
            (struct mh_attribute_path){{IFLA_LINKINFO, IFLA_INFO_SLAVE_DATA, type}}),
        otherwise);
}

static int read_bridge(const struct nlmsghdr *message, void *context)
{
    struct mh_switch_plan *plan = context;

    plan->snooping = bridge_number(message, IFLA_BR_MCAST_SNOOPING) != 0;
    plan->querier = bridge_number(message, IFLA_BR_MCAST_QUERIER) != 0;
    plan->igmp_version = (uint8_t)bridge_number(message, IFLA_BR_MCAST_IGMP_VERSION);
    plan->mld_version = (uint8_t)bridge_number(message, IFLA_BR_MCAST_MLD_VERSION);
    plan->query_interval = (uint32_t)bridge_number(message, IFLA_BR_MCAST_QUERY_INTVL);
    plan->query_response_interval =
        (uint32_t)bridge_number(message, IFLA_BR_MCAST_QUERY_RESPONSE_INTVL);
    plan->last_member_interval =
        (uint32_t)bridge_number(message, IFLA_BR_MCAST_LAST_MEMBER_INTVL);
    plan->startup_query_interval =
        (uint32_t)bridge_number(message, IFLA_BR_MCAST_STARTUP_QUERY_INTVL);
    plan->membership_interval =
        (uint32_t)bridge_number(message, IFLA_BR_MCAST_MEMBERSHIP_INTVL);
    plan->querier_interval = (uint32_t)bridge_number(message, IFLA_BR_MCAST_QUERIER_INTVL);
    return MNL_CB_OK;
}

/* All ports of a switch are set alike, so the first tells for all. */
static int read_port(const struct nlmsghdr *message, void *context)
{
    struct mh_switch_plan *plan = context;

    plan->fast_leave = port_number(message, IFLA_BRPORT_FAST_LEAVE, 0) != 0;
    plan->flood_unknown =
        port_number(message, IFLA_BRPORT_MCAST_FLOOD, 1) ? MH_FLOOD_ON : MH_FLOOD_OFF;
    return MNL_CB_OK;
}

static int ask_link(struct mh_lab *lab, const char *name, unsigned index, mnl_cb_t read,
    struct mh_switch_plan *ret_plan, struct mh_error *err)
{
    struct mh_attempt attempt = {"read", "switch %s", {name}};
    struct ifinfomsg link;

    memset(&link, 0, sizeof(link));
    link.ifi_index = (int)index;
    mh_netlink_add(lab->netlink, RTM_GETLINK, 0, &link, sizeof(link), &attempt);
    return mh_netlink_ask(lab->netlink, read, ret_plan, err);
}

int mh_lab_read_switch(
    struct mh_lab *lab, int number, struct mh_switch_plan *ret_plan, struct mh_error *err)
{
    const struct mh_lab_switch *bridge = mh_lab_built_switch(lab, number, err);
    const struct mh_lab_port *port;
    struct mh_switch_plan plan;
    int status;

    if (!bridge)
        return -EINVAL;
    plan = bridge->plan;
    port = mh_lab_first_port(lab, &bridge->ports);
    status = ask_link(lab, plan.name, bridge->index, read_bridge, &plan, err);
    if (!status && port)
        status = ask_link(lab, plan.name, port->made.switch_index, read_port, &plan, err);
    if (!status)
        *ret_plan = plan;
    return status;
}
