#include "net/mroute.h"

#include "net/interface.h"
#include "net/netns.h"

#include <errno.h>
#include <linux/mroute.h>
#include <linux/mroute6.h>
#include <netinet/icmp6.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { DRAINED_AT_ONCE = 64, NOT_FOUND = -1 };

struct mh_mroute {
    int fd;
    sa_family_t family;
    unsigned interfaces[MH_MROUTE_INTERFACES_MAX]; /* by their number in the kernel's table */
    size_t interface_count;
};

static int set_option(const struct mh_mroute *self, int name, const void *value, size_t size)
{
    int level = self->family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6;

    return setsockopt(self->fd, level, name, value, (socklen_t)size) < 0 ? -errno : 0;
}

/* ---- opening -------------------------------------------------------------------------------
 */

static int explain_open(struct mh_error *err, int code, sa_family_t family)
{
    mh_error_set(err, code, "route multicast", "take over IPv%d multicast forwarding",
        family == AF_INET ? 4 : 6);
    if (code == -EADDRINUSE)
        mh_error_hint(err, "a routing daemon has it already, and there is one owner per "
                           "host: give it the route, or stop it");
    if (code == -ENOPROTOOPT || code == -EPROTONOSUPPORT)
        mh_error_hint(err, "this kernel was built without multicast routing (CONFIG_IP_MROUTE, "
                           "CONFIG_IPV6_MROUTE)");
    if (code == -EPERM || code == -EACCES)
        mh_error_hint(err, "it takes CAP_NET_ADMIN in the network namespace");
    return code;
}

/* The kernel's messages pass by this filter; ICMPv6 of the host's own does not. */
static int block_icmp6(int fd)
{
    struct icmp6_filter filter;

    memset(&filter, 0, sizeof(filter));
    ICMP6_FILTER_SETBLOCKALL(&filter);
    return setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof(filter)) < 0 ? -errno
                                                                                     : 0;
}

static int take_over(struct mh_mroute *self)
{
    const int on = 1;

    if (self->family == AF_INET)
        return set_option(self, MRT_INIT, &on, sizeof(on));
    int r = block_icmp6(self->fd);
    return r < 0 ? r : set_option(self, MRT6_INIT, &on, sizeof(on));
}

int mh_mroute_open(
    int netns_fd, sa_family_t family, struct mh_mroute **ret_mroute, struct mh_error *err)
{
    int protocol = family == AF_INET ? IPPROTO_IGMP : IPPROTO_ICMPV6;
    int fd = mh_netns_socket(netns_fd, family, SOCK_RAW, protocol, err);
    if (fd < 0) /* with a hint it was the namespace that refused */
        return err && err->hint[0] ? fd : explain_open(err, fd, family);

    struct mh_mroute *self = calloc(1, sizeof(*self));
    if (!self) {
        close(fd);
        return explain_open(err, -ENOMEM, family);
    }
    self->fd = fd;
    self->family = family;
    int r = take_over(self);
    if (r < 0) {
        mh_mroute_free(self);
        return explain_open(err, r, family);
    }
    *ret_mroute = self;
    return 0;
}

struct mh_mroute *mh_mroute_free(struct mh_mroute *mroute)
{
    if (mroute)
        close(mroute->fd);
    free(mroute);
    return NULL;
}

/* ---- interfaces ----------------------------------------------------------------------------
 */

static int number_of(const struct mh_mroute *self, unsigned interface_index)
{
    for (size_t i = 0; i < self->interface_count; i++)
        if (self->interfaces[i] == interface_index)
            return (int)i;
    return NOT_FOUND;
}

static int add_vif4(struct mh_mroute *self, unsigned interface_index)
{
    struct vifctl vif;

    memset(&vif, 0, sizeof(vif));
    vif.vifc_vifi = (vifi_t)self->interface_count;
    vif.vifc_flags = VIFF_USE_IFINDEX;
    vif.vifc_threshold = 1;
    vif.vifc_lcl_ifindex = (int)interface_index;
    return set_option(self, MRT_ADD_VIF, &vif, sizeof(vif));
}

static int add_vif6(struct mh_mroute *self, unsigned interface_index)
{
    struct mif6ctl vif;

    memset(&vif, 0, sizeof(vif));
    vif.mif6c_mifi = (mifi_t)self->interface_count;
    vif.vifc_threshold = 1;
    if (interface_index > UINT16_MAX)
        return -ERANGE;
    vif.mif6c_pifi = (uint16_t)interface_index;
    return set_option(self, MRT6_ADD_MIF, &vif, sizeof(vif));
}

