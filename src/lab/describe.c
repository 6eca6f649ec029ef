#include "lab/describe.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Below IPv6's minimum the kernel takes IPv6 off the interface, and every one has an IPv6
 * address, be it the link-local one. (RFC 8200, section 5) */
enum { MTU_MIN = 1280, MTU_MAX = 65535 };

/* Room for one more; capacities are powers of two, so the count alone says when to grow. */
void *mh_describe_grow(void *list, int count, size_t size)
{
    if (count & (count - 1))
        return list;
    return realloc(list, (count ? 2 * (size_t)count : 1) * size);
}

int mh_describe_out_of_memory(struct mh_error *err)
{
    return mh_error_set(err, -ENOMEM, "describe", "the network");
}

int mh_describe_check_time(
    const struct mh_lab *lab, const char *operation, const char *name, struct mh_error *err)
{
    if (lab->switch_netns < 0)
        return 0;
    return mh_error_set_said(
        err, -EBUSY, operation, "the network is already built", "%s", name);
}

static const struct mh_port_chain no_ports = {MH_NO_PORT, MH_NO_PORT, 0};

static int check_switch(
    const struct mh_lab *lab, const struct mh_switch_plan *plan, struct mh_error *err)
{
    const char *operation = "add switch";

    if (!plan->name || !plan->name[0])
        return mh_error_set(err, -EINVAL, operation, "without a name");
    for (int i = 0; i < lab->switch_count; i++)
        if (!strcmp(lab->switches[i].plan.name, plan->name))
            return mh_error_set_said(
                err, -EEXIST, operation, "there is one already", "%s", plan->name);
    if (plan->igmp_version < 2 || plan->igmp_version > 3)
        return mh_error_set_said(err, -EINVAL, operation, "expected 2 or 3",
            "%s of IGMP version %u", plan->name, plan->igmp_version);
    if (plan->mld_version < 1 || plan->mld_version > 2)
        return mh_error_set_said(err, -EINVAL, operation, "expected 1 or 2",
            "%s of MLD version %u", plan->name, plan->mld_version);
    return mh_describe_check_time(lab, operation, plan->name, err);
}

int mh_lab_add_switch(
    struct mh_lab *lab, const struct mh_switch_plan *plan, struct mh_error *err)
{
    int status = check_switch(lab, plan, err);
    struct mh_lab_switch *bridge;

    if (status)
        return status;
    bridge = mh_describe_grow(lab->switches, lab->switch_count, sizeof(*bridge));
    if (!bridge)
        return mh_describe_out_of_memory(err);
    lab->switches = bridge;
    bridge += lab->switch_count;
    memset(bridge, 0, sizeof(*bridge));
    bridge->plan = *plan;
    bridge->ports = no_ports;
    bridge->lan = lab->switch_count;
    bridge->plan.name = strdup(plan->name);
    if (!bridge->plan.name)
        return mh_describe_out_of_memory(err);
    return lab->switch_count++;
}

static int check_host(const struct mh_lab *lab, const char *name, struct mh_error *err)
{
    const char *operation = "add host";

    if (!name || !name[0])
        return mh_error_set(err, -EINVAL, operation, "without a name");
    for (int i = 0; i < lab->host_count; i++)
        if (!strcmp(lab->hosts[i].name, name))
            return mh_error_set_said(
                err, -EEXIST, operation, "there is one already", "%s", name);
    return mh_describe_check_time(lab, operation, name, err);
}

int mh_lab_add_host(struct mh_lab *lab, const char *name, struct mh_error *err)
{
    int status = check_host(lab, name, err);
    struct mh_lab_host *host;

    if (status)
        return status;
    host = mh_describe_grow(lab->hosts, lab->host_count, sizeof(*host));
    if (!host)
        return mh_describe_out_of_memory(err);
    lab->hosts = host;
    host += lab->host_count;
    memset(host, 0, sizeof(*host));
    host->netns = -1;
    host->ports = no_ports;
    host->last_route = MH_NO_PORT;
    host->name = strdup(name);
    if (!host->name)
        return mh_describe_out_of_memory(err);
    return lab->host_count++;
}

