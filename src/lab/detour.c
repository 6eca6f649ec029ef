#include "lab/detour.h"

#include "lab/hint.h"
#include "lab/netlink.h"
#include "lab/settle.h"
#include "net/offload.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/bpf_common.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/tc_act/tc_mirred.h>
#include <linux/veth.h>
#include <stdio.h>
#include <string.h>

/* Indexes and marks are made of the port's number. */
enum { FIRST_DETOUR_INDEX = 1 << 20, MARK = 0x4d480000, MTU = 1500 };

static const char *const direction_names[] = {"to", "from"};

/* What one detour is made of; all of it follows from port and direction. */
struct parts {
    unsigned port_index;
    unsigned inside_index; /* the end of the veth pair to which the port redirects */
    unsigned outside_index;
    char inside[IFNAMSIZ];
    char outside[IFNAMSIZ];
    uint32_t mark;
    bool from_host;
    int mtu;
    uint32_t hook; /* of the port: ingress or egress */
    struct mh_attempt attempt;
};

static int find_parts(const struct mh_lab *lab, int number, enum mh_detour_direction direction,
    struct parts *ret_parts, struct mh_error *err)
{
    const struct mh_lab_port *port = &lab->ports[number];
    unsigned first = (unsigned)number * 4 + (unsigned)direction * 2 + FIRST_DETOUR_INDEX;
    bool from_host = direction == MH_DETOUR_FROM_HOST;

    *ret_parts = (struct parts){.port_index = port->made.switch_index,
        .inside_index = first,
        .outside_index = first + 1,
        .mark = (uint32_t)MARK | (uint32_t)number << 1 | (uint32_t)direction,
        .from_host = from_host,
        .mtu = port->plan.mtu ? port->plan.mtu : MTU,
        .hook = from_host ? TC_H_MIN_INGRESS : TC_H_MIN_EGRESS,
        .attempt = {"impair", "frames %s host %s (%s)",
            {direction_names[direction], mh_lab_host_of(lab, port)->name,
                port->made.interface}}};
    snprintf(ret_parts->inside, IFNAMSIZ, "d%d%c", number, from_host ? 'f' : 't');
    snprintf(ret_parts->outside, IFNAMSIZ, "d%d%c1", number, from_host ? 'f' : 't');
    if (port->made.switch_index)
        return 0;
    mh_error_set_said(err, -EOPNOTSUPP, "impair", "it is a cable from host to host",
        "%s of host %s", port->made.interface, mh_lab_host_of(lab, port)->name);
    mh_error_hint(err, "put a switch between the two: what crosses it can be impaired");
    return -EOPNOTSUPP;
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

/* ---- filters -------------------------------------------------------------------------------
 */

static void add_hooks(struct mh_lab *lab, const struct parts *parts, unsigned index)
{
    struct nlmsghdr *message;
    struct tcmsg hooks;

    memset(&hooks, 0, sizeof(hooks));
    hooks.tcm_ifindex = (int)index;
    hooks.tcm_handle = TC_H_MAKE(TC_H_CLSACT, 0);
    hooks.tcm_parent = TC_H_CLSACT;
    message = mh_netlink_add(
        lab->netlink, RTM_NEWQDISC, NLM_F_CREATE, &hooks, sizeof(hooks), &parts->attempt);
    mnl_attr_put_strz(message, TCA_KIND, "clsact");
}

static struct nlmsghdr *filter_message(
    struct mh_lab *lab, const struct parts *parts, uint16_t type, unsigned index, uint32_t hook)
{
    uint16_t flags = type == RTM_NEWTFILTER ? NLM_F_CREATE | NLM_F_EXCL : 0;
    struct nlmsghdr *message;
    struct tcmsg filter;

    memset(&filter, 0, sizeof(filter));
    filter.tcm_ifindex = (int)index;
    filter.tcm_handle = 1;
    filter.tcm_parent = TC_H_MAKE(TC_H_CLSACT, hook);
    filter.tcm_info = TC_H_MAKE(1U << 16, htons(ETH_P_ALL));
    message =
        mh_netlink_add(lab->netlink, type, flags, &filter, sizeof(filter), &parts->attempt);
    mnl_attr_put_strz(message, TCA_KIND, "bpf");
    return message;
}

enum marked { MARKED, NOT_MARKED };

/* A program in classic BPF, which needs no privilege beyond the namespace's. */
static void put_program(struct nlmsghdr *message, enum marked wanted, uint32_t mark)
{
    uint8_t yes = wanted == MARKED ? 0 : 1;
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_MARK)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, mark, yes, (uint8_t)!yes),
        BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };

    mnl_attr_put_u16(message, TCA_BPF_OPS_LEN, sizeof(code) / sizeof(code[0]));
    mnl_attr_put(message, TCA_BPF_OPS, sizeof(code), code);
}

