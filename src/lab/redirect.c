#include "lab/redirect.h"

#include "lab/hint.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/bpf_common.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/tc_act/tc_mirred.h>
#include <string.h>

void mh_redirect_hooks(
    struct mh_netlink *netlink, unsigned index, const struct mh_attempt *attempt)
{
    struct nlmsghdr *message;
    struct tcmsg hooks;

    memset(&hooks, 0, sizeof(hooks));
    hooks.tcm_ifindex = (int)index;
    hooks.tcm_handle = TC_H_MAKE(TC_H_CLSACT, 0);
    hooks.tcm_parent = TC_H_CLSACT;
    message =
        mh_netlink_add(netlink, RTM_NEWQDISC, NLM_F_CREATE, &hooks, sizeof(hooks), attempt);
    mnl_attr_put_strz(message, TCA_KIND, "clsact");
}

static struct nlmsghdr *filter_message(struct mh_netlink *netlink, uint16_t type,
    const struct mh_redirect *redirect, const struct mh_attempt *attempt)
{
    uint16_t flags = type == RTM_NEWTFILTER ? NLM_F_CREATE | NLM_F_EXCL : 0;
    struct nlmsghdr *message;
    struct tcmsg filter;

    memset(&filter, 0, sizeof(filter));
    filter.tcm_ifindex = (int)redirect->index;
    filter.tcm_handle = 1;
    filter.tcm_parent = TC_H_MAKE(TC_H_CLSACT,
        redirect->hook == MH_REDIRECT_INGRESS ? TC_H_MIN_INGRESS : TC_H_MIN_EGRESS);
    filter.tcm_info = TC_H_MAKE((uint32_t)redirect->rank << 16, htons(ETH_P_ALL));
    message = mh_netlink_add(netlink, type, flags, &filter, sizeof(filter), attempt);
    mnl_attr_put_strz(message, TCA_KIND, "bpf");
    return message;
}

/* A program in classic BPF, which needs no privilege beyond the namespace's. */
static void put_program(struct nlmsghdr *message, const struct mh_redirect *redirect)
{
    bool all = redirect->which == MH_REDIRECT_ALL;
    uint8_t yes = all || redirect->which == MH_REDIRECT_MARKED ? 0 : 1;
    uint8_t no = all || redirect->which == MH_REDIRECT_NOT_MARKED ? 0 : 1;
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_MARK)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, redirect->mark, yes, no),
        BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };

    mnl_attr_put_u16(message, TCA_BPF_OPS_LEN, sizeof(code) / sizeof(code[0]));
    mnl_attr_put(message, TCA_BPF_OPS, sizeof(code), code);
}

static void put_action(struct nlmsghdr *message, const struct mh_redirect *redirect)
{
    struct nlattr *actions = mnl_attr_nest_start(message, TCA_BPF_ACT);
    struct nlattr *first = mnl_attr_nest_start(message, 1);
    struct nlattr *options;
    struct tc_mirred redirection;

    memset(&redirection, 0, sizeof(redirection));
    redirection.action = TC_ACT_STOLEN;
    redirection.eaction = redirect->arrives ? TCA_INGRESS_REDIR : TCA_EGRESS_REDIR;
    redirection.ifindex = redirect->target;
    mnl_attr_put_strz(message, TCA_ACT_KIND, "mirred");
    options = mnl_attr_nest_start(message, TCA_ACT_OPTIONS);
    mnl_attr_put(message, TCA_MIRRED_PARMS, sizeof(redirection), &redirection);
    mnl_attr_nest_end(message, options);
    mnl_attr_nest_end(message, first);
    mnl_attr_nest_end(message, actions);
}

void mh_redirect_add(struct mh_netlink *netlink, const struct mh_redirect *redirect,
    const struct mh_attempt *attempt)
{
    struct nlmsghdr *message = filter_message(netlink, RTM_NEWTFILTER, redirect, attempt);
    struct nlattr *options = mnl_attr_nest_start(message, TCA_OPTIONS);

    put_program(message, redirect);
    put_action(message, redirect);
    mnl_attr_nest_end(message, options);
}

void mh_redirect_remove(struct mh_netlink *netlink, const struct mh_redirect *redirect,
    const struct mh_attempt *attempt)
{
    filter_message(netlink, RTM_DELTFILTER, redirect, attempt);
}

static const char missing[] =
    "the kernel needs CONFIG_NET_CLS_BPF, CONFIG_NET_ACT_MIRRED and CONFIG_NET_SCH_INGRESS "
    "(modules cls_bpf, act_mirred, sch_ingress)";

int mh_redirect_send(struct mh_netlink *netlink, struct mh_error *err)
{
    int status = mh_netlink_send(netlink, err);

    if (status == -ENOENT || status == -EOPNOTSUPP) {
        mh_error_hint(err, missing);
        return status;
    }
    mh_lab_hint(err, status);
    return status;
}
