#include "lab/place.h"

#include "lab/attribute.h"
#include "lab/interface.h"
#include "net/netns.h"

#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <string.h>

enum { LO_INDEX = 1 };

static unsigned number_in(const struct nlmsghdr *message, uint16_t type)
{
    return (unsigned)mh_attribute_number(mh_attribute_find(message, sizeof(struct ifinfomsg),
                                             (struct mh_attribute_path){{type}}),
        0);
}

static bool has(const struct nlmsghdr *message, uint16_t type)
{
    return mh_attribute_find(
        message, sizeof(struct ifinfomsg), (struct mh_attribute_path){{type}});
}

static int read_link(const struct nlmsghdr *message, void *context)
{
    const struct ifinfomsg *link = mnl_nlmsg_get_payload(message);
    struct mh_place_link *found = context;

    found->index = (unsigned)link->ifi_index;
    found->flags = link->ifi_flags;
    found->master = number_in(message, IFLA_MASTER);
    found->peer = has(message, IFLA_LINK_NETNSID) ? 0 : number_in(message, IFLA_LINK);
    return MNL_CB_OK;
}

int mh_place_find(struct mh_netlink *netlink, const char *name, struct mh_place_link *ret_link,
    struct mh_error *err)
{
    struct mh_attempt attempt = {"find", "interface %s", {name}};
    struct mh_place_link found = {.index = 0};
    struct nlmsghdr *message;
    struct ifinfomsg link;

    memset(&link, 0, sizeof(link));
    message = mh_netlink_add(netlink, RTM_GETLINK, 0, &link, sizeof(link), &attempt);
    mnl_attr_put_strz(message, IFLA_IFNAME, name);
    mnl_attr_put_u32(message, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
    int r = mh_netlink_ask(netlink, read_link, &found, err);
    if (r == 0)
        *ret_link = found;
    return r;
}

int mh_place_configure(const struct mh_place *place, struct mh_netlink *netlink, unsigned index,
    struct mh_error *err)
{
    struct mh_attempt up = {"bring up", "%s", {place->lower}};
    struct mh_attempt address = {"give", "%s its IPv4 address", {place->lower}};
    struct mh_attempt address6 = {"give", "%s its IPv6 address", {place->lower}};

    mh_interface_up(netlink, LO_INDEX, &up);
    mh_interface_up(netlink, index, &up);
    mh_interface_settle(netlink, index, &up);
    mh_interface_address(
        netlink, index, &place->ipv4.address, place->ipv4.prefix_length, &address);
    mh_interface_address(
        netlink, index, &place->ipv6.address, place->ipv6.prefix_length, &address6);
    mh_interface_route_to_self6(netlink, index, &place->ipv6.address, &address6);
    return mh_netlink_send(netlink, err);
}

int mh_place_connect(
    const struct mh_place *place, struct mh_netlink *netlink, struct mh_error *err)
{
    int home;
    int r = mh_netns_visit(place->netns, &home, err);
    if (r < 0)
        return r;

    r = mh_netlink_connect(netlink, err);
    int back = mh_netns_return(home, r < 0 ? NULL : err);
    return r < 0 ? r : back;
}
