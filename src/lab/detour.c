#include "lab/detour.h"

#include "lab/netlink.h"
#include "lab/patch.h"
#include "lab/redirect.h"
#include "lab/settle.h"
#include "net/offload.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <stdio.h>
#include <string.h>

/* Indexes and marks are made of the place's number. */
enum { FIRST_DETOUR_INDEX = 1 << 20, MARK = 0x4d480000, MTU = 1500 };

/* What one detour is made of; all of it follows from place and direction. */
struct parts {
    unsigned port_index;
    unsigned inside_index; /* the end of the veth pair to which the port redirects */
    unsigned outside_index;
    char inside[IFNAMSIZ];
    char outside[IFNAMSIZ];
    uint32_t mark;
    bool arriving; /* from the cable: from the host, or from the other switch */
    bool has_hooks;
    int mtu;
    unsigned *made; /* a bit for each direction */
    struct mh_attempt attempt;
};

static int find_port(
    const struct mh_lab *lab, int number, struct parts *parts, struct mh_error *err)
{
    struct mh_lab_port *port = &lab->ports[number];
    const char *host = mh_lab_host_of(lab, port)->name;

    parts->port_index = port->made.switch_index;
    parts->mtu = port->plan.mtu ? port->plan.mtu : MTU;
    parts->made = &port->detours;
    parts->has_hooks = port->detours || mh_patch_is_needed(port);
    parts->attempt = (struct mh_attempt){"impair",
        parts->arriving ? "frames from host %s (%s)" : "frames to host %s (%s)",
        {host, port->made.interface}};
    if (parts->port_index)
        return 0;
    mh_error_set_said(err, -EOPNOTSUPP, "impair", "it is a cable straight from host to host",
        "%s of host %s", port->made.interface, host);
    mh_error_hint(
        err, "say impairable = true when it is made: net:link(a, b, {impairable = true})");
    return -EOPNOTSUPP;
}

static void find_trunk_end(const struct mh_lab *lab, int number, struct parts *parts)
{
    struct mh_lab_trunk *trunk = &lab->trunks[number / 2];
    int here = number % 2;
    const char *own = lab->switches[trunk->ends[here]].plan.name;
    const char *other = lab->switches[trunk->ends[!here]].plan.name;

    parts->port_index = trunk->index[here];
    parts->mtu = MTU;
    parts->made = &trunk->detours[here];
    parts->has_hooks = trunk->detours[here];
    parts->attempt = (struct mh_attempt){"impair", "frames from switch %s to switch %s",
        {parts->arriving ? other : own, parts->arriving ? own : other}};
}

static int find_parts(const struct mh_lab *lab, int place, enum mh_detour_direction direction,
    struct parts *ret_parts, struct mh_error *err)
{
    unsigned first = (unsigned)place * 4 + (unsigned)direction * 2 + FIRST_DETOUR_INDEX;
    char letter = direction == MH_DETOUR_FROM_HOST ? 'f' : 't';

    if (place < 0 || place >= lab->port_count + 2 * lab->trunk_count) {
        mh_error_set(err, -EINVAL, "impair", "place number %d, which there is not", place);
        return -EINVAL;
    }
    *ret_parts = (struct parts){.inside_index = first,
        .outside_index = first + 1,
        .mark = (uint32_t)MARK | (uint32_t)place << 1 | (uint32_t)direction,
        .arriving = direction == MH_DETOUR_FROM_HOST};
    snprintf(ret_parts->inside, IFNAMSIZ, "d%d%c", place, letter);
    snprintf(ret_parts->outside, IFNAMSIZ, "d%d%c1", place, letter);
    if (place < lab->port_count)
        return find_port(lab, place, ret_parts, err);
    find_trunk_end(lab, place - lab->port_count, ret_parts);
    return 0;
}

int mh_lab_trunk_place(const struct mh_lab *lab, int trunk, int end)
{
    return lab->port_count + 2 * trunk + end;
}

/* ---- the veth pair -------------------------------------------------------------------------
 */

static void put_end(struct nlmsghdr *message, const struct parts *parts, const char *name)
{
    mnl_attr_put_strz(message, IFLA_IFNAME, name);
    mnl_attr_put_u32(message, IFLA_NUM_TX_QUEUES, 1);
    mnl_attr_put_u32(message, IFLA_NUM_RX_QUEUES, 1);
    mnl_attr_put_u32(message, IFLA_MTU, (uint32_t)parts->mtu);
}

static void put_peer(struct nlmsghdr *message, const struct parts *parts)
{
    struct nlattr *info = mnl_attr_nest_start(message, IFLA_LINKINFO);
    struct nlattr *data, *peer;
    struct ifinfomsg *link;

    mnl_attr_put_strz(message, IFLA_INFO_KIND, "veth");
    data = mnl_attr_nest_start(message, IFLA_INFO_DATA);
    peer = mnl_attr_nest_start(message, VETH_INFO_PEER);
    link = mnl_nlmsg_put_extra_header(message, sizeof(*link));
    link->ifi_index = (int)parts->outside_index;
    put_end(message, parts, parts->outside);
    mnl_attr_nest_end(message, peer);
    mnl_attr_nest_end(message, data);
    mnl_attr_nest_end(message, info);
}

