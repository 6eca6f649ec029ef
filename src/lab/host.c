#include "lab/host.h"

#include "lab/interface.h"
#include "lab/neighbour.h"
#include "lab/route.h"
#include "net/netns.h"

enum { LO_INDEX = 1, LINK_LOCAL_PREFIX = 64 };

int mh_hosts_create(struct mh_lab *lab, struct mh_error *err)
{
    int status = 0;

    for (int i = 0; i < lab->host_count && !status; i++) {
        status = mh_netns_create(&lab->hosts[i].netns, err);
        if (!status && lab->has_router)
            mh_routing_prepare(lab->hosts[i].forwards);
    }
    return status;
}

/* ---- one interface -------------------------------------------------------------------------
 */

static struct mh_attempt attempt_on(
    const struct mh_lab *lab, const struct mh_lab_port *port, const char *sentence)
{
    return (struct mh_attempt){
        "configure host", sentence, {port->made.interface, mh_lab_host_of(lab, port)->name}};
}

/* For IPv6 every interface brings a route of its own; only among several must one be preferred.
 */
static void route_multicast(
    struct mh_lab *lab, const struct mh_lab_port *port, const struct mh_attempt *attempt)
{
    if (!port->plan.default_multicast)
        return;
    mh_interface_multicast(lab->host_link, port->made.interface_index, attempt);
    if (mh_lab_host_of(lab, port)->ports.count > 1)
        mh_interface_multicast6(lab->host_link, port->made.interface_index, attempt);
}

static void raise_port(struct mh_lab *lab, const struct mh_lab_port *port)
{
    struct mh_attempt up = attempt_on(lab, port, "bring up %s of host %s");
    unsigned index = port->made.interface_index;

    mh_interface_stop_autoconfiguration(lab->host_link, index, &up);
    mh_interface_up(lab->host_link, index, &up);
    mh_interface_settle(lab->host_link, index, &up);
}

static void configure_port(struct mh_lab *lab, const struct mh_lab_port *port)
{
    struct mh_attempt address = attempt_on(lab, port, "give %s of host %s its IPv4 address");
    struct mh_attempt address6 = attempt_on(lab, port, "give %s of host %s its IPv6 address");
    struct mh_attempt route = attempt_on(lab, port, "route multicast through %s of host %s");
    unsigned index = port->made.interface_index;
    struct mh_netlink *netlink = lab->host_link;

    mh_interface_address(
        netlink, index, &port->plan.address, port->plan.prefix_length, &address);
    mh_interface_address(netlink, index, &port->link_local, LINK_LOCAL_PREFIX, &address6);
    mh_interface_address(
        netlink, index, &port->plan.address6, port->plan.prefix_length6, &address6);
    mh_interface_route_to_self6(netlink, index, &port->plan.address6, &address6);
    route_multicast(lab, port, &route);
    if (mh_neighbours_are_meshed(lab, port))
        mh_neighbours_add_all(lab, netlink, port);
}

/* ---- all hosts -----------------------------------------------------------------------------
 */

static int visit(struct mh_lab *lab, const struct mh_lab_host *host, struct mh_error *err)
{
    int status = mh_netns_enter(host->netns, err);

    return status ? status : mh_netlink_connect(lab->host_link, err);
}

static int for_each_port(struct mh_lab *lab, const struct mh_lab_host *host,
    void (*act)(struct mh_lab *, const struct mh_lab_port *), struct mh_error *err)
{
    for (const struct mh_lab_port *port = mh_lab_first_port(lab, &host->ports); port;
         port = mh_lab_next_of_host(lab, port))
        act(lab, port);
    return mh_netlink_send(lab->host_link, err);
}

int mh_hosts_raise(struct mh_lab *lab, struct mh_error *err)
{
    int status = 0;

    for (int i = 0; i < lab->host_count && !status; i++) {
        const struct mh_lab_host *host = &lab->hosts[i];
        struct mh_attempt attempt = {"configure host", "bring up lo of host %s", {host->name}};

        status = visit(lab, host, err);
        if (status)
            break;
        mh_interface_up(lab->host_link, LO_INDEX, &attempt);
        status = for_each_port(lab, host, raise_port, err);
    }
    return status;
}

int mh_hosts_configure(struct mh_lab *lab, struct mh_error *err)
{
    int status = 0;

    for (int i = 0; i < lab->host_count && !status; i++) {
        status = visit(lab, &lab->hosts[i], err);
        if (!status)
            status = for_each_port(lab, &lab->hosts[i], configure_port, err);
    }
    return status;
}
