/* Changes of a switch that runs. What becomes querier floods for one query response interval;
 * that is shortened for the moment, but not to nothing: IGMPv2 hosts would take a query without
 * a response time for one of IGMPv1. (RFC 3376 section 7.1; br_multicast_set_querier()) */
#include "lab/attribute.h"
#include "lab/bridge.h"
#include "lab/grace.h"
#include "lab/network.h"

#include <errno.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sched.h>
#include <string.h>

enum {
    USUAL_RESPONSE_INTERVAL_CS = 1000, /* RFC 3376 section 8.3 */
    SHORT_RESPONSE_INTERVAL_CS = 10,   /* the shortest that an IGMPv2 query can tell */
    MS_PER_CS = 10,
    /* A long timer of the kernel's clock is up to an eighth late. */
    LATENESS_DIVISOR = 8,
    LATENESS_MS = 10,
};

/* ---- the bridge ----------------------------------------------------------------------------
 */

static struct mh_attempt changing(const struct mh_lab_switch *bridge)
{
    return (struct mh_attempt){"change", "switch %s", {bridge->plan.name}};
}

static void set_timer(struct mh_lab *lab, const struct mh_lab_switch *bridge, uint16_t type,
    uint32_t before, uint32_t now)
{
    struct mh_attempt attempt = changing(bridge);

    if (now && now != before)
        mh_bridge_set_timer(lab->netlink, bridge->index, type, now, &attempt);
}

static void set_flag(struct mh_lab *lab, const struct mh_lab_switch *bridge, uint16_t type,
    unsigned before, unsigned now)
{
    struct mh_attempt attempt = changing(bridge);

    if (now != before)
        mh_bridge_set_flag(lab->netlink, bridge->index, type, (uint8_t)now, &attempt);
}

static void set_timers(
    struct mh_lab *lab, const struct mh_lab_switch *bridge, const struct mh_switch_plan *plan)
{
    const struct mh_switch_plan *old = &bridge->plan;

    set_timer(
        lab, bridge, IFLA_BR_MCAST_QUERY_INTVL, old->query_interval, plan->query_interval);
    set_timer(lab, bridge, IFLA_BR_MCAST_LAST_MEMBER_INTVL, old->last_member_interval,
        plan->last_member_interval);
    set_timer(lab, bridge, IFLA_BR_MCAST_STARTUP_QUERY_INTVL, old->startup_query_interval,
        plan->startup_query_interval);
    set_timer(lab, bridge, IFLA_BR_MCAST_MEMBERSHIP_INTVL, old->membership_interval,
        plan->membership_interval);
    set_timer(lab, bridge, IFLA_BR_MCAST_QUERIER_INTVL, old->querier_interval,
        plan->querier_interval);
}

/* What 0 in a plan left the bridge with (switch.c). */
static uint32_t response_of(const struct mh_switch_plan *plan)
{
    return plan->query_response_interval ? plan->query_response_interval
                                         : USUAL_RESPONSE_INTERVAL_CS;
}

/* In this order the first query already is of the new version, and only of what is to be. */
static void set_bridge(struct mh_lab *lab, const struct mh_lab_switch *bridge,
    const struct mh_switch_plan *plan, bool is_shortened)
{
    const struct mh_switch_plan *old = &bridge->plan;
    const uint32_t response =
        plan->query_response_interval ? plan->query_response_interval : response_of(old);

    set_flag(lab, bridge, IFLA_BR_MCAST_IGMP_VERSION, old->igmp_version, plan->igmp_version);
    set_flag(lab, bridge, IFLA_BR_MCAST_MLD_VERSION, old->mld_version, plan->mld_version);
    set_timers(lab, bridge, plan);
    if (is_shortened)
        set_timer(
            lab, bridge, IFLA_BR_MCAST_QUERY_RESPONSE_INTVL, 0, SHORT_RESPONSE_INTERVAL_CS);
    set_flag(lab, bridge, IFLA_BR_MCAST_QUERIER, old->querier, plan->querier);
    set_timer(lab, bridge, IFLA_BR_MCAST_QUERY_RESPONSE_INTVL,
        is_shortened ? SHORT_RESPONSE_INTERVAL_CS : response_of(old), response);
    set_flag(lab, bridge, IFLA_BR_MCAST_SNOOPING, old->snooping, plan->snooping);
}

/* ---- its ports -----------------------------------------------------------------------------
 */

static void set_port(
    struct mh_lab *lab, const struct mh_lab_port *port, uint16_t type, uint8_t value)
{
    struct mh_attempt attempt = {"change", "the port of host %s on switch %s",
        {mh_lab_host_of(lab, port)->name, mh_lab_switch_of(lab, port)->plan.name}};
    struct nlmsghdr *message;
    struct ifinfomsg link;
    struct nlattr *info;

    memset(&link, 0, sizeof(link));
    link.ifi_family = AF_BRIDGE;
    link.ifi_index = (int)port->made.switch_index;
    message = mh_netlink_add(lab->netlink, RTM_SETLINK, 0, &link, sizeof(link), &attempt);
    info = mnl_attr_nest_start(message, IFLA_PROTINFO);
    mnl_attr_put_u8(message, type, value);
    mnl_attr_nest_end(message, info);
}

static void set_ports(
    struct mh_lab *lab, const struct mh_lab_switch *bridge, const struct mh_switch_plan *plan)
{
    bool floods = plan->flood_unknown == MH_FLOOD_AUTO ? bridge->flood_unknown
                                                       : plan->flood_unknown == MH_FLOOD_ON;

