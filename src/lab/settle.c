#include "lab/settle.h"

#include "base/clock.h"
#include "lab/attribute.h"
#include "lab/patch.h"
#include "net/netns.h"

#include <errno.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    OPERSTATE_UP = 6, /* IF_OPER_UP of linux/if.h, which does not stand net/if.h beside it */
    DEADLINE_MS = 10000,
    LOOK_AGAIN_MS = 100, /* in case that an event was lost */
};

/* A device that has to be up before anybody may rely on the network. */
struct device {
    struct mh_netlink *netlink; /* into `netns`, where the device is */
    int netns;
    unsigned index;
    struct mh_attempt attempt;
    bool is_port;
    bool is_to_be_down;
    bool ready;
};

static int look_at_device(const struct nlmsghdr *message, void *context)
{
    const struct ifinfomsg *link = mnl_nlmsg_get_payload(message);
    struct device *device = context;
    uint64_t operstate = mh_attribute_number(
        mh_attribute_find(message, sizeof(*link), (struct mh_attribute_path){{IFLA_OPERSTATE}}),
        0);
    uint64_t state = mh_attribute_number(mh_attribute_find(message, sizeof(*link),
                                             (struct mh_attribute_path){{IFLA_LINKINFO,
                                                 IFLA_INFO_SLAVE_DATA, IFLA_BRPORT_STATE}}),
        BR_STATE_DISABLED);

    device->ready = operstate == OPERSTATE_UP && (link->ifi_flags & IFF_RUNNING) &&
                    (!device->is_port || state == BR_STATE_FORWARDING);
    if (device->is_to_be_down)
        device->ready = operstate != OPERSTATE_UP && state == BR_STATE_DISABLED;
    return MNL_CB_OK;
}

/* The kernel handles link events some hundred at a time and then pauses for up to a second; a
 * question about a single device makes it handle that device's at once (since Linux 6.9). */
