#include "lab/route.h"

#include "lab/describe.h"
#include "net/netns.h"
#include "net/sysctl.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>

/* ---- describing ----------------------------------------------------------------------------
 */

static bool is_consistent(const struct mh_route_plan *plan)
{
    sa_family_t family = plan->destination.family;

    return (family == AF_INET || family == AF_INET6) && plan->gateway.family == family &&
           plan->prefix_length <= (family == AF_INET ? 32 : 128) &&
           !mh_addr_is_any(&plan->gateway) && !mh_addr_is_multicast(&plan->gateway);
}

int mh_lab_add_route(struct mh_lab *lab, const struct mh_route_plan *plan, struct mh_error *err)
{
    const char *operation = "add route";
    char to[MH_ADDR_TEXT_MAX], through[MH_ADDR_TEXT_MAX];
    struct mh_lab_route *route;
    struct mh_lab_host *host;

    if (plan->port < 0 || plan->port >= lab->port_count)
        return mh_error_set(err, -EINVAL, operation, "out of port number %d of %d", plan->port,
            lab->port_count);
    if (!is_consistent(plan))
        return mh_error_set_said(err, -EINVAL, operation,
            "expected a subnet and a gateway of one family", "to %s/%u through %s",
            mh_addr_format(&plan->destination, to), plan->prefix_length,
            mh_addr_format(&plan->gateway, through));
    host = mh_lab_host_of(lab, &lab->ports[plan->port]);
    if (mh_describe_check_time(lab, operation, host->name, err))
        return -EBUSY;
    route = mh_describe_grow(lab->routes, lab->route_count, sizeof(*route));
    if (!route)
        return mh_describe_out_of_memory(err);
    lab->routes = route;
    route += lab->route_count;
    memset(route, 0, sizeof(*route));
    route->plan = *plan;
    route->next_of_host = host->last_route;
    host->last_route = lab->route_count++;
    return 0;
}

/* ---- building ------------------------------------------------------------------------------
 */

void mh_routing_prepare(bool forwards)
{
    /* A new namespace takes these from the machine, where distributions set 1 or 2: then what
     * came through a router is dropped, multicast without a word (ip-sysctl.rst). A setting
     * that is absent means that the family is not there to be set up. */
    mh_sysctl_write(-1, "net/ipv4/conf/all/rp_filter", "0", NULL);
    mh_sysctl_write(-1, "net/ipv4/conf/default/rp_filter", "0", NULL);
    mh_sysctl_write(-1, "net/ipv4/ip_forward", forwards ? "1" : "0", NULL);
    mh_sysctl_write(-1, "net/ipv6/conf/all/forwarding", forwards ? "1" : "0", NULL);
}

static void put_address(struct nlmsghdr *message, uint16_t type, const struct mh_addr *address)
{
    if (address->family == AF_INET)
        mnl_attr_put(message, type, sizeof(address->v4), &address->v4);
    else
        mnl_attr_put(message, type, sizeof(address->v6), &address->v6);
}

static void add_route(struct mh_lab *lab, const struct mh_route_plan *plan)
{
    const struct mh_lab_port *port = &lab->ports[plan->port];
    struct mh_attempt attempt = {"give", "host %s a route through %s",
        {mh_lab_host_of(lab, port)->name, port->made.interface}};
    struct nlmsghdr *message;
    struct rtmsg header;

    memset(&header, 0, sizeof(header));
    header.rtm_family = (uint8_t)plan->destination.family;
    header.rtm_dst_len = plan->prefix_length;
    header.rtm_table = RT_TABLE_MAIN;
    header.rtm_protocol = RTPROT_STATIC;
    header.rtm_scope = RT_SCOPE_UNIVERSE;
    header.rtm_type = RTN_UNICAST;
    message = mh_netlink_add(lab->host_link, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, &header,
        sizeof(header), &attempt);
    if (plan->prefix_length)
        put_address(message, RTA_DST, &plan->destination);
    put_address(message, RTA_GATEWAY, &plan->gateway);
    mnl_attr_put_u32(message, RTA_OIF, port->made.interface_index);
}

static int install_on(struct mh_lab *lab, const struct mh_lab_host *host, struct mh_error *err)
{
    int status;

    if (host->last_route == MH_NO_PORT)
        return 0;
    status = mh_netns_enter(host->netns, err);
    if (!status)
        status = mh_netlink_connect(lab->host_link, err);
    if (status)
        return status;
    for (int i = host->last_route; i != MH_NO_PORT; i = lab->routes[i].next_of_host)
        add_route(lab, &lab->routes[i].plan);
    return mh_netlink_send(lab->host_link, err);
}

int mh_routes_install(struct mh_lab *lab, struct mh_error *err)
{
    int status = 0;

    for (int i = 0; i < lab->host_count && !status; i++)
        status = install_on(lab, &lab->hosts[i], err);
    return status;
}
