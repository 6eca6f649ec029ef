/* A bridge that becomes querier floods everything, joined groups included, for one query
 * response interval. The trick: at birth that interval is zero, and no port is there yet.
 * Snooping is switched on last, which starts the first queries: they tell that the grace is
 * over (grace.c). So the order of messages matters, and one message is one step, because within
 * a message the kernel has an order of its own (querier before timers). */
#include "lab/switch.h"

#include "lab/bridge.h"
#include "lab/grace.h"
#include "lab/interface.h"
#include "lab/settle.h"
#include "net/machine.h"
#include "net/netns.h"
#include "net/sysctl.h"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

enum {
    /* RFC 3376 section 8.3 and the kernel's default, to be put back after the trick. */
    QUERY_RESPONSE_INTERVAL_CS = 1000,
    /* The kernel's 4096 is soon passed by source-specific entries, and then it switches
     * snooping off without a word. What is allowed costs nothing until it is used. */
    MDB_ENTRIES_MAX = 1 << 20,
    FIRST_BRIDGE_INDEX = 2, /* 1 is lo */
    PORTS_WITH_SNOOPING_MAX = 64,
};

/* ---- the namespace -------------------------------------------------------------------------
 */

/* The machine's packet filter has no say in a switch. A setting that is absent or read-only
 * means that the feature is not there to be switched off. */
static void bypass_packet_filter(void)
{
    mh_sysctl_write(-1, "net/bridge/bridge-nf-call-iptables", "0", NULL);
    mh_sysctl_write(-1, "net/bridge/bridge-nf-call-ip6tables", "0", NULL);
    mh_sysctl_write(-1, "net/bridge/bridge-nf-call-arptables", "0", NULL);
}

/* ---- making a bridge -----------------------------------------------------------------------
 */

static struct mh_attempt attempt_on(
    const struct mh_lab_switch *bridge, const char *operation, const char *sentence)
{
    return (struct mh_attempt){operation, sentence, {bridge->plan.name}};
}

static void put_timer(struct nlmsghdr *message, uint16_t type, uint32_t centiseconds)
{
    if (centiseconds)
        mnl_attr_put_u64(message, type, centiseconds);
}

static void put_multicast_plan(struct nlmsghdr *message, const struct mh_switch_plan *plan)
{
    mnl_attr_put_u8(message, IFLA_BR_MCAST_SNOOPING, 0);
    mnl_attr_put_u8(message, IFLA_BR_MCAST_IGMP_VERSION, plan->igmp_version);
    mnl_attr_put_u8(message, IFLA_BR_MCAST_MLD_VERSION, plan->mld_version);
    mnl_attr_put_u32(message, IFLA_BR_MCAST_HASH_MAX, MDB_ENTRIES_MAX);
    put_timer(message, IFLA_BR_MCAST_QUERY_INTVL, plan->query_interval);
    put_timer(message, IFLA_BR_MCAST_LAST_MEMBER_INTVL, plan->last_member_interval);
    put_timer(message, IFLA_BR_MCAST_STARTUP_QUERY_INTVL, plan->startup_query_interval);
    put_timer(message, IFLA_BR_MCAST_MEMBERSHIP_INTVL, plan->membership_interval);
    put_timer(message, IFLA_BR_MCAST_QUERIER_INTVL, plan->querier_interval);
    mnl_attr_put_u64(message, IFLA_BR_MCAST_QUERY_RESPONSE_INTVL, 0);
    if (plan->address.family == AF_INET)
        mnl_attr_put_u8(message, IFLA_BR_MCAST_QUERY_USE_IFADDR, 1);
}

void mh_switch_mac(const struct mh_lab_switch *bridge, uint8_t ret_mac[6])
{
    const uint8_t mac[6] = {
        0x02, 0x53, 0, 0, (uint8_t)(bridge->index >> 8), (uint8_t)bridge->index};

    memcpy(ret_mac, mac, sizeof(mac));
}

/* An address of its own keeps the bridge from taking each new port's over. */
static void put_mac(struct nlmsghdr *message, const struct mh_lab_switch *bridge)
{
    uint8_t mac[6];

    mh_switch_mac(bridge, mac);
    mnl_attr_put(message, IFLA_ADDRESS, sizeof(mac), mac);
}

static void add_bridge(struct mh_netlink *netlink, const struct mh_lab_switch *bridge)
{
    struct mh_attempt attempt = attempt_on(bridge, "create", "switch %s");
    struct nlattr *info, *data;
    struct nlmsghdr *message;
    struct ifinfomsg link;

    memset(&link, 0, sizeof(link));
    link.ifi_index = (int)bridge->index;
    message = mh_netlink_add(
        netlink, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &link, sizeof(link), &attempt);
    mnl_attr_put_strz(message, IFLA_IFNAME, bridge->device);
    put_mac(message, bridge);
    info = mnl_attr_nest_start(message, IFLA_LINKINFO);
    mnl_attr_put_strz(message, IFLA_INFO_KIND, "bridge");
    data = mnl_attr_nest_start(message, IFLA_INFO_DATA);
    mnl_attr_put_u32(message, IFLA_BR_STP_STATE, 0);
    put_multicast_plan(message, &bridge->plan);
    mnl_attr_nest_end(message, data);
    mnl_attr_nest_end(message, info);
}

/* Without a usable link-local address a bridge sends no MLD queries, and IPv6 floods. */
static void add_link_local(struct mh_netlink *netlink, const struct mh_lab_switch *bridge)
{
    struct mh_attempt attempt = attempt_on(bridge, "give", "switch %s a link-local address");
    const struct mh_addr address = {.family = AF_INET6,
        .v6.s6_addr = {0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0x53, 0, 0, 0, 0,
            (uint8_t)(bridge->index >> 8), (uint8_t)bridge->index}};

    mh_interface_address(netlink, bridge->index, &address, 64, &attempt);
}

