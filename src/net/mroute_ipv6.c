/* MRT6_* of linux/mroute6.h. */
#include "net/mroute_private.h"

#include <errno.h>
#include <linux/mroute6.h>
#include <netinet/icmp6.h>
#include <string.h>
#include <sys/ioctl.h>

static int set_option(const struct mh_mroute *self, int name, const void *value, size_t size)
{
    return mh_mroute_set(self, IPPROTO_IPV6, name, value, size);
}

/* The kernel's messages pass by this filter; ICMPv6 of the host's own does not. */
static int block_icmp6(const struct mh_mroute *self)
{
    struct icmp6_filter filter;

    memset(&filter, 0, sizeof(filter));
    ICMP6_FILTER_SETBLOCKALL(&filter);
    return mh_mroute_set(self, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof(filter));
}

static int take_over(const struct mh_mroute *self)
{
    const int on = 1;
    int r = block_icmp6(self);

    return r < 0 ? r : set_option(self, MRT6_INIT, &on, sizeof(on));
}

static int add_interface(const struct mh_mroute *self, unsigned interface_index)
{
    struct mif6ctl vif;

    if (interface_index > UINT16_MAX)
        return -ERANGE;
    memset(&vif, 0, sizeof(vif));
    vif.mif6c_mifi = (mifi_t)self->interface_count;
    vif.vifc_threshold = 1;
    vif.mif6c_pifi = (uint16_t)interface_index;
    return set_option(self, MRT6_ADD_MIF, &vif, sizeof(vif));
}

static struct sockaddr_in6 sockaddr_of(const struct mh_addr *address)
{
    struct sockaddr_in6 sockaddr;

    memset(&sockaddr, 0, sizeof(sockaddr));
    sockaddr.sin6_family = AF_INET6;
    if (address->family == AF_INET6)
        sockaddr.sin6_addr = address->v6;
    return sockaddr;
}

/* IF_SET() mixes signed and unsigned. */
static void add_output(struct if_set *set, int number)
{
    unsigned bit = (unsigned)number;

    set->ifs_bits[bit / NIFBITS] |= (if_mask)1 << (bit % NIFBITS);
}

/* The incoming interface of a (*,G) entry is one of its outputs, as that of IPv4
 * (mroute_ipv4.c). */
static struct mf6cctl cache_entry(
    const struct mh_mroute *self, const struct mh_mroute_entry *entry)
{
    int incoming = mh_mroute_number(self, entry->incoming);
    struct mf6cctl mfc;

    memset(&mfc, 0, sizeof(mfc));
    mfc.mf6cc_origin = sockaddr_of(&entry->source);
    mfc.mf6cc_mcastgrp = sockaddr_of(&entry->group);
    mfc.mf6cc_parent = (mifi_t)incoming;
    if (mh_mroute_is_any_source(entry))
        add_output(&mfc.mf6cc_ifset, incoming);
    for (size_t i = 0; i < entry->output_count; i++)
        add_output(&mfc.mf6cc_ifset, mh_mroute_number(self, entry->outputs[i].interface_index));
    return mfc;
}

static int add(const struct mh_mroute *self, const struct mh_mroute_entry *entry)
{
    struct mf6cctl mfc = cache_entry(self, entry);
    int name = mh_mroute_is_any_source(entry) ? MRT6_ADD_MFC_PROXY : MRT6_ADD_MFC;

    return set_option(self, name, &mfc, sizeof(mfc));
}

static int drop(const struct mh_mroute *self, const struct mh_mroute_entry *entry)
{
    struct mf6cctl mfc = cache_entry(self, entry);
    int name = mh_mroute_is_any_source(entry) ? MRT6_DEL_MFC_PROXY : MRT6_DEL_MFC;

    return set_option(self, name, &mfc, sizeof(mfc));
}

static int count(const struct mh_mroute *self, const struct mh_mroute_entry *entry,
    struct mh_mroute_counters *ret_counters)
{
    struct sioc_sg_req6 request;

    memset(&request, 0, sizeof(request));
    request.src = sockaddr_of(&entry->source);
    request.grp = sockaddr_of(&entry->group);
    if (ioctl(self->fd, SIOCGETSGCNT_IN6, &request) < 0)
        return -errno;
    *ret_counters =
        (struct mh_mroute_counters){request.pktcnt, request.bytecnt, request.wrong_if};
    return 0;
}

const struct mh_mroute_kernel mh_mroute_ipv6 = {
    .family = AF_INET6,
    .protocol = IPPROTO_ICMPV6,
    .take_over = take_over,
    .add_interface = add_interface,
    .add = add,
    .remove = drop,
    .count = count,
};
