#include "lab/attribute.h"
#include "lab/network.h"
#include "lab/state.h"

#include <errno.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

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

        state->port = (unsigned)link->ifi_index;
        state->forwarding =
            (link->ifi_flags & IFF_RUNNING) &&
            port_number(message, IFLA_BRPORT_STATE, BR_STATE_DISABLED) == BR_STATE_FORWARDING;
        state->floods = port_number(message, IFLA_BRPORT_MCAST_FLOOD, 1) != 0;
    }
    reading->count++;
    return MNL_CB_OK;
}

/* An answer takes some kilobytes of the socket's buffer. */
static int ask(struct mh_lab *lab, struct reading *reading, const char *name,
    const unsigned *ports, int count, struct mh_error *err)
{
    struct mh_attempt attempt = {"read", "a port of switch %s", {name}};
    struct ifinfomsg link;

    memset(&link, 0, sizeof(link));
    for (int i = 0; i < count; i++) {
        link.ifi_index = (int)ports[i];
        mh_netlink_add(lab->netlink, RTM_GETLINK, 0, &link, sizeof(link), &attempt);
    }
    return mh_netlink_ask(lab->netlink, read_port, reading, err);
}

static bool has_trunk(const struct mh_lab *lab, int number, int trunk, int end)
{
    return lab->trunks[trunk].ends[end] == number;
}

/* All of them; the caller frees. NULL when memory is out. */
static unsigned *list_ports(const struct mh_lab *lab, int number, int *ret_count)
{
    const struct mh_port_chain *chain = &lab->switches[number].ports;
    unsigned *ports =
        calloc((size_t)chain->count + (size_t)lab->trunk_count + 1, sizeof(*ports));
    int count = 0;

    for (struct mh_lab_port *port = mh_lab_first_port(lab, chain); ports && port;
         port = mh_lab_next_of_switch(lab, port))
        ports[count++] = port->made.switch_index;
    for (int i = 0; ports && i < lab->trunk_count; i++)
        for (int end = 0; end < 2; end++)
            if (has_trunk(lab, number, i, end))
                ports[count++] = lab->trunks[i].index[end];
    *ret_count = count;
    return ports;
}

int mh_lab_read_ports(struct mh_lab *lab, int number, struct mh_port_state *states, size_t size,
    struct mh_error *err)
{
    const struct mh_lab_switch *bridge = mh_lab_built_switch(lab, number, err);
    struct reading reading = {states, size, 0};
    int count, status = 0;

    if (!bridge)
        return -EINVAL;
    unsigned *ports = list_ports(lab, number, &count);
    if (!ports)
        return mh_error_set(err, -ENOMEM, "read", "switch %s", bridge->plan.name);
    for (int at = 0; at < count && !status; at += PORTS_AT_ONCE)
        status = ask(lab, &reading, bridge->plan.name, ports + at,
            count - at < PORTS_AT_ONCE ? count - at : PORTS_AT_ONCE, err);
    free(ports);
    return status ? status : (int)reading.count;
}
