#include "lab/attribute.h"
#include "lab/mdb_message.h"
#include "lab/network.h"
#include "lab/state.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 16 };

struct reading {
    struct mh_mdb_dump dump;
    struct mh_mdb_record *record; /* whose attributes are being read */
    unsigned bridge;
    int status;
};

/* One more element of an array that doubles at powers of two. NULL when memory is out. */
static void *append(struct reading *reading, void *array, size_t *count, size_t size)
{
    void **elements = array;
    bool is_full = *count == 0 || (*count >= FIRST_CAPACITY && (*count & (*count - 1)) == 0);
    size_t capacity = *count < FIRST_CAPACITY ? FIRST_CAPACITY : 2 * *count;
    char *element;

    if (is_full) {
        void *larger = realloc(*elements, capacity * size);

        if (!larger) {
            reading->status = -ENOMEM;
            return NULL;
        }
        *elements = larger;
    }
    element = (char *)*elements + (*count)++ * size;
    memset(element, 0, size);
    return element;
}

/* ---- an entry ------------------------------------------------------------------------------
 */

static int read_source_attribute(const struct nlattr *attribute, void *context)
{
    struct mh_mdb_source *source = context;

    if (mnl_attr_get_type(attribute) == MDBA_MDB_SRCATTR_ADDRESS)
        source->address = mh_mdb_address_of(attribute);
    else if (mnl_attr_get_type(attribute) == MDBA_MDB_SRCATTR_TIMER)
        source->timer = (uint32_t)mh_attribute_number(attribute, 0);
    return MNL_CB_OK;
}

static int read_source(const struct nlattr *attribute, void *context)
{
    struct reading *reading = context;
    struct mh_mdb_dump *dump = &reading->dump;
    struct mh_mdb_source *source;

    if (mnl_attr_get_type(attribute) != MDBA_MDB_SRCLIST_ENTRY)
        return MNL_CB_OK;
    source = append(reading, &dump->sources, &dump->source_count, sizeof(*source));
    if (!source)
        return MNL_CB_STOP;
    mnl_attr_parse_nested(attribute, read_source_attribute, source);
    reading->record->source_count++;
    return MNL_CB_OK;
}

static const char *protocol_of(uint64_t number)
{
    switch (number) {
    case RTPROT_KERNEL:
        return "kernel";
    case RTPROT_STATIC:
        return "static";
    case RTPROT_UNSPEC:
        return NULL;
    default:
        return "other";
    }
}

static int read_attribute(const struct nlattr *attribute, void *context)
{
    struct reading *reading = context;
    struct mh_mdb_record *record = reading->record;

    switch (mnl_attr_get_type(attribute)) {
    case MDBA_MDB_EATTR_TIMER:
        record->timer = (uint32_t)mh_attribute_number(attribute, 0);
        break;
    case MDBA_MDB_EATTR_SRC_LIST:
        mnl_attr_parse_nested(attribute, read_source, reading);
        break;
    case MDBA_MDB_EATTR_GROUP_MODE:
        record->has_mode = true;
        record->excludes = mh_attribute_number(attribute, 0) == MCAST_EXCLUDE;
        break;
    case MDBA_MDB_EATTR_SOURCE:
        record->source = mh_mdb_address_of(attribute);
        break;
    case MDBA_MDB_EATTR_RTPROT:
        record->protocol = protocol_of(mh_attribute_number(attribute, RTPROT_UNSPEC));
        break;
    default:
        break;
    }
    return MNL_CB_OK;
}

