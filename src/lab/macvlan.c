#include "lab/macvlan.h"

#include "lab/interface.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stddef.h>
#include <string.h>

int mh_macvlan_mode(const char *word, uint32_t *ret_mode)
{
    static const struct {
        const char *word;
        uint32_t mode;
    } modes[] = {
        {"bridge", MACVLAN_MODE_BRIDGE},
        {"private", MACVLAN_MODE_PRIVATE},
        {"vepa", MACVLAN_MODE_VEPA},
        {"passthru", MACVLAN_MODE_PASSTHRU},
    };

    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
        if (strcmp(modes[i].word, word) == 0) {
            *ret_mode = modes[i].mode;
            return 0;
        }
    return -EINVAL;
}

static int explain(const struct mh_place *place, int code, struct mh_error *err)
{
    if (code == -EOPNOTSUPP)
        mh_error_hint(err,
            "the kernel has no %s: load the module (modprobe %s), or attach the interface "
            "itself (nic = or interface =)",
            place->kind, place->kind);
    if (code == -EPERM)
        mh_error_hint(
            err, "only root may make a child of an interface of this machine: run as root");
    if (code == -EBUSY)
        mh_error_hint(err, "what is on the interface already shares it with nobody: a child in "
                           "mode passthru, or a bridge that it is a port of");
    return code;
}

static int make(
    const struct mh_place *place, struct mh_netlink *home, unsigned lower, struct mh_error *err)
{
    struct mh_attempt attempt = {"make", "a %s on %s", {place->kind, place->lower}};
    struct nlattr *info, *data;
    struct nlmsghdr *message;
    struct ifinfomsg link;

    memset(&link, 0, sizeof(link));
    message = mh_netlink_add(
        home, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &link, sizeof(link), &attempt);
    mnl_attr_put_strz(message, IFLA_IFNAME, place->name);
    mnl_attr_put_u32(message, IFLA_LINK, lower);
    mnl_attr_put_u32(message, IFLA_NET_NS_FD, (uint32_t)place->netns);
    info = mnl_attr_nest_start(message, IFLA_LINKINFO);
    mnl_attr_put_strz(message, IFLA_INFO_KIND, place->kind);
    data = mnl_attr_nest_start(message, IFLA_INFO_DATA);
    mnl_attr_put_u32(message, IFLA_MACVLAN_MODE, place->mode);
    mnl_attr_nest_end(message, data);
    mnl_attr_nest_end(message, info);
    return explain(place, mh_netlink_send(home, err), err);
}

static int make_at_home(
    const struct mh_place *place, struct mh_netlink *home, struct mh_error *err)
{
    struct mh_place_link lower = {.index = 0};

    int r = mh_netlink_connect(home, err);
    if (r == 0)
        r = mh_place_find(home, place->lower, &lower, err);
    return r == 0 ? make(place, home, lower.index, err) : r;
}

static int configure(
    const struct mh_place *place, struct mh_netlink *away, struct mh_error *err)
{
    struct mh_attempt route = {"route", "multicast through %s", {place->name}};
    struct mh_place_link made = {.index = 0};

    int r = mh_place_connect(place, away, err);
    if (r == 0)
        r = mh_place_find(away, place->name, &made, err);
    if (r == 0)
        r = mh_place_configure(place, away, made.index, err);
    if (r < 0)
        return r;
    mh_interface_multicast(away, made.index, &route);
    return mh_netlink_send(away, err);
}

int mh_macvlan_make(const struct mh_place *place, struct mh_error *err)
{
    struct mh_netlink *netlink = mh_netlink_new();
    if (!netlink)
        return mh_error_set(err, -ENOMEM, "attach", "a child of %s", place->lower);

    int r = make_at_home(place, netlink, err);
    if (r == 0)
        r = configure(place, netlink, err);
    mh_netlink_free(netlink);
    return r;
}
