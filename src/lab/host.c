#include "lab/host.h"

#include "lab/cable.h"
#include "lab/interface.h"
#include "lab/loopback.h"
#include "lab/neighbour.h"
#include "lab/route.h"
#include "lab/settle.h"
#include "lab/switch.h"
#include "net/netns.h"

enum { LINK_LOCAL_PREFIX = 64 };

/* ---- one interface -------------------------------------------------------------------------
 */

static struct mh_attempt attempt_on(const struct mh_lab *lab, const struct mh_lab_port *port,
    const char *operation, const char *sentence)
{
    return (struct mh_attempt){
        operation, sentence, {port->made.interface, mh_lab_host_of(lab, port)->name}};
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
    struct mh_attempt up = attempt_on(lab, port, "bring up", "%s of host %s");
    unsigned index = port->made.interface_index;

    mh_interface_stop_autoconfiguration(lab->host_link, index, &up);
    mh_interface_up(lab->host_link, index, &up);
    mh_interface_settle(lab->host_link, index, &up);
}

static void configure_port(struct mh_lab *lab, const struct mh_lab_port *port)
{
    struct mh_attempt address = attempt_on(lab, port, "give", "%s of host %s its IPv4 address");
    struct mh_attempt address6 =
        attempt_on(lab, port, "give", "%s of host %s its IPv6 address");
    struct mh_attempt route = attempt_on(lab, port, "route", "multicast through %s of host %s");
    unsigned index = port->made.interface_index;
    struct mh_netlink *netlink = lab->host_link;

    mh_interface_address(
        netlink, index, &port->plan.address, port->plan.prefix_length, &address);
    mh_interface_address(netlink, index, &port->link_local, LINK_LOCAL_PREFIX, &address6);
    mh_interface_address(
        netlink, index, &port->plan.address6, port->plan.prefix_length6, &address6);
    mh_interface_route_to_self6(netlink, index, &port->plan.address6, &address6);
    mh_interface_route_to_self6(netlink, index, &port->link_local, &address6);
    route_multicast(lab, port, &route);
    if (mh_neighbours_are_meshed(lab, port))
        mh_neighbours_add_all(lab, netlink, port);
}

/* ---- one host ------------------------------------------------------------------------------
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

static int raise_host(struct mh_lab *lab, struct mh_lab_host *host, struct mh_error *err)
{
    host->raised = true;
    return for_each_port(lab, host, raise_port, err);
}

/* Lest its first reports are sent to a port that is not up yet. Spared switches do it for all
 * their ports. */
static int hasten_ports(
    struct mh_lab *lab, const struct mh_lab_host *host, struct mh_error *err)
{
    int status = 0;

    for (struct mh_lab_port *port = mh_lab_first_port(lab, &host->ports); port && !status;
         port = mh_lab_next_of_host(lab, port)) {
        const struct mh_lab_switch *bridge = mh_lab_switch_of(lab, port);

        if (bridge && !mh_switch_is_spared(bridge))
            status = mh_settle_hasten_port(lab, port, err);
    }
    return status;
}

static int configure_host(struct mh_lab *lab, struct mh_lab_host *host, struct mh_error *err)
{
    int status = hasten_ports(lab, host, err);

    host->configured = true;
    return status ? status : for_each_port(lab, host, configure_port, err);
}

/* ---- making them ---------------------------------------------------------------------------
 */

/* What a host has of itself, and nobody needs to wait for. */
static int prepare_host(void *context, int number, struct mh_error *err)
{
    const struct mh_lab *lab = context;

    if (lab->has_router)
        mh_routing_prepare(lab->hosts[number].forwards);
    return mh_loopback_raise(err);
}

struct mh_netns_maker *mh_hosts_begin(struct mh_lab *lab)
{
    return mh_netns_maker_start(lab->host_count, prepare_host, lab);
}

/* A cable to another host waits for that one. */
static bool has_all_cables(const struct mh_lab *lab, const struct mh_lab_host *host)
{
    for (const struct mh_lab_port *port = mh_lab_first_port(lab, &host->ports); port;
         port = mh_lab_next_of_host(lab, port))
        if (mh_lab_peer_of(lab, port))
            return false;
    return true;
}

/* A switch that is spared its snooping would miss what it reports. */
static bool may_send(const struct mh_lab *lab, const struct mh_lab_host *host)
{
    for (const struct mh_lab_port *port = mh_lab_first_port(lab, &host->ports); port;
         port = mh_lab_next_of_host(lab, port))
        if (mh_switch_is_spared(mh_lab_switch_of(lab, port)))
            return false;
    return true;
}

/* All of a host in one go: what the kernel has just touched of it is still at hand. */
static int create_host(struct mh_lab *lab, struct mh_lab_host *host, struct mh_error *err)
{
    int status = mh_cables_attach(lab, host, err);

    if (status || !has_all_cables(lab, host))
        return status;
    status = visit(lab, host, err);
    if (!status)
        status = raise_host(lab, host, err);
    return status || !may_send(lab, host) ? status : configure_host(lab, host, err);
}

int mh_hosts_create(
    struct mh_lab *lab, struct mh_netns_maker *namespaces, int until, struct mh_error *err)
{
    int status = 0;

    for (int i = 0; i < lab->host_count && i < until && !status; i++) {
        if (lab->hosts[i].netns >= 0)
            continue;
        status = mh_netns_maker_take(namespaces, &lab->hosts[i].netns, err);
        if (!status)
            status = create_host(lab, &lab->hosts[i], err);
    }
    return status;
}

int mh_hosts_raise(struct mh_lab *lab, struct mh_error *err)
{
    int status = 0;

    for (int i = 0; i < lab->host_count && !status; i++) {
        if (lab->hosts[i].raised)
            continue;
        status = visit(lab, &lab->hosts[i], err);
        if (!status)
            status = raise_host(lab, &lab->hosts[i], err);
    }
    return status;
}

int mh_hosts_configure(struct mh_lab *lab, struct mh_error *err)
{
    int status = 0;

    for (int i = 0; i < lab->host_count && !status; i++) {
        if (lab->hosts[i].configured)
            continue;
        status = visit(lab, &lab->hosts[i], err);
        if (!status)
            status = configure_host(lab, &lab->hosts[i], err);
    }
    return status;
}
