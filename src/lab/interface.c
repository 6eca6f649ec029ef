#include "lab/interface.h"

#include <arpa/inet.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdbool.h>
#include <string.h>

enum {
    /* Before the kernel's own route for ff00::/8 on each interface, which has 256. */
    MULTICAST_METRIC = 1,
};

void mh_interface_up(
    struct mh_netlink *netlink, unsigned index, const struct mh_attempt *attempt)
{
    struct ifinfomsg link;

    memset(&link, 0, sizeof(link));
    link.ifi_index = (int)index;
    link.ifi_flags = IFF_UP;
    link.ifi_change = IFF_UP;
    mh_netlink_add(netlink, RTM_NEWLINK, 0, &link, sizeof(link), attempt);
}

void mh_interface_stop_autoconfiguration(
    struct mh_netlink *netlink, unsigned index, const struct mh_attempt *attempt)
{
    struct nlattr *families, *ipv6;
    struct nlmsghdr *message;
    struct ifinfomsg link;

    memset(&link, 0, sizeof(link));
    link.ifi_index = (int)index;
    message = mh_netlink_add(netlink, RTM_NEWLINK, 0, &link, sizeof(link), attempt);
    families = mnl_attr_nest_start(message, IFLA_AF_SPEC);
    ipv6 = mnl_attr_nest_start(message, AF_INET6);
    mnl_attr_put_u8(message, IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE);
    mnl_attr_nest_end(message, ipv6);
    mnl_attr_nest_end(message, families);
}

void mh_interface_settle(
    struct mh_netlink *netlink, unsigned index, const struct mh_attempt *attempt)
{
    struct nlmsghdr *message;
    struct ifinfomsg link;

    memset(&link, 0, sizeof(link));
    link.ifi_index = (int)index;
    message = mh_netlink_add(netlink, RTM_GETLINK, 0, &link, sizeof(link), attempt);
    mnl_attr_put_u32(message, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
}

void mh_interface_address(struct mh_netlink *netlink, unsigned index,
    const struct mh_addr *address, uint8_t prefix_length, const struct mh_attempt *attempt)
{
    bool v4 = address->family == AF_INET;
    const void *bytes = v4 ? (const void *)&address->v4 : (const void *)&address->v6;
    size_t size = v4 ? sizeof(address->v4) : sizeof(address->v6);
    struct nlmsghdr *message;
    struct ifaddrmsg header;

    if (address->family == AF_UNSPEC)
        return;
    memset(&header, 0, sizeof(header));
    header.ifa_family = (uint8_t)address->family;
    header.ifa_prefixlen = prefix_length;
    header.ifa_flags = v4 ? 0 : IFA_F_NODAD;
    header.ifa_index = index;
    message = mh_netlink_add(
        netlink, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &header, sizeof(header), attempt);
    mnl_attr_put(message, IFA_LOCAL, size, bytes);
    mnl_attr_put(message, IFA_ADDRESS, size, bytes);
}

void mh_interface_route_to_self6(struct mh_netlink *netlink, unsigned index,
    const struct mh_addr *address, const struct mh_attempt *attempt)
{
    struct nlmsghdr *message;
    struct rtmsg header;

    if (address->family == AF_UNSPEC)
        return;
    memset(&header, 0, sizeof(header));
    header.rtm_family = AF_INET6;
    header.rtm_dst_len = 128;
    header.rtm_table = RT_TABLE_LOCAL;
    header.rtm_protocol = RTPROT_STATIC;
    header.rtm_scope = RT_SCOPE_HOST;
    header.rtm_type = RTN_LOCAL;
    message = mh_netlink_add(
        netlink, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, &header, sizeof(header), attempt);
    mnl_attr_put(message, RTA_DST, sizeof(address->v6), &address->v6);
    mnl_attr_put_u32(message, RTA_OIF, index);
}

void mh_interface_multicast(
    struct mh_netlink *netlink, unsigned index, const struct mh_attempt *attempt)
{
    const struct in_addr all_groups = {htonl(0xe0000000)};
    struct nlmsghdr *message;
    struct rtmsg header;

    memset(&header, 0, sizeof(header));
    header.rtm_family = AF_INET;
    header.rtm_dst_len = 4;
    header.rtm_table = RT_TABLE_MAIN;
    header.rtm_protocol = RTPROT_STATIC;
    header.rtm_scope = RT_SCOPE_LINK;
    header.rtm_type = RTN_UNICAST;
    message = mh_netlink_add(
        netlink, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, &header, sizeof(header), attempt);
    mnl_attr_put(message, RTA_DST, sizeof(all_groups), &all_groups);
    mnl_attr_put_u32(message, RTA_OIF, index);
}

void mh_interface_multicast6(
    struct mh_netlink *netlink, unsigned index, const struct mh_attempt *attempt)
{
    const struct in6_addr all_groups = {.s6_addr = {0xff}};
    struct nlmsghdr *message;
    struct rtmsg header;

    memset(&header, 0, sizeof(header));
    header.rtm_family = AF_INET6;
    header.rtm_dst_len = 8;
    header.rtm_table = RT_TABLE_LOCAL;
    header.rtm_protocol = RTPROT_STATIC;
    header.rtm_scope = RT_SCOPE_UNIVERSE;
    header.rtm_type = RTN_MULTICAST;
    message = mh_netlink_add(
        netlink, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, &header, sizeof(header), attempt);
    mnl_attr_put(message, RTA_DST, sizeof(all_groups), &all_groups);
    mnl_attr_put_u32(message, RTA_OIF, index);
    mnl_attr_put_u32(message, RTA_PRIORITY, MULTICAST_METRIC);
}
