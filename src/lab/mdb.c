#include "lab/mdb.h"

#include "lab/mdb_message.h"
#include "lab/netlink.h"

#include <libmnl/libmnl.h>

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    /* A thousand hosts that join at once are a thousand notifications in some milliseconds. */
    RECEIVE_BUFFER = 8 * 1024 * 1024,
    INBOX_BYTES = 32 * 1024,
};

struct mh_mdb {
    int fd;
    struct mh_mdb_table table;
    int changes;     /* in this update */
    int status;      /* of this update */
    bool incomplete; /* notifications were lost */
    bool dumping;    /* a table that was asked for is not yet read to its end */
    _Alignas(struct nlmsghdr) uint8_t inbox[INBOX_BYTES];
};

/* ---- the subscription ----------------------------------------------------------------------
 */

static void enlarge_buffer(int fd)
{
    const int size = RECEIVE_BUFFER;

    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

int mh_mdb_open(struct mh_mdb **ret_mdb, struct mh_error *err)
{
    struct mh_mdb *mdb = malloc(sizeof(*mdb));
    int status;

    if (!mdb)
        return mh_error_set(err, -ENOMEM, "watch", "the switches");
    memset(mdb, 0, offsetof(struct mh_mdb, inbox));
    status = mh_netlink_subscribe(RTNLGRP_MDB, &mdb->fd, err);
    if (status) {
        free(mdb);
        return status;
    }
    enlarge_buffer(mdb->fd);
    *ret_mdb = mdb;
    return 0;
}

struct mh_mdb *mh_mdb_free(struct mh_mdb *mdb)
{
    if (!mdb)
        return NULL;
    close(mdb->fd);
    mh_mdb_table_clear(&mdb->table);
    free(mdb);
    return NULL;
}

/* ---- taking in an entry --------------------------------------------------------------------
 */

struct reading {
    struct mh_addr source;
    bool excludes;
};

static int read_detail(const struct nlattr *attribute, void *context)
{
    struct reading *reading = context;

    if (mnl_attr_get_type(attribute) == MDBA_MDB_EATTR_SOURCE)
        reading->source = mh_mdb_address_of(attribute);
    else if (mnl_attr_get_type(attribute) == MDBA_MDB_EATTR_GROUP_MODE)
        reading->excludes = mnl_attr_get_u8(attribute) == MCAST_EXCLUDE;
    return MNL_CB_OK;
}

struct change {
    struct mh_mdb *mdb;
    bool gone;
};

/* A switch that speaks IGMPv2 or MLDv1 gives no filter mode, which means any source. */
static void take_entry(const struct mh_mdb_entry_info *info, void *context)
{
    const struct change *change = context;
    struct mh_mdb *mdb = change->mdb;
    struct reading reading = {.excludes = true};
    struct mh_mdb_key key;
    bool forwards;

    mnl_attr_parse_payload(info->attributes, info->size, read_detail, &reading);
    key =
        (struct mh_mdb_key){info->entry->ifindex, mh_mdb_group_of(info->entry), reading.source};
    forwards = reading.source.family == AF_UNSPEC ? reading.excludes
                                                  : !(info->entry->flags & MDB_FLAGS_BLOCKED);
    if (change->gone)
        mh_mdb_table_remove(&mdb->table, &key);
    else if (mh_mdb_table_put(&mdb->table, &key, forwards)) {
        mdb->status = -ENOMEM;
        mdb->incomplete = true; /* the next update asks for all of it again */
    }
    mdb->changes++;
}

static void take_message(struct mh_mdb *mdb, const struct nlmsghdr *message)
{
    struct change change = {mdb, message->nlmsg_type == RTM_DELMDB};
    struct mh_mdb_visitor visitor = {.on_entry = take_entry, .context = &change};

    mh_mdb_message_visit(message, &visitor);
}

/* The dump could not begin, because the queue has filled up again or because the one before is
 * not yet read to its end. Both pass with reading. */
static void take_refusal(struct mh_mdb *mdb, const struct nlmsghdr *message)
{
    int code = ((const struct nlmsgerr *)mnl_nlmsg_get_payload(message))->error;

    mdb->dumping = false;
    if (code == -ENOBUFS || code == -EBUSY)
        mdb->incomplete = true;
    else
        mdb->status = code;
}

static void take_messages(struct mh_mdb *mdb, int bytes)
{
    for (const struct nlmsghdr *message = (const struct nlmsghdr *)mdb->inbox;
         mnl_nlmsg_ok(message, bytes); message = mnl_nlmsg_next(message, &bytes)) {
        switch (message->nlmsg_type) {
        case NLMSG_DONE:
            mdb->dumping = false;
            break;
        case NLMSG_ERROR:
            take_refusal(mdb, message);
            break;
        case RTM_NEWMDB:
        case RTM_DELMDB:
        case RTM_GETMDB: /* a dump's entries have the type of the question */
            take_message(mdb, message);
            break;
        default:
            break;
        }
    }
}

/* ---- keeping up ----------------------------------------------------------------------------
 */

/* Asks for the whole table, to begin anew. */
static int start_dump(struct mh_mdb *mdb)
{
    uint8_t buffer[64] = {0};
    struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
    struct br_port_msg *header = mnl_nlmsg_put_extra_header(message, sizeof(*header));

    message->nlmsg_type = RTM_GETMDB;
    message->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    header->family = AF_BRIDGE;
    if (send(mdb->fd, message, message->nlmsg_len, 0) < 0)
        return -errno;
    mh_mdb_table_clear(&mdb->table);
    mdb->incomplete = false;
    mdb->dumping = true;
    return 0;
}

/* After an overflow the kernel drops everything, without saying so again, until the queue has
 * been read to its end: only then is it time for a dump. While that runs, waiting is no waiting
 * for anybody else: the kernel makes the next part when the one before has been read. */
static int receive_all(struct mh_mdb *mdb)
{
    while (!mdb->status) {
        ssize_t bytes =
            recv(mdb->fd, mdb->inbox, sizeof(mdb->inbox), mdb->dumping ? 0 : MSG_DONTWAIT);

        if (bytes >= 0)
            take_messages(mdb, (int)bytes);
        else if (errno == ENOBUFS)
            mdb->incomplete = true;
        else if (errno == EAGAIN && !mdb->incomplete)
            return 0;
        else if (errno == EAGAIN)
            mdb->status = start_dump(mdb);
        else if (errno != EINTR)
            mdb->status = -errno;
    }
    return mdb->status;
}

int mh_mdb_fd(const struct mh_mdb *mdb)
{
    return mdb->fd;
}

const struct mh_mdb_table *mh_mdb_entries(const struct mh_mdb *mdb)
{
    return &mdb->table;
}

int mh_mdb_update(struct mh_mdb *mdb, struct mh_error *err)
{
    mdb->changes = 0;
    mdb->status = 0;
    if (receive_all(mdb))
        return mh_error_set(err, mdb->status, "read", "the switches' multicast tables");
    return mdb->changes;
}
