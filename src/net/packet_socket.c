#include "net/packet_socket.h"

#include "base/clock.h"
#include "net/netns.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <string.h>
#include <time.h>

#ifndef PACKET_IGNORE_OUTGOING
#define PACKET_IGNORE_OUTGOING 23 /* linux/if_packet.h; since Linux 4.20 */
#endif

int mh_packet_socket_open(int netns_fd, const char *doing, struct mh_error *err)
{
    int fd = mh_netns_socket(netns_fd, AF_PACKET, SOCK_RAW, 0, err);

    if (fd == -EPERM && err && !err->hint[0]) /* else it was the namespace that refused */
        mh_error_hint(err, "%s frames takes CAP_NET_RAW in the network namespace", doing);
    return fd;
}

int mh_packet_socket_set(int fd, int level, int name, int value)
{
    return setsockopt(fd, level, name, &value, sizeof(value)) < 0 ? -errno : 0;
}

int mh_packet_socket_filter(int fd, struct sock_filter *code, size_t count)
{
    struct sock_fprog program = {.len = (unsigned short)count, .filter = code};

    return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) < 0 ? -errno
                                                                                       : 0;
}

int mh_packet_socket_ignore_outgoing(int fd)
{
    return mh_packet_socket_set(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1);
}

int mh_packet_socket_bind(int fd, unsigned interface_index, uint16_t protocol)
{
    struct sockaddr_ll link;

    memset(&link, 0, sizeof(link));
    link.sll_family = AF_PACKET;
    link.sll_protocol = htons(protocol);
    link.sll_ifindex = (int)interface_index;
    return bind(fd, (const struct sockaddr *)&link, sizeof(link)) < 0 ? -errno : 0;
}

static uint64_t arrival_ns(struct msghdr *header)
{
    struct timespec time = {0};

    for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c; c = CMSG_NXTHDR(header, c))
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS)
            memcpy(&time, CMSG_DATA(c), sizeof(time));
    return mh_clock_timespec_ns(&time);
}

int mh_packet_socket_receive(int fd, uint8_t *buffer, size_t size, uint64_t *ret_time_ns)
{
    _Alignas(struct cmsghdr) uint8_t control[128];
    struct iovec frame = {.iov_base = buffer, .iov_len = size};
    struct msghdr header = {
        .msg_iov = &frame,
        .msg_iovlen = 1,
        .msg_control = control,
        .msg_controllen = sizeof(control),
    };

    ssize_t length = recvmsg(fd, &header, MSG_DONTWAIT);
    if (length < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -errno;
    *ret_time_ns = arrival_ns(&header);
    return (int)length;
}

uint64_t mh_packet_socket_lost(int fd)
{
    struct tpacket_stats since_last = {0};
    socklen_t length = sizeof(since_last);

    return getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &since_last, &length) == 0
               ? since_last.tp_drops
               : 0;
}