static int explain_interface(
    const struct mh_mroute *self, int code, unsigned interface_index, struct mh_error *err)
{
    char name[MH_INTERFACE_TEXT_MAX] = "";

    mh_interface_name(self->fd, interface_index, name);
    mh_error_set(err, code, "route multicast", "route multicast through %s", name);
    if (code == -ENFILE)
        mh_error_hint(err,
            "the kernel routes multicast between %d interfaces of a host at most",
            MH_MROUTE_INTERFACES_MAX);
    return code;
}

static int ensure_interface(
    struct mh_mroute *self, unsigned interface_index, struct mh_error *err)
{
    int r;

    if (number_of(self, interface_index) != NOT_FOUND)
        return 0;
    if (self->interface_count == MH_MROUTE_INTERFACES_MAX)
        return explain_interface(self, -ENFILE, interface_index, err);
    r = self->family == AF_INET ? add_vif4(self, interface_index)
                                : add_vif6(self, interface_index);
    if (r < 0)
        return explain_interface(self, r, interface_index, err);
    self->interfaces[self->interface_count++] = interface_index;
    return 0;
}

static int ensure_interfaces(
    struct mh_mroute *self, const struct mh_mroute_entry *entry, struct mh_error *err)
{
    int r = ensure_interface(self, entry->incoming, err);

    for (size_t i = 0; r == 0 && i < entry->output_count; i++)
        r = ensure_interface(self, entry->outputs[i].interface_index, err);
    return r;
}

/* ---- entries -------------------------------------------------------------------------------
 */

static bool is_any_source(const struct mh_mroute_entry *entry)
{
    return entry->source.family == AF_UNSPEC;
}

static int explain_entry(
    int code, const char *verb, const struct mh_mroute_entry *entry, struct mh_error *err)
{
    char source[MH_ADDR_TEXT_MAX], group[MH_ADDR_TEXT_MAX];

    mh_error_set(err, code, "route multicast", "%s the multicast route (%s, %s)", verb,
        mh_addr_format(&entry->source, source), mh_addr_format(&entry->group, group));
    if (code == -EADDRNOTAVAIL || code == -ENOENT)
        mh_error_hint(err, "there is no such route (any more)");
    return code;
}

/* All interfaces of the entry are in the kernel's table.
 *
 * A (*,G) entry is found by packets that come in through one of its outputs, so that the
 * incoming interface has to be one of them; out of where it came in the kernel sends nothing
 * (ipmr_cache_find_any() and ip_mr_forward() of net/ipv4/ipmr.c). */
static struct mfcctl entry4(const struct mh_mroute *self, const struct mh_mroute_entry *entry)
{
    int incoming = number_of(self, entry->incoming);
    struct mfcctl mfc;

    memset(&mfc, 0, sizeof(mfc));
    if (!is_any_source(entry))
        mfc.mfcc_origin = entry->source.v4;
    mfc.mfcc_mcastgrp = entry->group.v4;
    mfc.mfcc_parent = (vifi_t)incoming;
    if (is_any_source(entry))
        mfc.mfcc_ttls[incoming] = 1;
    for (size_t i = 0; i < entry->output_count; i++)
        mfc.mfcc_ttls[number_of(self, entry->outputs[i].interface_index)] =
            entry->outputs[i].ttl_threshold;
    return mfc;
}

static struct sockaddr_in6 sockaddr6(const struct mh_addr *address)
{
    struct sockaddr_in6 sockaddr;

    memset(&sockaddr, 0, sizeof(sockaddr));
    sockaddr.sin6_family = AF_INET6;
    if (address->family == AF_INET6)
        sockaddr.sin6_addr = address->v6;
    return sockaddr;
}

/* IF_SET() mixes signed and unsigned. */
static void add_output6(struct if_set *set, int number)
{
    unsigned bit = (unsigned)number;

    set->ifs_bits[bit / NIFBITS] |= (if_mask)1 << (bit % NIFBITS);
}

static struct mf6cctl entry6(const struct mh_mroute *self, const struct mh_mroute_entry *entry)
{
    int incoming = number_of(self, entry->incoming);
    struct mf6cctl mfc;

    memset(&mfc, 0, sizeof(mfc));
    mfc.mf6cc_origin = sockaddr6(&entry->source);
    mfc.mf6cc_mcastgrp = sockaddr6(&entry->group);
    mfc.mf6cc_parent = (mifi_t)incoming;
    if (is_any_source(entry))
        add_output6(&mfc.mf6cc_ifset, incoming);
    for (size_t i = 0; i < entry->output_count; i++)
        add_output6(&mfc.mf6cc_ifset, number_of(self, entry->outputs[i].interface_index));
    return mfc;
}

static int change4(
    struct mh_mroute *self, const struct mh_mroute_entry *entry, int one_source, int any_source)
{
    struct mfcctl mfc = entry4(self, entry);