static int ask_device(struct device *device, struct mh_error *err)
{
    struct nlmsghdr *message;
    struct ifinfomsg link;

    memset(&link, 0, sizeof(link));
    link.ifi_index = (int)device->index;
    message =
        mh_netlink_add(device->netlink, RTM_GETLINK, 0, &link, sizeof(link), &device->attempt);
    mnl_attr_put_u32(message, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
    return mh_netlink_ask(device->netlink, look_at_device, device, err);
}

/* ---- waiting for link events ---------------------------------------------------------------
 */

/* Opened only when something is not ready at the first look. */
static int open_link_events(int netns, int *ret_fd, struct mh_error *err)
{
    int status = mh_netns_enter(netns, err);

    return status ? status : mh_netlink_subscribe(RTNLGRP_LINK, ret_fd, err);
}

static void await_link_event(int events)
{
    struct pollfd waiting = {.fd = events, .events = POLLIN};
    char event[8192];

    poll(&waiting, 1, LOOK_AGAIN_MS);
    while (recv(events, event, sizeof(event), MSG_DONTWAIT) > 0 || errno == ENOBUFS) {
    }
}

static int await_device(struct device *device, uint64_t deadline, struct mh_error *err)
{
    int events = -1;
    int status = ask_device(device, err);

    if (!status && !device->ready)
        status = open_link_events(device->netns, &events, err);
    while (!status && !device->ready) {
        status = ask_device(device, err);
        if (status || device->ready)
            break;
        if (mh_clock_monotonic_ns() > deadline)
            status = mh_error_set(err, -ETIMEDOUT, device->attempt.operation,
                device->attempt.sentence, device->attempt.names[0], device->attempt.names[1],
                device->attempt.names[2]);
        else
            await_link_event(events);
    }
    if (events >= 0)
        close(events);
    return status;
}

/* ---- everything ----------------------------------------------------------------------------
 */

/* The end of a cable that leads to another host: it runs once both are up. */
static int settle_direct(
    struct mh_lab *lab, const struct mh_lab_port *port, uint64_t deadline, struct mh_error *err)
{
    struct device device = {
        .netlink = lab->host_link,
        .netns = mh_lab_host_of(lab, port)->netns,
        .index = port->made.interface_index,
        .attempt = {"await", "that %s of host %s is up",
            {port->made.interface, mh_lab_host_of(lab, port)->name}},
    };
    int status = mh_netns_enter(device.netns, err);

    if (!status)
        status = mh_netlink_connect(lab->host_link, err);
    if (!status)
        status = await_device(&device, deadline, err);
    return status || !mh_patch_is_needed(port) ? status : mh_patch_settle(lab, port, err);
}

/* The switch's end of a port. */
static struct device port_device(struct mh_lab *lab, const struct mh_lab_port *port,
    const char *operation, const char *sentence)
{
    return (struct device){
        .netlink = lab->netlink,
        .netns = lab->switch_netns,
        .index = port->made.switch_index,
        .attempt = {operation, sentence,
            {port->made.interface, mh_lab_host_of(lab, port)->name,
                mh_lab_switch_of(lab, port)->plan.name}},
        .is_port = true,
    };
}

static int settle_port(
    struct mh_lab *lab, const struct mh_lab_port *port, uint64_t deadline, struct mh_error *err)
{
    if (!mh_lab_switch_of(lab, port))
        return settle_direct(lab, port, deadline, err);

    struct device device =
        port_device(lab, port, "await", "that %s of host %s forwards on switch %s");

    return await_device(&device, deadline, err);
}

int mh_settle_hasten_port(struct mh_lab *lab, struct mh_lab_port *port, struct mh_error *err)
{
    struct device device = port_device(lab, port, "read", "%s of host %s on switch %s");
    int status = ask_device(&device, err);

    port->was_ready = device.ready;
    return status;
}

static int settle_switch(struct mh_lab *lab, const struct mh_lab_switch *bridge,
    uint64_t deadline, struct mh_error *err)
{
    struct device device = {
        .netlink = lab->netlink,
        .netns = lab->switch_netns,
        .index = bridge->index,
        .attempt = {"await", "that switch %s is up", {bridge->plan.name}},
    };

    return bridge->ports.count ? await_device(&device, deadline, err) : 0;
}

static uint64_t deadline_ns(void)
{
    return mh_clock_monotonic_ns() + DEADLINE_MS * UINT64_C(1000000);
}

static int check_port(const struct mh_lab *lab, int port, struct mh_error *err)
{
    if (lab->switch_netns >= 0 && port >= 0 && port < lab->port_count)
        return 0;
    return mh_error_set(err, -EINVAL, "settle", "port number %d, which is not built", port);
}

int mh_lab_settle_port(struct mh_lab *lab, int port, struct mh_error *err)
{
    uint64_t deadline = deadline_ns();
    int status = check_port(lab, port, err);

    return status ? status : settle_port(lab, &lab->ports[port], deadline, err);
}

int mh_lab_settle_loss(struct mh_lab *lab, int number, struct mh_error *err)
{
    uint64_t deadline = deadline_ns();
    int status = check_port(lab, number, err);
    const struct mh_lab_port *port;

    if (status)
        return status;
    port = &lab->ports[number];
    if (!mh_lab_switch_of(lab, port))
        return 0;

    struct device device =
        port_device(lab, port, "await", "that %s of host %s is off switch %s");

    device.is_to_be_down = true;
    return await_device(&device, deadline, err);
}

int mh_settle_device(
    struct mh_lab *lab, unsigned index, const struct mh_attempt *attempt, struct mh_error *err)
{
    struct device device = {
        .netlink = lab->netlink,
        .netns = lab->switch_netns,
        .index = index,
        .attempt = *attempt,
    };

    return await_device(&device, deadline_ns(), err);
}

static int settle_trunk_end(struct mh_lab *lab, const struct mh_lab_trunk *trunk, int end,
    uint64_t deadline, struct mh_error *err)
{
    struct device device = {
        .netlink = lab->netlink,
        .netns = lab->switch_netns,
        .index = trunk->index[end],
        .attempt = {"await", "that the cable from switch %s to switch %s is up",
            {lab->switches[trunk->ends[end]].plan.name,
                lab->switches[trunk->ends[!end]].plan.name}},
        .is_port = true,
    };

    return await_device(&device, deadline, err);
}

static int settle_trunks(struct mh_lab *lab, uint64_t deadline, struct mh_error *err)
{
    int status = 0;

    for (int i = 0; i < 2 * lab->trunk_count && !status; i++)
        status = settle_trunk_end(lab, &lab->trunks[i / 2], i % 2, deadline, err);
    return status;
}

/* A LAN of several switches forwards as it will when the others know its querier. */
static int settle_lans(struct mh_lab *lab, struct mh_error *err)
{
    struct timespec pause = {0, 0};
    unsigned grace_ms = 0;
    int status = lab->trunk_count ? mh_lab_elect_queriers(lab, true, &grace_ms, err) : 0;

    if (status || !grace_ms)
        return status;
    pause.tv_sec = grace_ms / 1000;
    pause.tv_nsec = grace_ms % 1000 * 1000000L;
    ppoll(NULL, 0, &pause, NULL); /* no event tells of it */
    return 0;
}

int mh_lab_settle(struct mh_lab *lab, struct mh_error *err)
{
    uint64_t deadline = deadline_ns();
    int status = 0;

    if (lab->switch_netns < 0)
        return mh_error_set(err, -EINVAL, "settle", "a network that is not built");
    for (int i = 0; i < lab->port_count && !status; i++)
        if (!lab->ports[i].was_ready)
            status = settle_port(lab, &lab->ports[i], deadline, err);
    for (int i = 0; i < lab->switch_count && !status; i++)
        status = settle_switch(lab, &lab->switches[i], deadline, err);
    if (!status)
        status = settle_trunks(lab, deadline, err);
    return status ? status : settle_lans(lab, err);
}
