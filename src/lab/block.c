#include "lab/block.h"

#include "lab/nft_expression.h"
#include "net/netns.h"

#include <libmnl/libmnl.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    BATCH_BYTES = 4096, /* two chains and their rules have about 1,500 */
    INBOX_BYTES = 16 * 1024,
    /* NF_IP_PRI_RAW, before connection tracking; NF_IP_PRI_LAST, after all others. */
    PRIORITY_IN = -300,
    PRIORITY_OUT = 300,
};

/* Not "mh": nft(8) takes that for a keyword. The owner's port number is one of its own. */
#define TABLE "mcast_harness"

struct mh_block {
    int fd; /* owns the table */
    char table[32];
};

static int fail(struct mh_error *err, int code)
{
    mh_error_set(err, code, "set up the firewall", "of a host");
    if (code == -EOPNOTSUPP || code == -EPROTONOSUPPORT || code == -ENOENT || code == -EINVAL)
        return mh_error_hint(err, "the kernel needs nf_tables with inet tables that have an "
                                  "owner (CONFIG_NF_TABLES_INET, Linux 5.12)");
    if (code == -EPERM)
        return mh_error_hint(err, "this needs CAP_NET_ADMIN in the host's network namespace");
    return code;
}

/* ---- messages ----------------------------------------------------------------------------
 */

struct batch {
    uint32_t sequence;
    struct nlmsghdr *last;
    size_t used;
    _Alignas(struct nlmsghdr) uint8_t bytes[BATCH_BYTES];
};

static struct nlmsghdr *add(
    struct batch *batch, uint16_t type, uint16_t flags, uint8_t family, uint16_t resource)
{
    struct nlmsghdr *message;
    struct nfgenmsg *header;

    if (batch->last)
        batch->used += NLMSG_ALIGN(batch->last->nlmsg_len);
    message = mnl_nlmsg_put_header(batch->bytes + batch->used);
    message->nlmsg_type = type;
    message->nlmsg_flags = NLM_F_REQUEST | flags;
    message->nlmsg_seq = ++batch->sequence;
    header = mnl_nlmsg_put_extra_header(message, sizeof(*header));
    header->nfgen_family = family;
    header->version = NFNETLINK_V0;
    header->res_id = htons(resource);
    batch->last = message;
    return message;
}

static struct nlmsghdr *add_table_message(struct batch *batch, uint16_t type, uint16_t flags)
{
    return add(batch, (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | type), flags, NFPROTO_INET, 0);
}

static void put_number(struct nlmsghdr *message, uint16_t type, uint32_t number)
{
    mnl_attr_put_u32(message, type, htonl(number));
}

/* ---- what a packet must be ---------------------------------------------------------------
 */

/* Offsets of the IP headers: RFC 791 section 3.1, RFC 8200 section 3. */
static void put_address_is(
    struct nlmsghdr *message, const struct mh_addr *address, uint32_t offset4, uint32_t offset6)
{
    if (address->family == AF_INET)
        mh_nft_put_bytes_are(
            message, NFT_PAYLOAD_NETWORK_HEADER, offset4, &address->v4, sizeof(address->v4));
    else if (address->family == AF_INET6)
        mh_nft_put_bytes_are(
            message, NFT_PAYLOAD_NETWORK_HEADER, offset6, &address->v6, sizeof(address->v6));
}

static void put_matches(struct nlmsghdr *message, const struct mh_block_plan *plan)
{
    sa_family_t family = plan->group.family ? plan->group.family : plan->source.family;
    const uint16_t port = htons(plan->port);

    if (family)
        mh_nft_put_meta_is(
            message, NFT_META_NFPROTO, family == AF_INET ? NFPROTO_IPV4 : NFPROTO_IPV6);
    put_address_is(message, &plan->group, 16, 24);
    put_address_is(message, &plan->source, 12, 8);
    if (plan->port) {
        mh_nft_put_meta_is(message, NFT_META_L4PROTO, IPPROTO_UDP);
        mh_nft_put_bytes_are(message, NFT_PAYLOAD_TRANSPORT_HEADER, 2, &port, sizeof(port));
    }
}