static void put_redirection(struct nlmsghdr *message, unsigned target, int how)
{
    struct nlattr *actions = mnl_attr_nest_start(message, TCA_BPF_ACT);
    struct nlattr *first = mnl_attr_nest_start(message, 1);
    struct nlattr *options;
    struct tc_mirred redirection;

    memset(&redirection, 0, sizeof(redirection));
    redirection.action = TC_ACT_STOLEN;
    redirection.eaction = how;
    redirection.ifindex = target;
    mnl_attr_put_strz(message, TCA_ACT_KIND, "mirred");
    options = mnl_attr_nest_start(message, TCA_ACT_OPTIONS);
    mnl_attr_put(message, TCA_MIRRED_PARMS, sizeof(redirection), &redirection);
    mnl_attr_nest_end(message, options);
    mnl_attr_nest_end(message, first);
    mnl_attr_nest_end(message, actions);
}

/* What was let go on comes out of the pair's inside end, marked, and goes back to the port. */
static void add_return(struct mh_lab *lab, const struct parts *parts)
{
    struct nlmsghdr *message =
        filter_message(lab, parts, RTM_NEWTFILTER, parts->inside_index, TC_H_MIN_INGRESS);
    struct nlattr *options = mnl_attr_nest_start(message, TCA_OPTIONS);

    put_program(message, MARKED, parts->mark);
    put_redirection(message, parts->port_index, TCA_INGRESS_REDIR);
    mnl_attr_nest_end(message, options);
}

/* ---- the detour ----------------------------------------------------------------------------
 */

static const char missing[] =
    "the kernel needs CONFIG_NET_CLS_BPF, CONFIG_NET_ACT_MIRRED and CONFIG_NET_SCH_INGRESS "
    "(modules cls_bpf, act_mirred, sch_ingress)";

static int send_all(struct mh_lab *lab, struct mh_error *err)
{
    int status = mh_netlink_send(lab->netlink, err);

    if (status == -ENOENT || status == -EOPNOTSUPP) {
        mh_error_hint(err, missing);
        return status;
    }
    mh_lab_hint(err, status);
    return status;
}

static bool is_made(const struct mh_lab *lab, int port, enum mh_detour_direction direction)
{
    return lab->ports[port].detours & (1U << direction);
}

static int make(struct mh_lab *lab, const struct parts *parts, struct mh_error *err)
{
    add_pair(lab, parts);
    take_up(lab, parts, parts->inside_index);
    take_up(lab, parts, parts->outside_index);
    if (parts->from_host) {
        add_hooks(lab, parts, parts->inside_index);
        add_return(lab, parts);
    }
    int status = send_all(lab, err);
    if (!status)
        status = mh_offload_switch_off(lab->switch_netns, parts->inside, err);
    if (!status)
        status = mh_settle_device(lab, parts->inside_index, &parts->attempt, err);
    return status ? status : mh_settle_device(lab, parts->outside_index, &parts->attempt, err);
}

int mh_lab_detour_make(struct mh_lab *lab, int port, enum mh_detour_direction direction,
    struct mh_detour *ret_detour, struct mh_error *err)
{
    struct parts parts;
    int status = find_parts(lab, port, direction, &parts, err);

    if (!status && !lab->ports[port].detours)
        add_hooks(lab, &parts, parts.port_index);
    if (!status && !is_made(lab, port, direction))
        status = make(lab, &parts, err);
    if (status)
        return status;
    lab->ports[port].detours |= 1U << direction;
    *ret_detour = (struct mh_detour){
        .exit = parts.outside_index,
        .entrance = parts.from_host ? parts.outside_index : parts.port_index,
        .mark = parts.mark,
        .mtu = parts.mtu,
    };
    return 0;
}

int mh_lab_detour_insert(
    struct mh_lab *lab, int port, enum mh_detour_direction direction, struct mh_error *err)
{
    struct parts parts;
    struct nlmsghdr *message;
    struct nlattr *options;
    int status = find_parts(lab, port, direction, &parts, err);

    if (status)
        return status;
    message = filter_message(lab, &parts, RTM_NEWTFILTER, parts.port_index, parts.hook);
    options = mnl_attr_nest_start(message, TCA_OPTIONS);
    put_program(message, NOT_MARKED, parts.mark);
    put_redirection(message, parts.inside_index, TCA_EGRESS_REDIR);
    mnl_attr_nest_end(message, options);
    return send_all(lab, err);
}

int mh_lab_detour_remove(
    struct mh_lab *lab, int port, enum mh_detour_direction direction, struct mh_error *err)
{
    struct parts parts;
    int status = find_parts(lab, port, direction, &parts, err);

    if (status)
        return status;
    filter_message(lab, &parts, RTM_DELTFILTER, parts.port_index, parts.hook);
    return send_all(lab, err);
}