    return set_option(self, is_any_source(entry) ? any_source : one_source, &mfc, sizeof(mfc));
}

static int change6(
    struct mh_mroute *self, const struct mh_mroute_entry *entry, int one_source, int any_source)
{
    struct mf6cctl mfc = entry6(self, entry);

    return set_option(self, is_any_source(entry) ? any_source : one_source, &mfc, sizeof(mfc));
}

static bool is_consistent(const struct mh_mroute *self, const struct mh_mroute_entry *entry)
{
    bool valid = entry->group.family == self->family && mh_addr_is_multicast(&entry->group) &&
                 entry->output_count <= MH_MROUTE_INTERFACES_MAX &&
                 (is_any_source(entry) || entry->source.family == self->family);

    for (size_t i = 0; valid && i < entry->output_count; i++)
        valid = entry->outputs[i].ttl_threshold >= 1 && entry->outputs[i].ttl_threshold <= 254;
    return valid;
}

int mh_mroute_add(
    struct mh_mroute *mroute, const struct mh_mroute_entry *entry, struct mh_error *err)
{
    if (!is_consistent(mroute, entry))
        return explain_entry(-EINVAL, "add", entry, err);
    int r = ensure_interfaces(mroute, entry, err);
    if (r < 0)
        return r;
    r = mroute->family == AF_INET ? change4(mroute, entry, MRT_ADD_MFC, MRT_ADD_MFC_PROXY)
                                  : change6(mroute, entry, MRT6_ADD_MFC, MRT6_ADD_MFC_PROXY);
    return r < 0 ? explain_entry(r, "add", entry, err) : 0;
}

int mh_mroute_remove(
    struct mh_mroute *mroute, const struct mh_mroute_entry *entry, struct mh_error *err)
{
    struct mh_mroute_entry key = *entry;

    if (!is_consistent(mroute, entry))
        return explain_entry(-EINVAL, "remove", entry, err);
    if (number_of(mroute, entry->incoming) == NOT_FOUND)
        return explain_entry(-ENOENT, "remove", entry, err);
    key.output_count = 0;
    int r = mroute->family == AF_INET ? change4(mroute, &key, MRT_DEL_MFC, MRT_DEL_MFC_PROXY)
                                      : change6(mroute, &key, MRT6_DEL_MFC, MRT6_DEL_MFC_PROXY);
    return r < 0 ? explain_entry(r, "remove", entry, err) : 0;
}

/* ---- counting ------------------------------------------------------------------------------
 */

static int count4(struct mh_mroute *self, const struct mh_mroute_entry *entry,
    struct mh_mroute_counters *ret_counters)
{
    struct sioc_sg_req request;

    memset(&request, 0, sizeof(request));
    if (!is_any_source(entry))
        request.src = entry->source.v4;
    request.grp = entry->group.v4;
    if (ioctl(self->fd, SIOCGETSGCNT, &request) < 0)
        return -errno;
    *ret_counters =
        (struct mh_mroute_counters){request.pktcnt, request.bytecnt, request.wrong_if};
    return 0;
}

static int count6(struct mh_mroute *self, const struct mh_mroute_entry *entry,
    struct mh_mroute_counters *ret_counters)
{
    struct sioc_sg_req6 request;

    memset(&request, 0, sizeof(request));
    request.src = sockaddr6(&entry->source);
    request.grp = sockaddr6(&entry->group);
    if (ioctl(self->fd, SIOCGETSGCNT_IN6, &request) < 0)
        return -errno;
    *ret_counters =
        (struct mh_mroute_counters){request.pktcnt, request.bytecnt, request.wrong_if};
    return 0;
}

int mh_mroute_count(struct mh_mroute *mroute, const struct mh_mroute_entry *entry,
    struct mh_mroute_counters *ret_counters, struct mh_error *err)
{
    if (!is_consistent(mroute, entry))
        return explain_entry(-EINVAL, "count", entry, err);
    int r = mroute->family == AF_INET ? count4(mroute, entry, ret_counters)
                                      : count6(mroute, entry, ret_counters);
    return r < 0 ? explain_entry(r, "count", entry, err) : 0;
}

/* ---- what the kernel asks ------------------------------------------------------------------
 */

int mh_mroute_fd(const struct mh_mroute *mroute)
{
    return mroute->fd;
}

void mh_mroute_drain(struct mh_mroute *mroute)
{
    char start;

    for (int i = 0; i < DRAINED_AT_ONCE; i++)
        if (recv(mroute->fd, &start, sizeof(start), MSG_DONTWAIT | MSG_TRUNC) < 0)
            return;
}
