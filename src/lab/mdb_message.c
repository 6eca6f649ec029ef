#include "lab/mdb_message.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <string.h>

struct mh_addr mh_mdb_group_of(const struct br_mdb_entry *entry)
{
    struct mh_addr group;

    memset(&group, 0, sizeof(group));
    if (entry->addr.proto == htons(ETH_P_IP)) {
        group.family = AF_INET;
        group.v4.s_addr = entry->addr.u.ip4;
    } else if (entry->addr.proto == htons(ETH_P_IPV6)) {
        group.family = AF_INET6;
        group.v6 = entry->addr.u.ip6;
    }
    return group;
}

struct mh_addr mh_mdb_address_of(const struct nlattr *attribute)
{
    struct mh_addr address;

    memset(&address, 0, sizeof(address));
    if (mnl_attr_get_payload_len(attribute) == sizeof(address.v4)) {
        address.family = AF_INET;
        memcpy(&address.v4, mnl_attr_get_payload(attribute), sizeof(address.v4));
    } else if (mnl_attr_get_payload_len(attribute) == sizeof(address.v6)) {
        address.family = AF_INET6;
        memcpy(&address.v6, mnl_attr_get_payload(attribute), sizeof(address.v6));
    }
    return address;
}

/* MDBA_MDB_ENTRY_INFO: a struct, and attributes behind it. */
static int visit_entry(const struct nlattr *attribute, void *context)
{
    const struct mh_mdb_visitor *visitor = context;
    const size_t start = NLMSG_ALIGN(sizeof(struct br_mdb_entry));
    size_t size = mnl_attr_get_payload_len(attribute);
    struct mh_mdb_entry_info info = {.entry = mnl_attr_get_payload(attribute)};

    if (mnl_attr_get_type(attribute) != MDBA_MDB_ENTRY_INFO || size < sizeof(*info.entry))
        return MNL_CB_OK;
    info.attributes = (const char *)info.entry + start;
    info.size = size > start ? size - start : 0;
    visitor->on_entry(&info, visitor->context);
    return MNL_CB_OK;
}

static int visit_group(const struct nlattr *attribute, void *context)
{
    if (mnl_attr_get_type(attribute) == MDBA_MDB_ENTRY)
        mnl_attr_parse_nested(attribute, visit_entry, context);
    return MNL_CB_OK;
}

/* MDBA_ROUTER_PORT: an index, and attributes behind it. */
static int visit_router(const struct nlattr *attribute, void *context)
{
    const struct mh_mdb_visitor *visitor = context;
    size_t size = mnl_attr_get_payload_len(attribute);
    const char *payload = mnl_attr_get_payload(attribute);
    uint32_t port;

    if (mnl_attr_get_type(attribute) != MDBA_ROUTER_PORT || size < sizeof(port))
        return MNL_CB_OK;
    memcpy(&port, payload, sizeof(port));
    visitor->on_router(port, payload + NLMSG_ALIGN(sizeof(port)),
        size - NLMSG_ALIGN(sizeof(port)), visitor->context);
    return MNL_CB_OK;
}

static int visit_table(const struct nlattr *attribute, void *context)
{
    const struct mh_mdb_visitor *visitor = context;

    if (mnl_attr_get_type(attribute) == MDBA_MDB)
        mnl_attr_parse_nested(attribute, visit_group, context);
    else if (mnl_attr_get_type(attribute) == MDBA_ROUTER && visitor->on_router)
        mnl_attr_parse_nested(attribute, visit_router, context);
    return MNL_CB_OK;
}

void mh_mdb_message_visit(const struct nlmsghdr *message, const struct mh_mdb_visitor *visitor)
{
    struct mh_mdb_visitor copy = *visitor; /* libmnl's context is not const */

    mnl_attr_parse(message, sizeof(struct br_port_msg), visit_table, &copy);
}