/* ---- the table ---------------------------------------------------------------------------
 */

static void add_chain(
    struct batch *batch, const char *table, const char *name, uint32_t hook, int priority)
{
    struct nlmsghdr *message = add_table_message(batch, NFT_MSG_NEWCHAIN, NLM_F_CREATE);
    struct nlattr *place;

    mnl_attr_put_strz(message, NFTA_CHAIN_TABLE, table);
    mnl_attr_put_strz(message, NFTA_CHAIN_NAME, name);
    mnl_attr_put_strz(message, NFTA_CHAIN_TYPE, "filter");
    place = mnl_attr_nest_start(message, NFTA_CHAIN_HOOK);
    put_number(message, NFTA_HOOK_HOOKNUM, hook);
    put_number(message, NFTA_HOOK_PRIORITY, (uint32_t)priority);
    mnl_attr_nest_end(message, place);
}

static void add_rule(
    struct batch *batch, const char *table, const char *chain, const struct mh_block_plan *plan)
{
    struct nlmsghdr *message =
        add_table_message(batch, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND);
    struct nlattr *expressions;

    mnl_attr_put_strz(message, NFTA_RULE_TABLE, table);
    mnl_attr_put_strz(message, NFTA_RULE_CHAIN, chain);
    expressions = mnl_attr_nest_start(message, NFTA_RULE_EXPRESSIONS);
    put_matches(message, plan);
    mh_nft_put_counter(message);
    mh_nft_put_drop(message);
    mnl_attr_nest_end(message, expressions);
}