int mh_lab_add_router(struct mh_lab *lab, const char *name, struct mh_error *err)
{
    int number = mh_lab_add_host(lab, name, err);

    if (number < 0)
        return number;
    lab->hosts[number].forwards = true;
    lab->has_router = true;
    return number;
}

/* What dev_valid_name() in the kernel takes, and not "lo", which every host has. */
static bool is_interface_name(const char *name)
{
    if (!name || !name[0] || strlen(name) >= IFNAMSIZ)
        return false;
    if (!strcmp(name, ".") || !strcmp(name, "..") || !strcmp(name, "lo"))
        return false;
    for (; *name; name++)
        if (*name == '/' || *name == ':' || isspace((unsigned char)*name))
            return false;
    return true;
}

static int check_place(
    const struct mh_lab *lab, const struct mh_port_plan *plan, struct mh_error *err)
{
    const char *operation = "add interface";

    if (plan->host < 0 || plan->host >= lab->host_count)
        return mh_error_set(
            err, -EINVAL, operation, "to host number %d of %d", plan->host, lab->host_count);
    if (plan->attached_switch != MH_NO_SWITCH &&
        (plan->attached_switch < 0 || plan->attached_switch >= lab->switch_count))
        return mh_error_set(err, -EINVAL, operation, "of host %s to switch number %d of %d",
            lab->hosts[plan->host].name, plan->attached_switch, lab->switch_count);
    if (!is_interface_name(plan->interface))
        return mh_error_set_said(err, -EINVAL, operation,
            "expected 1 to 15 characters without '/', ':' or space, and not \"lo\"",
            "'%s' to host %s", plan->interface ? plan->interface : "",
            lab->hosts[plan->host].name);
    return mh_describe_check_time(lab, operation, plan->interface, err);
}

static int check_mtu(
    const struct mh_lab *lab, const struct mh_port_plan *plan, struct mh_error *err)
{
    if (plan->mtu && (plan->mtu < MTU_MIN || plan->mtu > MTU_MAX))
        return mh_error_set(err, -EINVAL, "give", "%s of host %s the MTU %d, expected %d to %d",
            plan->interface, lab->hosts[plan->host].name, plan->mtu, MTU_MIN, MTU_MAX);
    return 0;
}

static int refuse_address(const struct mh_lab *lab, const struct mh_port_plan *plan,
    const struct mh_addr *address, unsigned prefix_length, const char *why,
    struct mh_error *err)
{
    char text[MH_ADDR_TEXT_MAX];

    return mh_error_set_said(err, -EINVAL, "give", why, "%s of host %s the address %s/%u",
        plan->interface, lab->hosts[plan->host].name, mh_addr_format(address, text),
        prefix_length);
}

static int check_address(const struct mh_lab *lab, const struct mh_port_plan *plan,
    const struct mh_addr *address, unsigned prefix_length, sa_family_t family,
    struct mh_error *err)
{
    unsigned longest = family == AF_INET ? 32 : 128;
    const char *why = NULL;

    if (address->family == AF_UNSPEC)
        return 0;
    if (address->family != family)
        why = family == AF_INET ? "not an IPv4 address" : "not an IPv6 address";
    else if (prefix_length < 1 || prefix_length > longest)
        why = family == AF_INET ? "expected a prefix of 1 to 32 bits"
                                : "expected a prefix of 1 to 128 bits";
    else if (mh_addr_is_multicast(address) || mh_addr_is_any(address))
        why = "a host needs a unicast address";
    return why ? refuse_address(lab, plan, address, prefix_length, why, err) : 0;
}

static int check_interface_is_new(
    const struct mh_lab *lab, const struct mh_port_plan *plan, struct mh_error *err)
{
    const struct mh_lab_host *host = &lab->hosts[plan->host];

    for (const struct mh_lab_port *other = mh_lab_first_port(lab, &host->ports); other;
         other = mh_lab_next_of_host(lab, other))
        if (!strcmp(other->made.interface, plan->interface))
            return mh_error_set_said(err, -EEXIST, "add interface", "it has one already",
                "%s to host %s", plan->interface, host->name);
    return 0;
}

