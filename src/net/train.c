#include "net/train.h"

#include "net/mcast_socket_private.h"

#include <errno.h>
#include <linux/net_tstamp.h>
#include <netinet/udp.h>
#include <stdlib.h>
#include <string.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103 /* linux/udp.h; since Linux 4.18 */
#endif
#ifndef UDP_GRO
#define UDP_GRO 104 /* since Linux 5.0 */
#endif

/* The kernel's own limit (UDP_MAX_SEGMENTS) before Linux 6.9, and what one IPv4 packet, or the
 * payload of an IPv6 one less its header, can carry. */
enum { SEGMENTS_MAX = 64, OFFLOAD_MAX = 65535 - 40 - 8 };

enum { CONTROL_SIZE = CMSG_SPACE(sizeof(uint32_t)) + CMSG_SPACE(sizeof(uint16_t)) };

struct wagon {
    struct iovec payload;
    _Alignas(struct cmsghdr) uint8_t control[CONTROL_SIZE];
};

struct mh_train {
    union mh_sockaddr to;
    socklen_t to_length;
    size_t size;
    size_t capacity;
    struct mmsghdr *headers;
    struct wagon *wagons;
    uint8_t *bytes;
};

struct mh_train *mh_train_new(
    const struct mh_addr *to, uint16_t port, size_t size, size_t capacity)
{
    struct mh_train *train = calloc(1, sizeof(*train));
    if (!train)
        return NULL;

    train->to_length = mh_addr_to_sockaddr(to, port, &train->to);
    train->size = size;
    train->capacity = capacity;
    train->headers = calloc(capacity, sizeof(*train->headers));
    train->wagons = calloc(capacity, sizeof(*train->wagons));
    train->bytes = calloc(capacity, size);
    if (!train->headers || !train->wagons || !train->bytes)
        return mh_train_free(train);
    return train;
}

struct mh_train *mh_train_free(struct mh_train *train)
{
    if (!train)
        return NULL;
    free(train->headers);
    free(train->wagons);
    free(train->bytes);
    free(train);
    return NULL;
}

uint8_t *mh_train_slot(const struct mh_train *train, size_t i)
{
    return train->bytes + i * train->size;
}

size_t mh_train_segments(size_t size)
{
    size_t segments = OFFLOAD_MAX / size;

    if (segments > SEGMENTS_MAX)
        return SEGMENTS_MAX;
    return segments > 0 ? segments : 1;
}

static void put_control(
    struct msghdr *header, uint8_t *control, const struct cmsghdr *kind, const void *value)
{
    struct cmsghdr *c = (struct cmsghdr *)(void *)(control + header->msg_controllen);
    size_t length = kind->cmsg_len;

    *c = *kind;
    c->cmsg_len = CMSG_LEN(length);
    memcpy(CMSG_DATA(c), value, length);
    header->msg_control = control;
    header->msg_controllen += CMSG_SPACE(length);
}

/* On a tracked socket each message has to say that it wants no time stamp. */
static void put_no_stamp(struct msghdr *header, uint8_t *control)
{
    static const struct cmsghdr kind = {
        .cmsg_len = sizeof(uint32_t), .cmsg_level = SOL_SOCKET, .cmsg_type = SO_TIMESTAMPING};
    uint32_t flags = 0;

    put_control(header, control, &kind, &flags);
}

static void put_segment_size(struct msghdr *header, uint8_t *control, size_t size)
{
    static const struct cmsghdr kind = {
        .cmsg_len = sizeof(uint16_t), .cmsg_level = SOL_UDP, .cmsg_type = UDP_SEGMENT};
    uint16_t segment = (uint16_t)size;

    put_control(header, control, &kind, &segment);
}

/* The datagrams from `first` on, `count` of them in one message. */
static void couple(const struct mh_mcast_socket *socket, struct mh_train *train, size_t first,
    size_t count, size_t message)
{
    struct msghdr *header = &train->headers[message].msg_hdr;
    struct wagon *wagon = &train->wagons[message];

    memset(header, 0, sizeof(*header));
    memset(wagon->control, 0, sizeof(wagon->control));
    wagon->payload = (struct iovec){mh_train_slot(train, first), count * train->size};
    header->msg_name = &train->to;
    header->msg_namelen = train->to_length;
    header->msg_iov = &wagon->payload;
    header->msg_iovlen = 1;
    if (socket->tracked)
        put_no_stamp(header, wagon->control);
    if (count > 1)
        put_segment_size(header, wagon->control, train->size);
}

/* As in mh_mcast_socket_send(): an error of an earlier datagram is told in place of a try. */
static int send_messages(
    const struct mh_mcast_socket *socket, struct mmsghdr *headers, unsigned count)
{
    int r = sendmmsg(socket->fd, headers, count, MSG_DONTWAIT);

    if (r < 0 && socket->tracked && errno != EAGAIN && errno != ENOBUFS)
        r = sendmmsg(socket->fd, headers, count, MSG_DONTWAIT);
    return r < 0 ? -errno : r;
}

int mh_train_send(
    struct mh_mcast_socket *socket, struct mh_train *train, size_t count, size_t segments)
{
    unsigned messages = 0;

    for (size_t first = 0; first < count; first += segments) {
        size_t left = count - first;
        couple(socket, train, first, left < segments ? left : segments, messages++);
    }
    int taken = send_messages(socket, train->headers, messages);
    if (taken <= 0)
        return taken;
    return (unsigned)taken == messages ? (int)count : taken * (int)segments;
}

int mh_mcast_socket_set_coalescing(struct mh_mcast_socket *socket, bool coalesce)
{
    return mh_mcast_socket_set_int(socket, SOL_UDP, UDP_GRO, coalesce ? 1 : 0);
}
