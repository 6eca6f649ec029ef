#include "lab/netlink.h"

#include <assert.h>
#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    /* Below the smallest default send buffer (net.core.wmem_default), which bounds one send. */
    BATCH_BYTES = 64 * 1024,
    /* One message; the largest of ours, a cable, has about 300 bytes. */
    MESSAGE_BYTES = 1024,
    BATCH_MESSAGES = BATCH_BYTES / 64,
    INBOX_BYTES = 32 * 1024, /* the kernel fills no more into one datagram (netlink(7)) */
};

struct mh_netlink {
    int fd;
    uint32_t last_sequence; /* of the newest message */
    size_t used;            /* bytes of the finished messages */
    size_t count;           /* messages, the unfinished one included */
    struct nlmsghdr *open;  /* the message that attributes are still being put into */
    mnl_cb_t on_answer;
    void *context;
    int status; /* of the first refusal since mh_netlink_send(); told in `failure` */
    struct mh_error failure;
    struct mh_attempt attempts[BATCH_MESSAGES];
    _Alignas(struct nlmsghdr) uint8_t batch[BATCH_BYTES];
    _Alignas(struct nlmsghdr) uint8_t inbox[INBOX_BYTES];
};

struct mh_netlink *mh_netlink_new(void)
{
    struct mh_netlink *netlink = malloc(sizeof(*netlink));

    if (!netlink)
        return NULL;
    /* Not the buffers: touching 128 KiB for nothing costs as much as several messages. */
    memset(netlink, 0, offsetof(struct mh_netlink, attempts));
    netlink->fd = -1;
    return netlink;
}

struct mh_netlink *mh_netlink_free(struct mh_netlink *netlink)
{
    if (!netlink)
        return NULL;
    if (netlink->fd >= 0)
        close(netlink->fd);
    free(netlink);
    return NULL;
}

int mh_netlink_connect(struct mh_netlink *netlink, struct mh_error *err)
{
    const int on = 1;
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

    if (fd < 0)
        return mh_error_set(err, -errno, "open", "a netlink socket");
    setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
    setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
    if (netlink->fd >= 0)
        close(netlink->fd);
    netlink->fd = fd;
    return 0;
}

/* Announcements leave out the socket with their origin's port number, which for the kernel's
 * own is 0, that of every socket not yet bound. */
static int subscribe(int fd, unsigned group)
{
    struct sockaddr_nl any_port;

    memset(&any_port, 0, sizeof(any_port));
    any_port.nl_family = AF_NETLINK;
    if (bind(fd, (const struct sockaddr *)&any_port, sizeof(any_port)))
        return -errno;
    if (setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)))
        return -errno;
    return 0;
}

int mh_netlink_subscribe(unsigned group, int *ret_fd, struct mh_error *err)
{
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    int status = fd < 0 ? -errno : subscribe(fd, group);

    if (status) {
        if (fd >= 0)
            close(fd);
        return mh_error_set(err, status, "subscribe", "to netlink group %u", group);
    }
    *ret_fd = fd;
    return 0;
}

/* ---- gathering -----------------------------------------------------------------------------
 */

static void finish_message(struct mh_netlink *netlink)
{
    if (netlink->open)
        netlink->used += NLMSG_ALIGN(netlink->open->nlmsg_len);
    assert(netlink->used <= BATCH_BYTES);
    netlink->open = NULL;
}

static void exchange(struct mh_netlink *netlink);

struct nlmsghdr *mh_netlink_add(struct mh_netlink *netlink, uint16_t type, uint16_t flags,
    const void *header, size_t header_size, const struct mh_attempt *attempt)
{
    struct nlmsghdr *message;

    finish_message(netlink);
    if (netlink->used + MESSAGE_BYTES > BATCH_BYTES || netlink->count == BATCH_MESSAGES)
        exchange(netlink);
    /* libmnl leaves the padding of attributes as it was, and it goes to the kernel. */
    memset(netlink->batch + netlink->used, 0, MESSAGE_BYTES);
    message = mnl_nlmsg_put_header(netlink->batch + netlink->used);
    message->nlmsg_type = type;
    message->nlmsg_flags = NLM_F_REQUEST | flags;
    message->nlmsg_seq = ++netlink->last_sequence;
    memcpy(mnl_nlmsg_put_extra_header(message, header_size), header, header_size);
    netlink->attempts[netlink->count++] = *attempt;
    netlink->open = message;
    return message;
}

/* ---- sending -------------------------------------------------------------------------------
 */

static void remember_failure(
    struct mh_netlink *netlink, int code, const char *said, const struct mh_attempt *attempt)
{
    if (netlink->status)
        return;
    netlink->status = code;
    mh_error_set_said(&netlink->failure, code, attempt->operation, said, attempt->sentence,
        attempt->names[0], attempt->names[1], attempt->names[2]);
}

static int find_words(const struct nlattr *attribute, void *context)
{
    const char **words = context;

    if (mnl_attr_get_type(attribute) == NLMSGERR_ATTR_MSG)
        *words = mnl_attr_get_str(attribute);
    return MNL_CB_OK;
}

/* NETLINK_CAP_ACK: behind the nlmsgerr come the attributes, not the refused message. */
static const char *kernel_words(const struct nlmsghdr *message)
{
    const char *words = NULL;

    if (message->nlmsg_flags & NLM_F_ACK_TLVS)
        mnl_attr_parse(message, sizeof(struct nlmsgerr), find_words, &words);
    return words;
}

