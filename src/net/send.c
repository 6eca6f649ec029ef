#include "net/interface.h"
#include "net/mcast_socket_private.h"

#include <errno.h>
#include <string.h>

/* Of one sendmmsg(); on the stack, and beyond it batching gains nothing. */
enum { SEND_BATCH = 64 };

/* 65535 bytes of IPv4 packet, or of IPv6 payload, less the headers within (RFC 791, RFC 8200).
 */
enum { PAYLOAD_MAX_IPV4 = 65535 - 20 - 8, PAYLOAD_MAX_IPV6 = 65535 - 8 };

static void hint_no_route(
    struct mh_mcast_socket *socket, const struct mh_addr *to, struct mh_error *err)
{
    unsigned index = to->family == AF_INET6 ? to->scope : 0;
    struct mh_addr address;
    char name[MH_INTERFACE_TEXT_MAX];

    if (index == 0 && mh_addr_is_multicast(to))
        (void)mh_mcast_socket_multicast_if(socket, &index, &address, NULL);
    if (index == 0) {
        mh_error_hint(
            err, mh_addr_is_multicast(to)
                     ? "no route leads to the group: set multicast_if, or add a route "
                       "(224.0.0.0/4, ff00::/8)"
                     : "no route leads to that address");
        return;
    }

    int flags = mh_interface_flags(socket->fd, index);
    mh_interface_name(socket->fd, index, name);
    if (flags < 0)
        mh_error_hint(err, "the outgoing %s does not exist (any more)", name);
    else if (!(flags & IFF_UP))
        mh_error_hint(err, "%s is down", name);
    else if (!(flags & IFF_MULTICAST))
        mh_error_hint(err, "%s does not carry multicast (no MULTICAST flag)", name);
    else
        mh_error_hint(err, "%s has no %s address to send from, or no route", name,
            mh_family_name(socket->family));
}

static void hint_send(
    struct mh_mcast_socket *socket, int code, const struct mh_addr *to, struct mh_error *err)
{
    switch (code) {
    case -EMSGSIZE:
        mh_error_hint(err, "the largest UDP payload over %s is %d bytes",
            mh_family_name(socket->family),
            socket->family == AF_INET6 ? PAYLOAD_MAX_IPV6 : PAYLOAD_MAX_IPV4);
        break;
    case -ENETUNREACH:
    case -EHOSTUNREACH:
    case -EADDRNOTAVAIL:
    case -ENETDOWN:
    case -ENODEV:
    case -ENXIO:
        hint_no_route(socket, to, err);
        break;
    case -EPERM:
        mh_error_hint(err, "a packet filter of this host dropped it on output");
        break;
    case -EACCES:
        mh_error_hint(err, "a broadcast address, or a route that prohibits it");
        break;
    case -ENOBUFS:
        mh_error_hint(err, "the outgoing queue or the neighbour table is full");
        break;
    case -ECONNREFUSED:
        mh_error_hint(err, "an earlier datagram met no socket on its port");
        break;
    default:
        break;
    }
}

static int fail(struct mh_mcast_socket *socket, int code, const struct mh_outgoing *one,
    const char *said, struct mh_error *err)
{
    char text[MH_ADDR_TEXT_MAX];

    if (!err)
        return code;
    mh_error_set_said(err, code, "send", said, "%zu bytes to %s port %u", one->length,
        mh_addr_format(&one->to, text), one->port);
    if (!said)
        hint_send(socket, code, &one->to, err);
    return code;
}

static int check(
    struct mh_mcast_socket *socket, const struct mh_outgoing *one, struct mh_error *err)
{
    if (one->to.family != socket->family)
        return fail(socket, -EAFNOSUPPORT, one,
            socket->family == AF_INET6 ? "the address is not IPv6, as the socket is"
                                       : "the address is not IPv4, as the socket is",
            err);
    if (one->port == 0)
        return fail(socket, -EINVAL, one, "the port must be 1 to 65535", err);
    return 0;
}

/* An ICMP error of an earlier datagram waits in the socket (IP_RECVERR) and would be blamed on
 * this one, which was not even tried. Reading it clears it; the error queue keeps it for
 * mh_mcast_socket_next_departure(). An error of this datagram itself comes again. */
