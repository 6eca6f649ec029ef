/* MRT_* of linux/mroute.h. */
#include "net/mroute_private.h"

#include <errno.h>
#include <linux/mroute.h>
#include <string.h>
#include <sys/ioctl.h>

static int set_option(const struct mh_mroute *self, int name, const void *value, size_t size)
{
    return mh_mroute_set(self, IPPROTO_IP, name, value, size);
}

static int take_over(const struct mh_mroute *self)
{
    const int on = 1;

    return set_option(self, MRT_INIT, &on, sizeof(on));
}

static int add_interface(const struct mh_mroute *self, unsigned interface_index)
{
    struct vifctl vif;

    memset(&vif, 0, sizeof(vif));
    vif.vifc_vifi = (vifi_t)self->interface_count;
    vif.vifc_flags = VIFF_USE_IFINDEX;
    vif.vifc_threshold = 1;
    vif.vifc_lcl_ifindex = (int)interface_index;
    return set_option(self, MRT_ADD_VIF, &vif, sizeof(vif));
}

/* A (*,G) entry is found by packets that come in through one of its outputs, so that the
 * incoming interface has to be one of them; out of where it came in the kernel sends nothing
 * (ipmr_cache_find_any() and ip_mr_forward() of net/ipv4/ipmr.c). */
static struct mfcctl cache_entry(
    const struct mh_mroute *self, const struct mh_mroute_entry *entry)
{
    int incoming = mh_mroute_number(self, entry->incoming);
    struct mfcctl mfc;

    memset(&mfc, 0, sizeof(mfc));
    if (!mh_mroute_is_any_source(entry))
        mfc.mfcc_origin = entry->source.v4;
    mfc.mfcc_mcastgrp = entry->group.v4;
    mfc.mfcc_parent = (vifi_t)incoming;
    if (mh_mroute_is_any_source(entry))
        mfc.mfcc_ttls[incoming] = 1;
    for (size_t i = 0; i < entry->output_count; i++)
        mfc.mfcc_ttls[mh_mroute_number(self, entry->outputs[i].interface_index)] =
            entry->outputs[i].ttl_threshold;
    return mfc;
}

static int add(const struct mh_mroute *self, const struct mh_mroute_entry *entry)
{
    struct mfcctl mfc = cache_entry(self, entry);
    int name = mh_mroute_is_any_source(entry) ? MRT_ADD_MFC_PROXY : MRT_ADD_MFC;

    return set_option(self, name, &mfc, sizeof(mfc));
}

static int drop(const struct mh_mroute *self, const struct mh_mroute_entry *entry)
{
    struct mfcctl mfc = cache_entry(self, entry);
    int name = mh_mroute_is_any_source(entry) ? MRT_DEL_MFC_PROXY : MRT_DEL_MFC;

    return set_option(self, name, &mfc, sizeof(mfc));
}

static int count(const struct mh_mroute *self, const struct mh_mroute_entry *entry,
    struct mh_mroute_counters *ret_counters)
{
    struct sioc_sg_req request;

    memset(&request, 0, sizeof(request));
    if (!mh_mroute_is_any_source(entry))
        request.src = entry->source.v4;
    request.grp = entry->group.v4;
    if (ioctl(self->fd, SIOCGETSGCNT, &request) < 0)
        return -errno;
    *ret_counters =
        (struct mh_mroute_counters){request.pktcnt, request.bytecnt, request.wrong_if};
    return 0;
}

const struct mh_mroute_kernel mh_mroute_ipv4 = {
    .family = AF_INET,
    .protocol = IPPROTO_IGMP,
    .take_over = take_over,
    .add_interface = add_interface,
    .add = add,
    .remove = drop,
    .count = count,
};