static void add_pair(struct mh_lab *lab, const struct parts *parts)
{
    struct nlmsghdr *message;
    struct ifinfomsg link;

    memset(&link, 0, sizeof(link));
    link.ifi_index = (int)parts->inside_index;
    message = mh_netlink_add(lab->netlink, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &link,
        sizeof(link), &parts->attempt);
    put_end(message, parts, parts->inside);
    put_peer(message, parts);
}

/* Nobody resolves addresses on it. */
static void take_up(struct mh_lab *lab, const struct parts *parts, unsigned index)
{
    struct ifinfomsg link;

    memset(&link, 0, sizeof(link));
    link.ifi_index = (int)index;
    link.ifi_flags = IFF_UP | IFF_NOARP;
    link.ifi_change = IFF_UP | IFF_NOARP;
    mh_netlink_add(lab->netlink, RTM_NEWLINK, 0, &link, sizeof(link), &parts->attempt);
}

/* ---- the detour ----------------------------------------------------------------------------
 */

/* Where the port's frames are led away. */
static struct mh_redirect way_out(const struct parts *parts)
{
    return (struct mh_redirect){
        .index = parts->port_index,
        .hook = parts->arriving ? MH_REDIRECT_INGRESS : MH_REDIRECT_EGRESS,
        .rank = MH_RANK_DETOUR,
        .which = MH_REDIRECT_NOT_MARKED,
        .mark = parts->mark,
        .target = parts->inside_index,
    };
}

/* What was let go on comes out of the pair's inside end, marked, and goes back to the port. */
static struct mh_redirect way_back(const struct parts *parts)
{
    return (struct mh_redirect){
        .index = parts->inside_index,
        .hook = MH_REDIRECT_INGRESS,
        .rank = MH_RANK_DETOUR,
        .which = MH_REDIRECT_MARKED,
        .mark = parts->mark,
        .target = parts->port_index,
        .arrives = true,
    };
}

static int make(struct mh_lab *lab, const struct parts *parts, struct mh_error *err)
{
    add_pair(lab, parts);
    take_up(lab, parts, parts->inside_index);
    take_up(lab, parts, parts->outside_index);
    if (parts->arriving) {
        const struct mh_redirect back = way_back(parts);

        mh_redirect_hooks(lab->netlink, parts->inside_index, &parts->attempt);
        mh_redirect_add(lab->netlink, &back, &parts->attempt);
    }
    int status = mh_redirect_send(lab->netlink, err);
    if (!status)
        status = mh_offload_switch_off(lab->switch_netns, parts->inside, err);
    if (!status)
        status = mh_settle_device(lab, parts->inside_index, &parts->attempt, err);
    return status ? status : mh_settle_device(lab, parts->outside_index, &parts->attempt, err);
}

int mh_lab_detour_make(struct mh_lab *lab, int place, enum mh_detour_direction direction,
    struct mh_detour *ret_detour, struct mh_error *err)
{
    struct parts parts;
    int status = find_parts(lab, place, direction, &parts, err);

    if (status)
        return status;
    if (!parts.has_hooks)
        mh_redirect_hooks(lab->netlink, parts.port_index, &parts.attempt);
    if (!(*parts.made & (1U << direction)))
        status = make(lab, &parts, err);
    if (status)
        return status;
    *parts.made |= 1U << direction;
    *ret_detour = (struct mh_detour){
        .exit = parts.outside_index,
        .entrance = parts.arriving ? parts.outside_index : parts.port_index,
        .mark = parts.mark,
        .mtu = parts.mtu,
    };
    return 0;
}

static int change(struct mh_lab *lab, int place, enum mh_detour_direction direction,
    void (*add_message)(
        struct mh_netlink *, const struct mh_redirect *, const struct mh_attempt *),
    struct mh_error *err)
{
    struct parts parts;
    int status = find_parts(lab, place, direction, &parts, err);

    if (status)
        return status;
    const struct mh_redirect out = way_out(&parts);

    add_message(lab->netlink, &out, &parts.attempt);
    return mh_redirect_send(lab->netlink, err);
}

int mh_lab_detour_insert(
    struct mh_lab *lab, int place, enum mh_detour_direction direction, struct mh_error *err)
{
    return change(lab, place, direction, mh_redirect_add, err);
}

int mh_lab_detour_remove(
    struct mh_lab *lab, int place, enum mh_detour_direction direction, struct mh_error *err)
{
    return change(lab, place, direction, mh_redirect_remove, err);
}