static void on_entry(const struct mh_mdb_entry_info *info, void *context)
{
    struct reading *reading = context;
    struct mh_mdb_dump *dump = &reading->dump;
    struct mh_mdb_record *record =
        append(reading, &dump->records, &dump->count, sizeof(*record));

    if (!record)
        return;
    record->port = info->entry->ifindex;
    record->group = mh_mdb_group_of(info->entry);
    record->permanent = info->entry->state & MDB_PERMANENT;
    record->blocked = info->entry->flags & MDB_FLAGS_BLOCKED;
    record->fast_leave = info->entry->flags & MDB_FLAGS_FAST_LEAVE;
    record->star_exclude = info->entry->flags & MDB_FLAGS_STAR_EXCL;
    record->offload = info->entry->flags & MDB_FLAGS_OFFLOAD;
    record->first_source = dump->source_count;
    reading->record = record;
    mnl_attr_parse_payload(info->attributes, info->size, read_attribute, reading);
}

/* ---- a router port -------------------------------------------------------------------------
 */

static enum mh_router_port_type type_of(uint64_t number)
{
    if (number == MDB_RTR_TYPE_PERM)
        return MH_ROUTER_PORT_PERMANENT;
    return number == MDB_RTR_TYPE_TEMP ? MH_ROUTER_PORT_TEMPORARY : MH_ROUTER_PORT_AUTOMATIC;
}

static int read_router_attribute(const struct nlattr *attribute, void *context)
{
    struct mh_router_port *router = context;

    if (mnl_attr_get_type(attribute) == MDBA_ROUTER_PATTR_TYPE)
        router->type = type_of(mh_attribute_number(attribute, 0));
    else if (mnl_attr_get_type(attribute) == MDBA_ROUTER_PATTR_INET_TIMER)
        router->timer = (uint32_t)mh_attribute_number(attribute, 0);
    else if (mnl_attr_get_type(attribute) == MDBA_ROUTER_PATTR_INET6_TIMER)
        router->timer6 = (uint32_t)mh_attribute_number(attribute, 0);
    return MNL_CB_OK;
}

static void on_router(unsigned port, const void *attributes, size_t size, void *context)
{
    struct reading *reading = context;
    struct mh_mdb_dump *dump = &reading->dump;
    struct mh_router_port *router =
        append(reading, &dump->routers, &dump->router_count, sizeof(*router));

    if (!router)
        return;
    router->port = port;
    mnl_attr_parse_payload(attributes, size, read_router_attribute, router);
}

/* ---- the dump ------------------------------------------------------------------------------
 */

/* The kernel gives the tables of all bridges at once. */
static int on_message(const struct nlmsghdr *message, void *context)
{
    struct reading *reading = context;
    const struct br_port_msg *header = mnl_nlmsg_get_payload(message);
    const struct mh_mdb_visitor visitor = {on_entry, on_router, reading};

    if (header->ifindex == reading->bridge)
        mh_mdb_message_visit(message, &visitor);
    return MNL_CB_OK;
}

static void free_dump(struct mh_mdb_dump *dump)
{
    free(dump->records);
    free(dump->sources);
    free(dump->routers);
}

static int dump_table(
    struct mh_lab *lab, struct reading *reading, const char *name, struct mh_error *err)
{
    struct mh_attempt attempt = {"read", "the multicast table of switch %s", {name}};
    struct br_port_msg header;
    int status;

    memset(&header, 0, sizeof(header));
    header.family = AF_BRIDGE;
    mh_netlink_add(lab->netlink, RTM_GETMDB, NLM_F_DUMP, &header, sizeof(header), &attempt);
    status = mh_netlink_ask(lab->netlink, on_message, reading, err);
    if (!status && reading->status)
        status = mh_error_set(err, reading->status, attempt.operation, attempt.sentence, name);
    return status;
}

int mh_lab_read_mdb(
    struct mh_lab *lab, int number, struct mh_mdb_dump *ret_dump, struct mh_error *err)
{
    const struct mh_lab_switch *bridge = mh_lab_built_switch(lab, number, err);
    struct reading reading = {.status = 0};
    int status;

    if (!bridge)
        return -EINVAL;
    reading.bridge = bridge->index;
    status = dump_table(lab, &reading, bridge->plan.name, err);
    if (status)
        free_dump(&reading.dump);
    else
        *ret_dump = reading.dump;
    return status;
}
