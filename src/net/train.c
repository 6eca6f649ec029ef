#include "net/train.h"

#include "net/mcast_socket_private.h"

#include <errno.h>
#include <netinet/udp.h>
#include <stdlib.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103 /* linux/udp.h; since Linux 4.18 */
#endif
#ifndef UDP_GRO
#define UDP_GRO 104 /* since Linux 5.0 */
#endif

/* The kernel's own limit (UDP_MAX_SEGMENTS) before Linux 6.9, and what one IPv4 packet, or the
 * payload of an IPv6 one less its header, can carry. */
enum { SEGMENTS_MAX = 64, OFFLOAD_MAX = 65535 - 40 - 8 };

struct mh_train {
    union mh_sockaddr to;
    socklen_t to_length;
    size_t size;
    size_t capacity;
    size_t segments;         /* in each message, as they stand; 0: they do not yet */
    struct mmsghdr *headers; /* of the messages */
    struct iovec *payloads;
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
    train->payloads = calloc(capacity, sizeof(*train->payloads));
    train->bytes = calloc(capacity, size);
    if (!train->headers || !train->payloads || !train->bytes)
        return mh_train_free(train);
    return train;
}

struct mh_train *mh_train_free(struct mh_train *train)
{
    if (!train)
        return NULL;
    free(train->headers);
    free(train->payloads);
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

/* Once for all trains: from one to the next nothing changes but what is written in the slots.
 */
static void couple(struct mh_train *train, size_t segments)
{
    size_t message = 0;

    for (size_t first = 0; first < train->capacity; first += segments, message++) {
        struct msghdr *header = &train->headers[message].msg_hdr;
        train->payloads[message] =
            (struct iovec){mh_train_slot(train, first), segments * train->size};
        header->msg_name = &train->to;
        header->msg_namelen = train->to_length;
        header->msg_iov = &train->payloads[message];
        header->msg_iovlen = 1;
    }
    train->segments = segments;
}

/* What a train wants is asked of the socket and not of each message: reading that once more for
 * each datagram would cost the kernel a twentieth of the way. */
static int enter(struct mh_mcast_socket *socket, int segment_size)
{
    int r = mh_departure_set_stamps(socket, false);

    if (r == 0 && socket->segment_size != segment_size)
        r = mh_mcast_socket_set_int(socket, SOL_UDP, UDP_SEGMENT, segment_size);
    if (r == 0)
        socket->segment_size = segment_size;
    return r;
}

/* Neither can fail: the kernel has taken both before. */
void mh_train_leave(struct mh_mcast_socket *socket)
{
    (void)mh_departure_set_stamps(socket, true);
    if (socket->segment_size > 0)
        (void)mh_mcast_socket_set_int(socket, SOL_UDP, UDP_SEGMENT, 0);
    socket->segment_size = 0;
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

/* The last message may be shorter. */
static int send_coupled(
    const struct mh_mcast_socket *socket, struct mh_train *train, size_t count)
{
    unsigned messages = (unsigned)((count + train->segments - 1) / train->segments);
    struct iovec *last = &train->payloads[messages - 1];
    size_t whole = last->iov_len;

    last->iov_len = (count - (messages - 1) * train->segments) * train->size;
    int taken = send_messages(socket, train->headers, messages);
    last->iov_len = whole;
    if (taken <= 0)
        return taken;
    return (unsigned)taken == messages ? (int)count : taken * (int)train->segments;
}

int mh_train_send(
    struct mh_mcast_socket *socket, struct mh_train *train, size_t count, size_t segments)
{
    int r = enter(socket, segments > 1 ? (int)train->size : 0);

    if (r < 0)
        return r;
    if (train->segments != segments)
        couple(train, segments);
    return send_coupled(socket, train, count);
}

int mh_mcast_socket_set_coalescing(struct mh_mcast_socket *socket, bool coalesce)
{
    int r = 0;

    for (size_t i = 0; i < mh_mcast_socket_part_count(socket) && r == 0; i++)
        r = mh_mcast_socket_set_int(
            mh_mcast_socket_part(socket, i), SOL_UDP, UDP_GRO, coalesce ? 1 : 0);
    return r;
}