static bool was_earlier_error(const struct mh_mcast_socket *socket, int code)
{
    return socket->tracked &&
           (code == ECONNREFUSED || code == EHOSTUNREACH || code == ENETUNREACH ||
               code == EPROTO || code == EMSGSIZE || code == EACCES);
}

struct outgoing_slot {
    struct iovec payload;
    union mh_sockaddr to;
    _Alignas(struct cmsghdr) uint8_t control[MH_DEPARTURE_CONTROL_SIZE];
};

static void fill_header(const struct mh_mcast_socket *socket, const struct mh_outgoing *one,
    uint32_t ahead, struct outgoing_slot *slot, struct msghdr *header)
{
    memset(header, 0, sizeof(*header));
    slot->payload = (struct iovec){(void *)(uintptr_t)one->data, one->length};
    header->msg_namelen = mh_addr_to_sockaddr(&one->to, one->port, &slot->to);
    header->msg_name = &slot->to;
    header->msg_iov = &slot->payload;
    header->msg_iovlen = 1;
    mh_departure_number(socket, ahead, header, slot->control);
}

/* A message header costs the kernel more to read than plain arguments do. */
static ssize_t send_one(const struct mh_mcast_socket *socket, const struct outgoing_slot *slot,
    struct msghdr *header)
{
    if (header->msg_controllen > 0)
        return sendmsg(socket->fd, header, MSG_DONTWAIT);
    return sendto(socket->fd, slot->payload.iov_base, slot->payload.iov_len, MSG_DONTWAIT,
        &slot->to.any, header->msg_namelen);
}

int mh_mcast_socket_send(struct mh_mcast_socket *socket, const struct mh_addr *to,
    uint16_t port, const void *data, size_t length, struct mh_error *err)
{
    struct mh_outgoing one = {*to, port, data, length};
    struct outgoing_slot slot;
    struct msghdr header;
    int r = check(socket, &one, err);
    if (r < 0)
        return r;

    mh_train_leave(socket);
    fill_header(socket, &one, 0, &slot, &header);
    ssize_t sent = send_one(socket, &slot, &header);
    if (sent < 0 && was_earlier_error(socket, errno))
        sent = send_one(socket, &slot, &header);
    if (sent < 0)
        return fail(socket, -errno, &one, NULL, err);
    socket->next_departure_id++;
    return (int)sent;
}

/* Up to SEND_BATCH of them; fewer when one in the middle is refused or does not fit. */
static int send_some(struct mh_mcast_socket *socket, const struct mh_outgoing *list,
    size_t count, struct mh_error *err)
{
    struct mmsghdr headers[SEND_BATCH];
    struct outgoing_slot slots[SEND_BATCH];
    unsigned filled = 0;
    int r = check(socket, &list[0], err);
    if (r < 0)
        return r;

    while (filled < count && filled < SEND_BATCH && check(socket, &list[filled], NULL) == 0) {
        fill_header(socket, &list[filled], filled, &slots[filled], &headers[filled].msg_hdr);
        filled++;
    }
    mh_train_leave(socket);
    r = sendmmsg(socket->fd, headers, filled, MSG_DONTWAIT);
    if (r < 0 && was_earlier_error(socket, errno))
        r = sendmmsg(socket->fd, headers, filled, MSG_DONTWAIT);
    if (r < 0)
        return fail(socket, -errno, &list[0], NULL, err);
    socket->next_departure_id += (uint32_t)r;
    return r;
}

int mh_mcast_socket_send_batch(struct mh_mcast_socket *socket, const struct mh_outgoing *list,
    size_t count, struct mh_error *err)
{
    size_t sent = 0;

    while (sent < count) {
        size_t asked = count - sent < SEND_BATCH ? count - sent : SEND_BATCH;
        int r = send_some(socket, list + sent, asked, sent == 0 ? err : NULL);
        if (r < 0)
            return sent == 0 ? r : (int)sent;
        sent += (size_t)r;
        if ((size_t)r < asked)
            break;
    }
    return (int)sent;
}