static bool share_address(const struct mh_addr *a, const struct mh_addr *b)
{
    return a->family != AF_UNSPEC && mh_addr_equal(a, b);
}

/* A host drops what comes from its own address: a duplicate is silence that nobody explains. */
static int check_address_is_new(
    const struct mh_lab *lab, const struct mh_port_plan *plan, struct mh_error *err)
{
    const struct mh_lab_switch *bridge;

    if (plan->attached_switch == MH_NO_SWITCH)
        return 0;
    bridge = &lab->switches[plan->attached_switch];
    for (const struct mh_lab_port *other = mh_lab_first_port(lab, &bridge->ports); other;
         other = mh_lab_next_of_switch(lab, other)) {
        bool v4 = share_address(&plan->address, &other->plan.address);

        if (v4 || share_address(&plan->address6, &other->plan.address6)) {
            char text[MH_ADDR_TEXT_MAX];

            return mh_error_set(err, -EADDRINUSE, "give",
                "%s of host %s the address %s, which host %s on switch %s has", plan->interface,
                lab->hosts[plan->host].name,
                mh_addr_format(v4 ? &plan->address : &plan->address6, text),
                mh_lab_host_of(lab, other)->name, bridge->plan.name);
        }
    }
    return 0;
}

int mh_describe_check_port(
    const struct mh_lab *lab, const struct mh_port_plan *plan, struct mh_error *err)
{
    int status = check_place(lab, plan, err);

    if (!status)
        status = check_mtu(lab, plan, err);
    if (!status)
        status = check_address(lab, plan, &plan->address, plan->prefix_length, AF_INET, err);
    if (!status)
        status = check_address(lab, plan, &plan->address6, plan->prefix_length6, AF_INET6, err);
    if (!status)
        status = check_interface_is_new(lab, plan, err);
    return status ? status : check_address_is_new(lab, plan, err);
}

/* Returns the port to which the new one is the next, or NULL. */
static struct mh_lab_port *chain_up(struct mh_lab *lab, struct mh_port_chain *chain, int number)
{
    struct mh_lab_port *before = chain->last == MH_NO_PORT ? NULL : &lab->ports[chain->last];

    if (!before)
        chain->first = number;
    chain->last = number;
    chain->count++;
    return before;
}

static void chain_up_port(struct mh_lab *lab, struct mh_lab_port *port, int number)
{
    struct mh_lab_port *before = chain_up(lab, &lab->hosts[port->plan.host].ports, number);

    if (before)
        before->next_of_host = number;
    if (port->plan.attached_switch == MH_NO_SWITCH)
        return;
    before = chain_up(lab, &lab->switches[port->plan.attached_switch].ports, number);
    if (before)
        before->next_of_switch = number;
}

int mh_describe_append_port(
    struct mh_lab *lab, const struct mh_port_plan *plan, struct mh_error *err)
{
    int number = lab->port_count;
    struct mh_lab_port *port = mh_describe_grow(lab->ports, number, sizeof(*port));

    if (!port)
        return mh_describe_out_of_memory(err);
    lab->ports = port;
    port += number;
    memset(port, 0, sizeof(*port));
    port->plan = *plan;
    port->next_of_host = MH_NO_PORT;
    port->next_of_switch = MH_NO_PORT;
    port->peer = MH_NO_PORT;
    snprintf(port->made.interface, sizeof(port->made.interface), "%s", plan->interface);
    port->plan.interface = NULL;
    chain_up_port(lab, port, number);
    return lab->port_count++;
}

int mh_lab_add_port(struct mh_lab *lab, const struct mh_port_plan *plan, struct mh_error *err)
{
    int status;

    if (plan->attached_switch == MH_NO_SWITCH)
        return mh_error_set(err, -EINVAL, "add interface", "without a switch");
    status = mh_describe_check_port(lab, plan, err);
    return status ? status : mh_describe_append_port(lab, plan, err);
}
