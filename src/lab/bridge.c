#include "lab/bridge.h"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

static void set(struct mh_netlink *netlink, unsigned index, uint16_t type, const void *value,
    size_t size, const struct mh_attempt *attempt)
{
    struct nlmsghdr *message;
    struct nlattr *info, *data;
    struct ifinfomsg link;

    memset(&link, 0, sizeof(link));
    link.ifi_index = (int)index;
    message = mh_netlink_add(netlink, RTM_NEWLINK, 0, &link, sizeof(link), attempt);
    info = mnl_attr_nest_start(message, IFLA_LINKINFO);
    mnl_attr_put_strz(message, IFLA_INFO_KIND, "bridge");
    data = mnl_attr_nest_start(message, IFLA_INFO_DATA);
    mnl_attr_put(message, type, size, value);
    mnl_attr_nest_end(message, data);
    mnl_attr_nest_end(message, info);
}

void mh_bridge_set_flag(struct mh_netlink *netlink, unsigned index, uint16_t type,
    uint8_t value, const struct mh_attempt *attempt)
{
    set(netlink, index, type, &value, sizeof(value), attempt);
}

void mh_bridge_set_timer(struct mh_netlink *netlink, unsigned index, uint16_t type,
    uint64_t centiseconds, const struct mh_attempt *attempt)
{
    set(netlink, index, type, &centiseconds, sizeof(centiseconds), attempt);
}