    for (const struct mh_lab_port *port = mh_lab_first_port(lab, &bridge->ports); port;
         port = mh_lab_next_of_switch(lab, port)) {
        if (plan->fast_leave != bridge->plan.fast_leave)
            set_port(lab, port, IFLA_BRPORT_FAST_LEAVE, plan->fast_leave);
        if (floods != bridge->flood_unknown)
            set_port(lab, port, IFLA_BRPORT_MCAST_FLOOD, floods);
    }
}

/* ---- all of it -----------------------------------------------------------------------------
 */

static void keep_timer(uint32_t *timer, uint32_t before)
{
    if (!*timer)
        *timer = before;
}

/* What was not told stays what it was. */
static void remember(struct mh_lab_switch *bridge, const struct mh_switch_plan *plan)
{
    const struct mh_switch_plan old = bridge->plan;
    struct mh_switch_plan *now = &bridge->plan;

    *now = *plan;
    now->name = old.name;
    now->address = old.address;
    now->prefix_length = old.prefix_length;
    if (plan->flood_unknown == MH_FLOOD_AUTO)
        now->flood_unknown = old.flood_unknown;
    else
        bridge->flood_unknown = plan->flood_unknown == MH_FLOOD_ON;
    keep_timer(&now->query_interval, old.query_interval);
    keep_timer(&now->query_response_interval, old.query_response_interval);
    keep_timer(&now->last_member_interval, old.last_member_interval);
    keep_timer(&now->startup_query_interval, old.startup_query_interval);
    keep_timer(&now->membership_interval, old.membership_interval);
    keep_timer(&now->querier_interval, old.querier_interval);
}

static int send_on_one_processor(
    struct mh_lab *lab, struct mh_lab_switch *bridge, struct mh_error *err)
{
    cpu_set_t before;
    bool held = mh_grace_hold_processor(&before) == 0;
    int status;

    bridge->grace_cpu = held ? sched_getcpu() : -1;
    status = mh_netlink_send(lab->netlink, err);
    if (held)
        mh_grace_release_processor(&before);
    return status;
}

static int refuse_switch(struct mh_error *err, int number)
{
    return mh_error_set(err, -EINVAL, "change", "switch number %d, which is not built", number);
}

static bool is_built(const struct mh_lab *lab, int number)
{
    return number >= 0 && number < lab->switch_count && lab->switch_netns >= 0;
}

int mh_lab_set_switch(struct mh_lab *lab, int number, const struct mh_switch_plan *plan,
    unsigned *ret_grace_ms, struct mh_error *err)
{
    struct mh_lab_switch *bridge;
    uint32_t response;
    bool begins, is_shortened;
    int status;

    if (!is_built(lab, number))
        return refuse_switch(err, number);
    bridge = &lab->switches[number];
    begins = plan->querier && !bridge->plan.querier;
    response = response_of(&bridge->plan);
    is_shortened = begins && response > SHORT_RESPONSE_INTERVAL_CS;
    if (is_shortened)
        response = SHORT_RESPONSE_INTERVAL_CS;
    set_bridge(lab, bridge, plan, is_shortened);
    set_ports(lab, bridge, plan);
    status = send_on_one_processor(lab, bridge, err);
    if (status)
        return status;
    remember(bridge, plan);
    *ret_grace_ms =
        begins ? response * MS_PER_CS * (LATENESS_DIVISOR + 1) / LATENESS_DIVISOR + LATENESS_MS
               : 0;
    return 0;
}

int mh_lab_await_grace(struct mh_lab *lab, int number, struct mh_error *err)
{
    if (!is_built(lab, number))
        return refuse_switch(err, number);
    return mh_grace_outlast_timers(lab->switches[number].grace_cpu, err);
}

/* ---- one port ------------------------------------------------------------------------------
 */

static int check_port(const struct mh_lab *lab, int port, struct mh_error *err)
{
    if (lab->switch_netns >= 0 && port >= 0 && port < lab->port_count &&
        mh_lab_switch_of(lab, &lab->ports[port]))
        return 0;
    return mh_error_set(err, -EINVAL, "change", "port number %d, which no switch has", port);
}

int mh_lab_set_multicast_router(
    struct mh_lab *lab, int port, uint8_t mode, struct mh_error *err)
{
    int status = check_port(lab, port, err);

    if (status)
        return status;
    set_port(lab, &lab->ports[port], IFLA_BRPORT_MULTICAST_ROUTER, mode);
    return mh_netlink_send(lab->netlink, err);
}

static int take_mode(const struct nlmsghdr *message, void *context)
{
    uint8_t *mode = context;

    *mode = (uint8_t)mh_attribute_number(
        mh_attribute_find(message, sizeof(struct ifinfomsg),
            (struct mh_attribute_path){
                {IFLA_LINKINFO, IFLA_INFO_SLAVE_DATA, IFLA_BRPORT_MULTICAST_ROUTER}}),
        MDB_RTR_TYPE_DISABLED);
    return MNL_CB_OK;
}

int mh_lab_read_multicast_router(
    struct mh_lab *lab, int port, uint8_t *ret_mode, struct mh_error *err)
{
    struct mh_attempt attempt = {"read", "a port of a switch", {NULL}};
    int status = check_port(lab, port, err);
    struct ifinfomsg link;

    if (status)
        return status;
    memset(&link, 0, sizeof(link));
    link.ifi_index = (int)lab->ports[port].made.switch_index;
    mh_netlink_add(lab->netlink, RTM_GETLINK, 0, &link, sizeof(link), &attempt);
    return mh_netlink_ask(lab->netlink, take_mode, ret_mode, err);
}
