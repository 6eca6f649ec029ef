#include "lab/nic_record.h"

#include "lab/attribute.h"
#include "lab/interface.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { INBOX_BYTES = 32 * 1024 /* the kernel fills no more into one datagram (netlink(7)) */ };

struct mh_nic_record {
    unsigned index;
    uint8_t *messages; /* one behind the other, each aligned */
    size_t size;
};

/* ---- taking --------------------------------------------------------------------------------
 */

static bool is_of_address(const struct mh_nic_record *record, const struct nlmsghdr *message)
{
    const struct ifaddrmsg *header = mnl_nlmsg_get_payload(message);
    return header->ifa_index == record->index;
}

static bool is_of_route(const struct mh_nic_record *record, const struct nlmsghdr *message)
{
    const struct rtmsg *header = mnl_nlmsg_get_payload(message);
    const struct nlattr *output =
        mh_attribute_find(message, sizeof(*header), (struct mh_attribute_path){{RTA_OIF}});
    uint64_t table = mh_attribute_number(
        mh_attribute_find(message, sizeof(*header), (struct mh_attribute_path){{RTA_TABLE}}),
        header->rtm_table);

    return mh_attribute_number(output, 0) == record->index &&
           header->rtm_protocol != RTPROT_KERNEL && header->rtm_protocol != RTPROT_RA &&
           header->rtm_type != RTN_LOCAL && table != RT_TABLE_LOCAL &&
           !(header->rtm_flags & RTM_F_CLONED);
}

static bool is_wanted(const struct mh_nic_record *record, const struct nlmsghdr *message)
{
    if (message->nlmsg_type == RTM_NEWADDR)
        return is_of_address(record, message);
    return message->nlmsg_type == RTM_NEWROUTE && is_of_route(record, message);
}

static int keep(struct mh_nic_record *record, const struct nlmsghdr *message)
{
    size_t length = NLMSG_ALIGN(message->nlmsg_len);
    uint8_t *messages = realloc(record->messages, record->size + length);
    if (!messages)
        return -ENOMEM;
    memcpy(messages + record->size, message, message->nlmsg_len);
    record->messages = messages;
    record->size += length;
    return 0;
}

/* 1 when it was the last answer. */
static int take_answer(struct mh_nic_record *record, const void *answer, int bytes)
{
    for (const struct nlmsghdr *message = answer; mnl_nlmsg_ok(message, bytes);
         message = mnl_nlmsg_next(message, &bytes)) {
        if (message->nlmsg_type == NLMSG_DONE)
            return 1;
        if (message->nlmsg_type == NLMSG_ERROR)
            return ((const struct nlmsgerr *)mnl_nlmsg_get_payload(message))->error;
        int r = is_wanted(record, message) ? keep(record, message) : 0;
        if (r < 0)
            return r;
    }
    return 0;
}

static int ask(int fd, uint16_t type, sa_family_t family)
{
    struct {
        struct nlmsghdr message;
        struct rtmsg header; /* as long as any: struct ifaddrmsg is shorter */
    } request;

    memset(&request, 0, sizeof(request));
    request.message.nlmsg_len = sizeof(request);
    request.message.nlmsg_type = type;
    request.message.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    request.header.rtm_family = (uint8_t)family;
    return send(fd, &request, sizeof(request), 0) < 0 ? -errno : 0;
}

static int dump(struct mh_nic_record *record, int fd, uint16_t type, sa_family_t family)
{
    uint8_t *inbox = malloc(INBOX_BYTES);
    int r = inbox ? ask(fd, type, family) : -ENOMEM;

    while (r == 0) {
        ssize_t bytes = recv(fd, inbox, INBOX_BYTES, 0);
        if (bytes >= 0)
            r = take_answer(record, inbox, (int)bytes);
        else if (errno != EINTR)
            r = -errno;
    }
    free(inbox);
    return r < 0 ? r : 0;
}

static int dump_all(struct mh_nic_record *record)
{
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (fd < 0)
        return -errno;

    int r = dump(record, fd, RTM_GETADDR, AF_UNSPEC);
    if (r == 0)
        r = dump(record, fd, RTM_GETROUTE, AF_INET);
    if (r == 0)
        r = dump(record, fd, RTM_GETROUTE, AF_INET6);
    close(fd);
    return r;
}

int mh_nic_record_take(unsigned index, struct mh_nic_record **ret_record, struct mh_error *err)
{
    struct mh_nic_record *record = calloc(1, sizeof(*record));
    int r = -ENOMEM;

    if (record) {
        record->index = index;
        r = dump_all(record);
    }
    if (r < 0) {
        mh_nic_record_free(record);
        return mh_error_set(err, r, "read", "the addresses and routes of an interface");
    }
    *ret_record = record;
    return 0;
}

struct mh_nic_record *mh_nic_record_free(struct mh_nic_record *record)
{
    if (record)
        free(record->messages);
    free(record);
    return NULL;
}

/* ---- playing -------------------------------------------------------------------------------
 */