static void add_all(struct batch *batch, const char *table, const struct mh_block_plan *plan)
{
    struct nlmsghdr *message;

    add(batch, NFNL_MSG_BATCH_BEGIN, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
    message = add_table_message(batch, NFT_MSG_NEWTABLE, NLM_F_CREATE | NLM_F_EXCL);
    mnl_attr_put_strz(message, NFTA_TABLE_NAME, table);
    put_number(message, NFTA_TABLE_FLAGS, NFT_TABLE_F_OWNER);
    if (plan->in) {
        add_chain(batch, table, "in", NF_INET_PRE_ROUTING, PRIORITY_IN);
        add_rule(batch, table, "in", plan);
    }
    if (plan->out) {
        add_chain(batch, table, "out", NF_INET_POST_ROUTING, PRIORITY_OUT);
        add_rule(batch, table, "out", plan);
    }
    add(batch, NFNL_MSG_BATCH_END, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
}

static int send_batch(const struct mh_block *block, struct batch *batch)
{
    size_t size = batch->used + NLMSG_ALIGN(batch->last->nlmsg_len);
    struct sockaddr_nl kernel;

    memset(&kernel, 0, sizeof(kernel));
    kernel.nl_family = AF_NETLINK;
    if (sendto(block->fd, batch->bytes, size, 0, (struct sockaddr *)&kernel, sizeof(kernel)) <
        0)
        return -errno;
    return 0;
}

/* The kernel has done everything when sending returns: what it has to say waits already. Only
 * what it refuses is answered. */
static int first_refusal(const struct mh_block *block)
{
    _Alignas(struct nlmsghdr) uint8_t inbox[INBOX_BYTES];
    int bytes, code = 0;

    while ((bytes = (int)recv(block->fd, inbox, sizeof(inbox), MSG_DONTWAIT)) > 0)
        for (const struct nlmsghdr *message = (struct nlmsghdr *)inbox;
             mnl_nlmsg_ok(message, bytes); message = mnl_nlmsg_next(message, &bytes))
            if (message->nlmsg_type == NLMSG_ERROR && !code)
                code = ((const struct nlmsgerr *)mnl_nlmsg_get_payload(message))->error;
    return code;
}

static int install(
    struct mh_block *block, const struct mh_block_plan *plan, struct mh_error *err)
{
    struct batch *batch = calloc(1, sizeof(*batch));
    int status;

    if (!batch)
        return fail(err, -ENOMEM);
    add_all(batch, block->table, plan);
    status = send_batch(block, batch);
    free(batch);
    if (!status)
        status = first_refusal(block);
    return status ? fail(err, status) : 0;
}

/* ---- counting ----------------------------------------------------------------------------
 */

/* Returns 1 when more is to come. */
static int take_rules(const uint8_t *inbox, int bytes, struct mh_block_count *count)
{
    for (const struct nlmsghdr *message = (const struct nlmsghdr *)inbox;
         mnl_nlmsg_ok(message, bytes); message = mnl_nlmsg_next(message, &bytes)) {
        if (message->nlmsg_type == NLMSG_ERROR)
            return ((const struct nlmsgerr *)mnl_nlmsg_get_payload(message))->error;
        if (message->nlmsg_type == NLMSG_DONE)
            return 0;
        mh_nft_add_counters(message, &count->packets, &count->bytes);
    }
    return 1;
}

int mh_block_read(
    struct mh_block *block, struct mh_block_count *ret_count, struct mh_error *err)
{
    _Alignas(struct nlmsghdr) uint8_t inbox[INBOX_BYTES];
    struct mh_block_count count = {0, 0};
    struct batch batch = {.sequence = 0};
    struct nlmsghdr *message = add_table_message(&batch, NFT_MSG_GETRULE, NLM_F_DUMP);
    int status;

    mnl_attr_put_strz(message, NFTA_RULE_TABLE, block->table);
    status = send_batch(block, &batch);
    if (!status)
        status = 1;
    while (status == 1) {
        ssize_t bytes = recv(block->fd, inbox, sizeof(inbox), 0);

        if (bytes >= 0)
            status = take_rules(inbox, (int)bytes, &count);
        else if (errno != EINTR)
            status = -errno;
    }
    if (status)
        return mh_error_set(err, status, "read", "what the firewall dropped");
    *ret_count = count;
    return 0;
}

/* ---- life --------------------------------------------------------------------------------
 */

/* Bound, because the kernel knows the owner by its port number. */
static int open_socket(struct mh_block *block, int netns, struct mh_error *err)
{
    struct sockaddr_nl own;
    socklen_t size = sizeof(own);
    int fd = mh_netns_socket(netns, AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER, err);

    if (fd < 0)
        return fd == -EPROTONOSUPPORT ? fail(err, fd) : fd;
    block->fd = fd;
    /* Waiting is no waiting: the kernel answers at once. */
    if (fcntl(fd, F_SETFL, 0) < 0)
        return fail(err, -errno);
    memset(&own, 0, sizeof(own));
    own.nl_family = AF_NETLINK;
    if (bind(fd, (struct sockaddr *)&own, sizeof(own)) < 0 ||
        getsockname(fd, (struct sockaddr *)&own, &size) < 0)
        return fail(err, -errno);
    snprintf(block->table, sizeof(block->table), TABLE "_%u", own.nl_pid);
    return 0;
}

int mh_block_open(int netns, const struct mh_block_plan *plan, struct mh_block **ret_block,
    struct mh_error *err)
{
    struct mh_block *block = calloc(1, sizeof(*block));
    int status;

    if (!block)
        return fail(err, -ENOMEM);
    block->fd = -1;
    status = open_socket(block, netns, err);
    if (!status)
        status = install(block, plan, err);
    if (status)
        mh_block_close(block);
    else
        *ret_block = block;
    return status;
}

struct mh_block *mh_block_close(struct mh_block *block)
{
    if (!block)
        return NULL;
    if (block->fd >= 0)
        close(block->fd);
    free(block);
    return NULL;
}
