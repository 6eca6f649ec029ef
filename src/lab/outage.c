#include "lab/outage.h"

#include "lab/attribute.h"
#include "lab/netlink.h"
#include "net/netns.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* A message of the kernel's that says what was there. */
struct memory {
    struct memory *next;
    struct nlmsghdr message; /* and what follows it */
};

struct mh_outage {
    struct mh_netlink *netlink; /* of the interface's namespace */
    unsigned index;
    char name[IFNAMSIZ];
    bool over;
    int status;            /* of remembering */
    struct memory *memory; /* the last one first */
};

static struct mh_attempt attempt_to(const struct mh_outage *outage, const char *operation)
{
    return (struct mh_attempt){operation, "%s", {outage->name}};
}

/* ---- remembering ---------------------------------------------------------------------------
 */

static struct nlmsghdr *keep(struct mh_outage *outage, const struct nlmsghdr *message)
{
    struct memory *memory = malloc(offsetof(struct memory, message) + message->nlmsg_len);

    if (!memory) {
        outage->status = -ENOMEM;
        return NULL;
    }
    memory->next = outage->memory;
    memcpy(&memory->message, message, message->nlmsg_len);
    outage->memory = memory;
    return &memory->message;
}

/* IPv4 addresses stay. */
static int keep_address(const struct nlmsghdr *message, void *context)
{
    const struct ifaddrmsg *address = mnl_nlmsg_get_payload(message);
    struct mh_outage *outage = context;

    if (address->ifa_index == outage->index)
        keep(outage, message);
    return MNL_CB_OK;
}

/* Those that the kernel makes for each address come back with it. Of a route that is to be
 * added it refuses to be told that its link is down. */
static int keep_route(const struct nlmsghdr *message, void *context)
{
    const struct rtmsg *route = mnl_nlmsg_get_payload(message);
    struct mh_outage *outage = context;
    uint64_t out = mh_attribute_number(
        mh_attribute_find(message, sizeof(*route), (struct mh_attribute_path){{RTA_OIF}}), 0);

    struct nlmsghdr *kept = NULL;

    if (out == outage->index && route->rtm_protocol != RTPROT_KERNEL &&
        !(route->rtm_flags & RTM_F_CLONED))
        kept = keep(outage, message);
    if (kept)
        ((struct rtmsg *)mnl_nlmsg_get_payload(kept))->rtm_flags = 0;
    return MNL_CB_OK;
}

/* What was learnt can be learnt again. */
static int keep_neighbour(const struct nlmsghdr *message, void *context)
{
    const struct ndmsg *neighbour = mnl_nlmsg_get_payload(message);
    struct mh_outage *outage = context;

    if (neighbour->ndm_ifindex == (int)outage->index && neighbour->ndm_state & NUD_PERMANENT)
        keep(outage, message);
    return MNL_CB_OK;
}

static int remember(struct mh_outage *outage, uint16_t type, uint8_t family, mnl_cb_t keep_one,
    struct mh_error *err)
{
    struct mh_attempt attempt = attempt_to(outage, "read interface");
    struct rtmsg header; /* the longest; all begin with the family */
    size_t size = type == RTM_GETADDR    ? sizeof(struct ifaddrmsg)
                  : type == RTM_GETNEIGH ? sizeof(struct ndmsg)
                                         : sizeof(header);
    int status;

    memset(&header, 0, sizeof(header));
    header.rtm_family = family;
    mh_netlink_add(outage->netlink, type, 0, &header, size, &attempt);
    status = mh_netlink_dump(outage->netlink, keep_one, outage, err);
    if (!status && outage->status)
        return mh_error_set(
            err, outage->status, attempt.operation, attempt.sentence, outage->name);
    return status;
}

/* The last one that is remembered is the first to be given back: what routes lead through must
 * be there before them. */
static int remember_all(struct mh_outage *outage, struct mh_error *err)
{
    int status = remember(outage, RTM_GETNEIGH, AF_UNSPEC, keep_neighbour, err);

    if (!status)
        status = remember(outage, RTM_GETROUTE, AF_INET, keep_route, err);
    if (!status)
        status = remember(outage, RTM_GETROUTE, AF_INET6, keep_route, err);
    return status ? status : remember(outage, RTM_GETADDR, AF_INET6, keep_address, err);
}

