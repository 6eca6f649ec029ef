#include "lab/attribute.h"
#include "lab/network.h"
#include "lab/state.h"

#include <errno.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>

/* An answer takes some kilobytes of the socket's buffer. */
enum { PORTS_AT_ONCE = 32 };

struct reading {
    struct mh_port_state *states;
    size_t size;
    size_t count;
};

static uint64_t port_number(const struct nlmsghdr *message, uint16_t type, uint64_t otherwise)
{
    return mh_attribute_number(
        mh_attribute_find(message, sizeof(struct ifinfomsg),
            (struct mh_attribute_path){{IFLA_LINKINFO, IFLA_INFO_SLAVE_DATA, type}}),
        otherwise);
}

/* Answers come in the order of the questions. */
static int read_port(const struct nlmsghdr *message, void *context)
{
    const struct ifinfomsg *link = mnl_nlmsg_get_payload(message);
    struct reading *reading = context;

    if (reading->count < reading->size) {
        struct mh_port_state *state = &reading->states[reading->count];

        state->forwarding =
            (link->ifi_flags & IFF_RUNNING) &&
            port_number(message, IFLA_BRPORT_STATE, BR_STATE_DISABLED) == BR_STATE_FORWARDING;
        state->floods = port_number(message, IFLA_BRPORT_MCAST_FLOOD, 1) != 0;
    }
    reading->count++;
    return MNL_CB_OK;
}

static void ask_for_port(struct mh_lab *lab, const struct mh_lab_port *port)
{
    struct mh_attempt attempt = {"read switch", "read the port of host %s on switch %s",
        {mh_lab_host_of(lab, port)->name, mh_lab_switch_of(lab, port)->plan.name}};
    struct ifinfomsg link;

    memset(&link, 0, sizeof(link));
    link.ifi_index = (int)port->made.switch_index;
    mh_netlink_add(lab->netlink, RTM_GETLINK, 0, &link, sizeof(link), &attempt);
}

/* Returns the port after the last one that was asked for; NULL: none. */
static const struct mh_lab_port *ask_for_some(
    struct mh_lab *lab, const struct mh_lab_port *port, const struct reading *reading)
{
    size_t at = reading->count;

    for (int asked = 0; port && asked < PORTS_AT_ONCE; asked++, at++) {
        ask_for_port(lab, port);
        if (at < reading->size)
            reading->states[at].port = (int)(port - lab->ports);
        port = mh_lab_next_of_switch(lab, port);
    }
    return port;
}

int mh_lab_read_ports(struct mh_lab *lab, int number, struct mh_port_state *states, size_t size,
    struct mh_error *err)
{
    const struct mh_lab_switch *bridge = mh_lab_built_switch(lab, number, err);
    struct reading reading = {states, size, 0};
    const struct mh_lab_port *port;
    int status = bridge ? 0 : -EINVAL;

    port = bridge ? mh_lab_first_port(lab, &bridge->ports) : NULL;
    while (port && !status) {
        port = ask_for_some(lab, port, &reading);
        status = mh_netlink_ask(lab->netlink, read_port, &reading, err);
    }
    return status ? status : (int)reading.count;
}
