#include "lab/carrier.h"

#include "lab/attribute.h"
#include "lab/patch.h"
#include "net/netns.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

enum { TURNS = 4 }; /* more than it takes: each end changes once */

/* Of the half of a cable that is in the switches' namespace. */
struct half {
    bool up;
    bool carrier; /* the host's end is up, too; a half that is down cannot tell */
};

struct reading {
    struct half halves[2];
    int count;
};

static int look_at_half(const struct nlmsghdr *message, void *context)
{
    const struct ifinfomsg *link = mnl_nlmsg_get_payload(message);
    struct reading *reading = context;

    if (reading->count < 2)
        reading->halves[reading->count++] = (struct half){
            .up = link->ifi_flags & IFF_UP,
            .carrier = mh_attribute_number(mh_attribute_find(message, sizeof(*link),
                                               (struct mh_attribute_path){{IFLA_CARRIER}}),
                0),
        };
    return MNL_CB_OK;
}

static struct mh_attempt attempt_at(const struct mh_lab *lab, const struct mh_lab_port *port)
{
    return (struct mh_attempt){"carry", "the carrier of %s of host %s to host %s",
        {port->made.interface, mh_lab_host_of(lab, port)->name,
            mh_lab_host_of(lab, mh_lab_peer_of(lab, port))->name}};
}

static void add_link_message(
    struct mh_lab *lab, const struct mh_lab_port *port, uint16_t type, struct ifinfomsg link)
{
    const struct mh_attempt attempt = attempt_at(lab, port);

    link.ifi_index = (int)port->made.switch_index;
    struct nlmsghdr *message =
        mh_netlink_add(lab->netlink, type, 0, &link, sizeof(link), &attempt);
    if (type == RTM_GETLINK)
        mnl_attr_put_u32(message, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
}

static int read_halves(struct mh_lab *lab, const struct mh_lab_port *const ports[2],
    struct reading *ret_reading, struct mh_error *err)
{
    struct ifinfomsg link;

    memset(&link, 0, sizeof(link));
    memset(ret_reading, 0, sizeof(*ret_reading));
    for (int i = 0; i < 2; i++)
        add_link_message(lab, ports[i], RTM_GETLINK, link);
    return mh_netlink_ask(lab->netlink, look_at_half, ret_reading, err);
}

static int set_half(
    struct mh_lab *lab, const struct mh_lab_port *port, bool up, struct mh_error *err)
{
    struct ifinfomsg link;

    memset(&link, 0, sizeof(link));
    link.ifi_flags = up ? IFF_UP : 0;
    link.ifi_change = IFF_UP;
    add_link_message(lab, port, RTM_NEWLINK, link);
    return mh_netlink_send(lab->netlink, err);
}

/* One half is up as long as the other one has a carrier. Returns the one that is not; -1. */
static int wrong_half(const struct half halves[2])
{
    for (int i = 0; i < 2; i++)
        if (halves[!i].up && halves[i].up != halves[!i].carrier)
            return i;
    return -1;
}

static int follow(struct mh_lab *lab, const struct mh_lab_port *port, struct mh_error *err)
{
    const struct mh_lab_port *const ports[2] = {port, mh_lab_peer_of(lab, port)};
    struct reading reading;

    for (int turn = 0; turn < TURNS; turn++) {
        int status = read_halves(lab, ports, &reading, err);
        int wrong = status ? -1 : wrong_half(reading.halves);

        if (wrong >= 0)
            status = set_half(lab, ports[wrong], !reading.halves[wrong].up, err);
        if (status || wrong < 0)
            return status;
    }
    return 0;
}

static bool has_patches(const struct mh_lab *lab)
{
    for (int i = 0; i < lab->port_count; i++)
        if (mh_patch_is_needed(&lab->ports[i]))
            return true;
    return false;
}

int mh_carriers_listen(struct mh_lab *lab, struct mh_error *err)
{
    if (!has_patches(lab))
        return 0;
    int status = mh_netns_enter(lab->switch_netns, err);
    return status ? status : mh_netlink_subscribe(RTNLGRP_LINK, &lab->carrier_events, err);
}

int mh_lab_carrier_fd(const struct mh_lab *lab)
{
    return lab->carrier_events;
}

/* What they say is read anew from the devices themselves. */
static void take_events(int fd)
{
    char event[8192];

    while (fd >= 0 && (recv(fd, event, sizeof(event), MSG_DONTWAIT) > 0 || errno == ENOBUFS)) {
    }
}

int mh_lab_follow_carriers(struct mh_lab *lab, struct mh_error *err)
{
    int status = 0;

    take_events(lab->carrier_events);
    for (int i = 0; i < lab->port_count && !status; i++)
        if (mh_patch_is_needed(&lab->ports[i]) && lab->ports[i].peer > i)
            status = follow(lab, &lab->ports[i], err);
    return status;
}