/* ---- giving back ---------------------------------------------------------------------------
 */

static void set_up(struct mh_outage *outage, bool up)
{
    struct mh_attempt attempt = attempt_to(outage, up ? "bring up" : "take down");
    struct ifinfomsg link;

    memset(&link, 0, sizeof(link));
    link.ifi_index = (int)outage->index;
    link.ifi_flags = up ? IFF_UP : 0;
    link.ifi_change = IFF_UP;
    mh_netlink_add(outage->netlink, RTM_NEWLINK, 0, &link, sizeof(link), &attempt);
}

/* Its link event is handled at once, not up to a second later: it carries when this is done. */
static void settle(struct mh_outage *outage)
{
    struct mh_attempt attempt = attempt_to(outage, "bring up");
    struct nlmsghdr *message;
    struct ifinfomsg link;

    memset(&link, 0, sizeof(link));
    link.ifi_index = (int)outage->index;
    message = mh_netlink_add(outage->netlink, RTM_GETLINK, 0, &link, sizeof(link), &attempt);
    mnl_attr_put_u32(message, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
}

static bool is_route(const struct memory *memory)
{
    return memory->message.nlmsg_type == RTM_NEWROUTE;
}

static bool has_gateway(const struct memory *memory)
{
    return is_route(memory) && mh_attribute_find(&memory->message, sizeof(struct rtmsg),
                                   (struct mh_attribute_path){{RTA_GATEWAY}});
}

static void put_back(struct mh_outage *outage, const struct memory *memory)
{
    struct mh_attempt attempt = attempt_to(outage, "restore");
    const struct nlmsghdr *kept = &memory->message;

    mh_netlink_add(outage->netlink, kept->nlmsg_type, NLM_F_CREATE | NLM_F_REPLACE,
        mnl_nlmsg_get_payload(kept), mnl_nlmsg_get_payload_len(kept), &attempt);
}

int mh_outage_end(struct mh_outage *outage, struct mh_error *err)
{
    int status;

    if (outage->over)
        return 0;
    set_up(outage, true);
    settle(outage);
    for (int gateways = 0; gateways < 2; gateways++)
        for (const struct memory *memory = outage->memory; memory; memory = memory->next)
            if (has_gateway(memory) == gateways)
                put_back(outage, memory);
    status = mh_netlink_send(outage->netlink, err);
    outage->over = !status;
    return status;
}

/* ---- life ----------------------------------------------------------------------------------
 */

static int connect_in(struct mh_netlink *netlink, int netns, struct mh_error *err)
{
    int home;
    int status = mh_netns_visit(netns, &home, err);
    int gone;

    if (status)
        return status;
    status = mh_netlink_connect(netlink, err);
    gone = mh_netns_return(home, status ? NULL : err);
    return status ? status : gone;
}

static int begin(struct mh_outage *outage, int netns, struct mh_error *err)
{
    int status = connect_in(outage->netlink, netns, err);

    if (!status)
        status = remember_all(outage, err);
    if (status)
        return status;
    set_up(outage, false);
    return mh_netlink_send(outage->netlink, err);
}

int mh_outage_begin(int netns, unsigned index, const char *name, struct mh_outage **ret_outage,
    struct mh_error *err)
{
    struct mh_outage *outage = calloc(1, sizeof(*outage));
    int status;

    if (outage)
        outage->netlink = mh_netlink_new();
    if (!outage || !outage->netlink) {
        mh_outage_free(outage);
        return mh_error_set(err, -ENOMEM, "take down", "%s", name);
    }
    outage->index = index;
    strncpy(outage->name, name, sizeof(outage->name) - 1);
    status = begin(outage, netns, err);
    if (status)
        mh_outage_free(outage);
    else
        *ret_outage = outage;
    return status;
}

struct mh_outage *mh_outage_free(struct mh_outage *outage)
{
    if (!outage)
        return NULL;
    while (outage->memory) {
        struct memory *next = outage->memory->next;

        free(outage->memory);
        outage->memory = next;
    }
    mh_netlink_free(outage->netlink);
    free(outage);
    return NULL;
}