static void take_acknowledgement(struct mh_netlink *netlink, const struct nlmsghdr *message)
{
    const struct nlmsgerr *verdict = mnl_nlmsg_get_payload(message);
    uint32_t first = netlink->last_sequence - (uint32_t)netlink->count + 1;
    uint32_t at = message->nlmsg_seq - first;

    if (verdict->error && at < netlink->count)
        remember_failure(
            netlink, verdict->error, kernel_words(message), &netlink->attempts[at]);
}

/* True when the last message's acknowledgement was among them. */
static bool take_messages(struct mh_netlink *netlink, int bytes)
{
    bool last = false;

    for (const struct nlmsghdr *message = (const struct nlmsghdr *)netlink->inbox;
         mnl_nlmsg_ok(message, bytes); message = mnl_nlmsg_next(message, &bytes)) {
        if (message->nlmsg_type == NLMSG_ERROR) {
            take_acknowledgement(netlink, message);
            last = last || message->nlmsg_seq == netlink->last_sequence;
        } else if (message->nlmsg_type == NLMSG_DONE) {
            last = true; /* a dump's only acknowledgement, and the kernel runs one at a time */
        } else if (netlink->on_answer) {
            netlink->on_answer(message, netlink->context);
        }
    }
    return last;
}

static int send_batch(struct mh_netlink *netlink)
{
    struct sockaddr_nl kernel;
    ssize_t sent;

    memset(&kernel, 0, sizeof(kernel));
    kernel.nl_family = AF_NETLINK;
    do {
        sent = sendto(netlink->fd, netlink->batch, netlink->used, 0,
            (const struct sockaddr *)&kernel, sizeof(kernel));
    } while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : 0;
}

/* The kernel has done everything when sending returns: all answers wait already. Where they
 * were too many for the socket's buffer the last may be missing; the first, which matters, are
 * not. */
static int receive_answers(struct mh_netlink *netlink)
{
    bool overflow = false;

    for (;;) {
        ssize_t bytes = recv(
            netlink->fd, netlink->inbox, sizeof(netlink->inbox), overflow ? MSG_DONTWAIT : 0);

        if (bytes >= 0) {
            if (take_messages(netlink, (int)bytes))
                return 0;
        } else if (errno == ENOBUFS && !overflow) {
            overflow = true;
        } else if (errno == EAGAIN) {
            return -ENOBUFS;
        } else if (errno != EINTR) {
            return -errno;
        }
    }
}

static struct nlmsghdr *last_message(struct mh_netlink *netlink)
{
    struct nlmsghdr *message = (struct nlmsghdr *)netlink->batch;

    for (size_t i = 1; i < netlink->count; i++)
        message = (struct nlmsghdr *)((uint8_t *)message + NLMSG_ALIGN(message->nlmsg_len));
    return message;
}

/* The kernel answers refused messages on its own account; only the last one is asked to be
 * acknowledged, which says that all are done. */
static void exchange(struct mh_netlink *netlink)
{
    int status;

    last_message(netlink)->nlmsg_flags |= NLM_F_ACK;
    status = send_batch(netlink);
    if (!status)
        status = receive_answers(netlink);
    if (status)
        remember_failure(netlink, status, NULL, &netlink->attempts[netlink->count - 1]);
    netlink->used = 0;
    netlink->count = 0;
}

int mh_netlink_ask(
    struct mh_netlink *netlink, mnl_cb_t on_answer, void *context, struct mh_error *err)
{
    int status;

    netlink->on_answer = on_answer;
    netlink->context = context;
    finish_message(netlink);
    if (netlink->count)
        exchange(netlink);
    netlink->on_answer = NULL;
    status = netlink->status;
    if (status && err)
        *err = netlink->failure;
    netlink->status = 0;
    return status;
}

int mh_netlink_send(struct mh_netlink *netlink, struct mh_error *err)
{
    return mh_netlink_ask(netlink, NULL, NULL, err);
}

/* True at the end of the dump. It is not acknowledged: it ends with a message of its own. */
static bool take_dump(struct mh_netlink *netlink, int bytes, mnl_cb_t on_answer, void *context)
{
    for (const struct nlmsghdr *message = (const struct nlmsghdr *)netlink->inbox;
         mnl_nlmsg_ok(message, bytes); message = mnl_nlmsg_next(message, &bytes)) {
        if (message->nlmsg_type == NLMSG_ERROR)
            take_acknowledgement(netlink, message);
        if (message->nlmsg_type == NLMSG_ERROR || message->nlmsg_type == NLMSG_DONE)
            return true;
        on_answer(message, context);
    }
    return false;
}

int mh_netlink_dump(
    struct mh_netlink *netlink, mnl_cb_t on_answer, void *context, struct mh_error *err)
{
    bool done = false;
    int status;

    finish_message(netlink);
    assert(netlink->count == 1);
    last_message(netlink)->nlmsg_flags |= NLM_F_DUMP;
    status = send_batch(netlink);
    while (!status && !done) {
        ssize_t bytes = recv(netlink->fd, netlink->inbox, sizeof(netlink->inbox), 0);

        if (bytes >= 0)
            done = take_dump(netlink, (int)bytes, on_answer, context);
        else if (errno != EINTR)
            status = -errno;
    }
    if (status)
        remember_failure(netlink, status, NULL, &netlink->attempts[0]);
    netlink->used = 0;
    netlink->count = 0;
    return mh_netlink_send(netlink, err);
}