/* Elections are won by the lowest address, and those without one do not take part. */
static void add_address(struct mh_netlink *netlink, const struct mh_lab_switch *bridge)
{
    struct mh_attempt attempt = attempt_on(bridge, "give", "switch %s its IPv4 address");
    const struct mh_switch_plan *plan = &bridge->plan;

    if (plan->address.family == AF_INET)
        mh_interface_address(
            netlink, bridge->index, &plan->address, plan->prefix_length, &attempt);
}

static void make_switch(struct mh_netlink *netlink, const struct mh_lab_switch *bridge)
{
    struct mh_attempt attempt = attempt_on(bridge, "set up", "switch %s");
    const struct mh_switch_plan *plan = &bridge->plan;

    add_bridge(netlink, bridge);
    mh_interface_stop_autoconfiguration(netlink, bridge->index, &attempt);
    mh_interface_up(netlink, bridge->index, &attempt);
    add_link_local(netlink, bridge);
    add_address(netlink, bridge);
    if (plan->querier)
        mh_bridge_set_flag(netlink, bridge->index, IFLA_BR_MCAST_QUERIER, 1, &attempt);
    mh_bridge_set_timer(netlink, bridge->index, IFLA_BR_MCAST_QUERY_RESPONSE_INTVL,
        plan->query_response_interval ? plan->query_response_interval
                                      : QUERY_RESPONSE_INTERVAL_CS,
        &attempt);
    if (plan->snooping)
        mh_bridge_set_flag(netlink, bridge->index, IFLA_BR_MCAST_SNOOPING, 1, &attempt);
}

/* The bridge floods the reports of hosts that join together to all ports: beyond the input
 * queue that loses frames, test data among them. */
static bool should_flood(const struct mh_lab_switch *bridge, unsigned backlog)
{
    uint64_t ports = (uint64_t)bridge->ports.count;

    if (bridge->plan.flood_unknown != MH_FLOOD_AUTO)
        return bridge->plan.flood_unknown == MH_FLOOD_ON;
    return !bridge->plan.snooping || !bridge->plan.querier || ports * ports <= backlog;
}

static int send_on_one_processor(struct mh_netlink *netlink, struct mh_error *err)
{
    cpu_set_t before;
    bool held = mh_grace_hold_processor(&before) == 0;
    int status = mh_netlink_send(netlink, err);

    if (held)
        mh_grace_release_processor(&before);
    return status;
}

int mh_switches_create(struct mh_lab *lab, struct mh_error *err)
{
    unsigned backlog = mh_machine_backlog_limit();
    int status = mh_netns_create(&lab->switch_netns, err);

    if (status)
        return status;
    status = mh_netlink_connect(lab->netlink, err);
    if (status)
        return status;
    bypass_packet_filter();
    mh_sysctl_write(-1, "net/ipv6/conf/default/accept_ra", "0", NULL);
    for (int i = 0; i < lab->switch_count; i++) {
        struct mh_lab_switch *bridge = &lab->switches[i];

        bridge->index = FIRST_BRIDGE_INDEX + (unsigned)i;
        bridge->flood_unknown = should_flood(bridge, backlog);
        snprintf(bridge->device, sizeof(bridge->device), "br%d", i);
        make_switch(lab->netlink, bridge);
    }
    status = send_on_one_processor(lab->netlink, err);
    /* From here on new devices are ports, which need no IPv6 of their own. */
    mh_sysctl_write(-1, "net/ipv6/conf/default/disable_ipv6", "1", NULL);
    return status;
}

/* ---- while ports come up -------------------------------------------------------------------
 */

/* Each port that comes up starts the first queries of all that are up over again
 * (br_port_state_selection() in the kernel): with a thousand ports that is a third of the work.
 */
bool mh_switch_is_spared(const struct mh_lab_switch *bridge)
{
    return bridge->plan.snooping && bridge->ports.count > PORTS_WITH_SNOOPING_MAX;
}

static int set_snooping(struct mh_lab *lab, bool on, struct mh_error *err)
{
    for (int i = 0; i < lab->switch_count; i++) {
        const struct mh_lab_switch *bridge = &lab->switches[i];
        struct mh_attempt attempt = attempt_on(bridge, "set up", "switch %s");

        if (mh_switch_is_spared(bridge))
            mh_bridge_set_flag(
                lab->netlink, bridge->index, IFLA_BR_MCAST_SNOOPING, on, &attempt);
    }
    return mh_netlink_send(lab->netlink, err);
}

int mh_switches_pause_snooping(struct mh_lab *lab, struct mh_error *err)
{
    return set_snooping(lab, false, err);
}

static int hasten_ports(
    struct mh_lab *lab, const struct mh_lab_switch *bridge, struct mh_error *err)
{
    int status = 0;

    for (struct mh_lab_port *port = mh_lab_first_port(lab, &bridge->ports); port && !status;
         port = mh_lab_next_of_switch(lab, port))
        status = mh_settle_hasten_port(lab, port, err);
    return status;
}

/* Ports that were not up yet only cost the time that this was to save. */
int mh_switches_resume_snooping(struct mh_lab *lab, struct mh_error *err)
{
    int status = 0;

    for (int i = 0; i < lab->switch_count && !status; i++)
        if (mh_switch_is_spared(&lab->switches[i]))
            status = hasten_ports(lab, &lab->switches[i], err);
    return status ? status : set_snooping(lab, true, err);
}
