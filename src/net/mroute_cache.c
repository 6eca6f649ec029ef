#include "net/mroute_cache.h"

#include "net/netns.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ANSWER_MAX = 32768, ANSWER_TIMEOUT_S = 5 };

struct cache {
    struct mh_mroute_cached *entries;
    size_t count;
    uint8_t family; /* RTNL_FAMILY_* */
};

/* ---- one entry -----------------------------------------------------------------------------
 */

/* Any source reads as 0.0.0.0 or ::. */
static struct mh_addr read_address(const struct rtattr *attribute, sa_family_t family)
{
    size_t size = family == AF_INET ? sizeof(struct in_addr) : sizeof(struct in6_addr);
    struct mh_addr address;

    memset(&address, 0, sizeof(address));
    if (RTA_PAYLOAD(attribute) < size)
        return address;
    memcpy(&address.v6, RTA_DATA(attribute), size);
    address.family = family;
    if (mh_addr_is_any(&address))
        memset(&address, 0, sizeof(address));
    return address;
}

/* RTA_NEXT() and RTNH_NEXT() mix signed and unsigned. Both structs begin with their length. */
static const void *next_part(const void *part, size_t length, size_t *left)
{
    size_t step = (length + RTA_ALIGNTO - 1) / RTA_ALIGNTO * RTA_ALIGNTO;

    *left -= step < *left ? step : *left;
    return (const char *)part + step;
}

static void read_outputs(const struct rtattr *attribute, struct mh_mroute_entry *entry)
{
    const struct rtnexthop *hop = RTA_DATA(attribute);
    size_t left = RTA_PAYLOAD(attribute);

    while (left >= sizeof(*hop) && hop->rtnh_len >= sizeof(*hop) && hop->rtnh_len <= left &&
           entry->output_count < MH_MROUTE_INTERFACES_MAX) {
        entry->outputs[entry->output_count++] = (struct mh_mroute_output){
            .interface_index = (unsigned)hop->rtnh_ifindex,
            .ttl_threshold = hop->rtnh_hops,
        };
        hop = next_part(hop, hop->rtnh_len, &left);
    }
}

static void read_counters(const struct rtattr *attribute, struct mh_mroute_counters *counters)
{
    struct rta_mfc_stats stats;

    if (RTA_PAYLOAD(attribute) < sizeof(stats))
        return;
    memcpy(&stats, RTA_DATA(attribute), sizeof(stats));
    *counters =
        (struct mh_mroute_counters){stats.mfcs_packets, stats.mfcs_bytes, stats.mfcs_wrong_if};
}

static void read_attribute(
    const struct rtattr *attribute, sa_family_t family, struct mh_mroute_cached *cached)
{
    switch (attribute->rta_type) {
    case RTA_SRC:
        cached->entry.source = read_address(attribute, family);
        break;
    case RTA_DST:
        cached->entry.group = read_address(attribute, family);
        break;
    case RTA_IIF:
        if (RTA_PAYLOAD(attribute) >= sizeof(cached->entry.incoming))
            memcpy(
                &cached->entry.incoming, RTA_DATA(attribute), sizeof(cached->entry.incoming));
        break;
    case RTA_MULTIPATH:
        read_outputs(attribute, &cached->entry);
        break;
    case RTA_MFC_STATS:
        read_counters(attribute, &cached->counters);
        break;
    default:
        break;
    }
}

static int add_entry(struct cache *cache, const struct nlmsghdr *message)
{
    const struct rtmsg *header = NLMSG_DATA(message);
    sa_family_t family = cache->family == RTNL_FAMILY_IPMR ? AF_INET : AF_INET6;
    struct mh_mroute_cached *entries, *cached;

    /* A kernel without multicast routing answers with the routes of all families. */
    if (message->nlmsg_type != RTM_NEWROUTE || header->rtm_family != cache->family)
        return 0;
    entries = realloc(cache->entries, (cache->count + 1) * sizeof(*entries));
    if (!entries)
        return -ENOMEM;
    cache->entries = entries;
    cached = &entries[cache->count++];
    memset(cached, 0, sizeof(*cached));
    cached->resolved = !(header->rtm_flags & RTNH_F_UNRESOLVED);

    const struct rtattr *attribute = RTM_RTA(header);
    size_t left = RTM_PAYLOAD(message);
    while (left >= sizeof(*attribute) && attribute->rta_len >= sizeof(*attribute) &&
           attribute->rta_len <= left) {
        read_attribute(attribute, family, cached);
        attribute = next_part(attribute, attribute->rta_len, &left);
    }
    return 0;
}

/* ---- the dump ------------------------------------------------------------------------------
 */

static int ask(int fd, uint8_t family)
{
    const struct timeval patience = {.tv_sec = ANSWER_TIMEOUT_S};
    struct {
        struct nlmsghdr message;
        struct rtmsg header;
    } request;

    memset(&request, 0, sizeof(request));
    request.message.nlmsg_len = sizeof(request);
    request.message.nlmsg_type = RTM_GETROUTE;
    request.message.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    request.header.rtm_family = family;
    if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) < 0)
        return -errno;
    return send(fd, &request, sizeof(request), 0) < 0 ? -errno : 0;
}

/* 1 when it was the last answer. */
static int read_answer(struct cache *cache, const char *answer, ssize_t size)
{
    size_t left = (size_t)size;
    int r = 0;

    for (const struct nlmsghdr *message = (const struct nlmsghdr *)(const void *)answer;
         r == 0 && NLMSG_OK(message, left); message = NLMSG_NEXT(message, left)) {
        if (message->nlmsg_type == NLMSG_DONE)
            return 1;
        if (message->nlmsg_type == NLMSG_ERROR)
            return ((const struct nlmsgerr *)NLMSG_DATA(message))->error;
        r = add_entry(cache, message);
    }
    return r;
}

static int dump(int fd, struct cache *cache)
{
    char *answer = malloc(ANSWER_MAX);
    int r = answer ? ask(fd, cache->family) : -ENOMEM;

    while (r == 0) {
        ssize_t size = recv(fd, answer, ANSWER_MAX, 0);
        if (size < 0)
            r = errno == EINTR ? 0 : -errno;
        else
            r = read_answer(cache, answer, size);
    }
    free(answer);
    return r < 0 ? r : 0;
}

/* Blocking, for a moment: the kernel answers from within recv(). */
static int read_here(struct cache *cache)
{
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (fd < 0)
        return -errno;

    int r = dump(fd, cache);
    close(fd);
    return r;
}

int mh_mroute_cache_read(int netns_fd, sa_family_t family,
    struct mh_mroute_cached **ret_entries, size_t *ret_count, struct mh_error *err)
{
    struct cache cache = {.family = family == AF_INET ? RTNL_FAMILY_IPMR : RTNL_FAMILY_IP6MR};
    int home;
    int r = mh_netns_visit(netns_fd, &home, err);
    if (r < 0)
        return r;

    r = read_here(&cache);
    if (r < 0)
        mh_error_set(err, r, "read routes", "the multicast routes");

    int back = mh_netns_return(home, err);
    if (r == 0)
        r = back;
    if (r < 0) {
        free(cache.entries);
        return r;
    }
    *ret_entries = cache.entries;
    *ret_count = cache.count;
    return 0;
}