union family_header {
    struct ifaddrmsg address;
    struct rtmsg route;
};

static size_t header_size(const struct nlmsghdr *message)
{
    return message->nlmsg_type == RTM_NEWADDR ? sizeof(struct ifaddrmsg) : sizeof(struct rtmsg);
}

/* To whom the messages go. */
struct playing {
    struct mh_netlink *netlink;
    unsigned index; /* of the interface there */
    bool at_once;   /* without DAD (RFC 4862 section 5.4): the addresses stay on their wire */
    const struct mh_attempt *attempt;
};

struct copying {
    const struct playing *playing;
    struct nlmsghdr *to;
    bool is_route;
};

/* The interface's index may be another by now; the state and the counters of a route are the
 * kernel's to tell. */
static int copy_attribute(const struct nlattr *attribute, void *context)
{
    const struct copying *copying = context;
    uint16_t type = mnl_attr_get_type(attribute);

    if (copying->is_route && type == RTA_OIF)
        mnl_attr_put_u32(copying->to, RTA_OIF, copying->playing->index);
    else if (!copying->is_route && type == IFA_FLAGS && copying->playing->at_once)
        mnl_attr_put_u32(copying->to, IFA_FLAGS, mnl_attr_get_u32(attribute) | IFA_F_NODAD);
    else if (!copying->is_route || type != RTA_CACHEINFO)
        mnl_attr_put(copying->to, attribute->nla_type, mnl_attr_get_payload_len(attribute),
            mnl_attr_get_payload(attribute));
    return MNL_CB_OK;
}

static void say_again(const struct playing *playing, const struct nlmsghdr *message)
{
    struct copying copying = {playing, .is_route = message->nlmsg_type == RTM_NEWROUTE};
    size_t size = header_size(message);
    union family_header header;

    memset(&header, 0, sizeof(header));
    memcpy(&header, mnl_nlmsg_get_payload(message), size);
    if (copying.is_route)
        header.route.rtm_flags &= RTNH_F_ONLINK;
    else
        header.address.ifa_index = playing->index;
    copying.to = mh_netlink_add(playing->netlink, message->nlmsg_type,
        NLM_F_CREATE | NLM_F_EXCL, &header, size, playing->attempt);
    mnl_attr_parse(message, (unsigned)size, copy_attribute, &copying);
}

static void route_to_self(const struct playing *playing, const struct nlmsghdr *message)
{
    const struct ifaddrmsg *header = mnl_nlmsg_get_payload(message);
    const struct nlattr *found =
        mh_attribute_find(message, sizeof(*header), (struct mh_attribute_path){{IFA_ADDRESS}});
    struct mh_addr address = {.family = AF_INET6};

    if (header->ifa_family != AF_INET6 || !found)
        return;
    memcpy(&address.v6, mnl_attr_get_payload(found), sizeof(address.v6));
    mh_interface_route_to_self6(playing->netlink, playing->index, &address, playing->attempt);
    (void)mh_netlink_send(playing->netlink, NULL); /* the kernel's own may be there by now */
}

/* One at a time: what the kernel has made by itself in the meantime is no failure. */
static int play(const struct mh_nic_record *record, uint16_t type,
    const struct playing *playing, struct mh_error *err)
{
    int bytes = (int)record->size, status = 0;

    for (const struct nlmsghdr *message = (const void *)record->messages;
         mnl_nlmsg_ok(message, bytes); message = mnl_nlmsg_next(message, &bytes)) {
        struct mh_error refusal;
        if (message->nlmsg_type != type)
            continue;
        say_again(playing, message);
        int r = mh_netlink_send(playing->netlink, &refusal);
        if (r == 0 && playing->at_once)
            route_to_self(playing, message);
        if (r < 0 && r != -EEXIST && status == 0) {
            status = r;
            if (err)
                *err = refusal;
        }
    }
    return status;
}

int mh_nic_record_play_addresses(const struct mh_nic_record *record, struct mh_netlink *netlink,
    unsigned index, const struct mh_attempt *attempt, struct mh_error *err)
{
    struct playing playing = {netlink, index, .attempt = attempt};

    return play(record, RTM_NEWADDR, &playing, err);
}

int mh_nic_record_play_addresses_at_once(const struct mh_nic_record *record,
    struct mh_netlink *netlink, unsigned index, const struct mh_attempt *attempt,
    struct mh_error *err)
{
    struct playing playing = {netlink, index, .at_once = true, .attempt = attempt};

    return play(record, RTM_NEWADDR, &playing, err);
}

/* Twice: a route's gateway may be behind a route that comes later. */
int mh_nic_record_play_routes(const struct mh_nic_record *record, struct mh_netlink *netlink,
    unsigned index, const struct mh_attempt *attempt, struct mh_error *err)
{
    struct playing playing = {netlink, index, .attempt = attempt};

    play(record, RTM_NEWROUTE, &playing, NULL);
    return play(record, RTM_NEWROUTE, &playing, err);
}
