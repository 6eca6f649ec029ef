#include "net/frame_socket.h"

#include "net/interface.h"
#include "net/netns.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#ifndef PACKET_IGNORE_OUTGOING
#define PACKET_IGNORE_OUTGOING 23 /* linux/if_packet.h; since Linux 4.20 */
#endif

enum { RECEIVE_BUFFER = 4 << 20 };

struct mh_frame_socket {
    int fd;
    uint64_t drops;
};

/* Frames whose destination has the group bit: the first bit on the wire (IEEE 802.3, 3.2.3). */
static int attach_group_filter(int fd)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x01, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };
    struct sock_fprog program = {.len = sizeof(code) / sizeof(code[0]), .filter = code};

    return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) < 0 ? -errno
                                                                                       : 0;
}

static int set_int(int fd, int level, int name, int value)
{
    return setsockopt(fd, level, name, &value, sizeof(value)) < 0 ? -errno : 0;
}

static int configure_observer(int fd)
{
    int r = attach_group_filter(fd);

    return r < 0 ? r : set_int(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1);
}

/* With the tag and the checksum that the kernel keeps beside the frame (frame_batch.h). */
static int configure_capture(int fd, const struct mh_frame_filter *filter)
{
    int r = filter ? mh_frame_filter_attach(filter, fd) : 0;
    if (r == 0)
        r = set_int(fd, SOL_PACKET, PACKET_AUXDATA, 1);
    if (r == 0)
        r = set_int(fd, SOL_PACKET, PACKET_VNET_HDR, 1);
    return r;
}

static int configure_all(int fd)
{
    int r = set_int(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1);
    if (r == 0 && set_int(fd, SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER) < 0)
        r = set_int(fd, SOL_SOCKET, SO_RCVBUF, RECEIVE_BUFFER);
    return r;
}

/* Only binding gives the protocol, so that no frame gets past the filter before. */
static int start(int fd, unsigned interface_index)
{
    struct sockaddr_ll link;

    memset(&link, 0, sizeof(link));
    link.sll_family = AF_PACKET;
    link.sll_protocol = htons(ETH_P_ALL);
    link.sll_ifindex = (int)interface_index;
    return bind(fd, (const struct sockaddr *)&link, sizeof(link)) < 0 ? -errno : 0;
}

static int fail_open(
    int fd, int code, const char *operation, unsigned interface_index, struct mh_error *err)
{
    char name[MH_INTERFACE_TEXT_MAX] = "";

    mh_interface_name(fd, interface_index, name);
    mh_error_set(err, code, operation, "%s", name);
    if (code == -ENODEV)
        mh_error_hint(err, "this host has no interface with that index");
    return code;
}

static int open_packet_socket(
    int netns_fd, const char *operation, unsigned interface_index, struct mh_error *err)
{
    if (interface_index == 0)
        return mh_error_set_said(
            err, -EINVAL, operation, "no interface is given", "interface 0");

    int fd = mh_netns_socket(netns_fd, AF_PACKET, SOCK_RAW, 0, err);
    if (fd == -EPERM && err && !err->hint[0]) /* else it was the namespace that refused */
        mh_error_hint(err, "seeing frames takes CAP_NET_RAW in the network namespace");
    return fd;
}

/* Takes `fd`, on which `configured` tells how far one came, over. */
static int finish_open(int fd, int configured, const char *operation, unsigned interface_index,
    struct mh_frame_socket **ret_socket, struct mh_error *err)
{
    struct mh_frame_socket *self = calloc(1, sizeof(*self));
    int r = configured;
    if (!self)
        r = -ENOMEM;
    if (r == 0)
        r = configure_all(fd);
    if (r == 0)
        r = start(fd, interface_index);
    if (r < 0) {
        fail_open(fd, r, operation, interface_index, err);
        close(fd);
        free(self);
        return r;
    }
    self->fd = fd;
    *ret_socket = self;
    return 0;
}

int mh_frame_socket_open(int netns_fd, unsigned interface_index,
    struct mh_frame_socket **ret_socket, struct mh_error *err)
{
    int fd = open_packet_socket(netns_fd, "observe", interface_index, err);

    return fd < 0 ? fd
                  : finish_open(fd, configure_observer(fd), "observe", interface_index,
                        ret_socket, err);
}

int mh_frame_socket_open_capture(int netns_fd, unsigned interface_index,
    const struct mh_frame_filter *filter, struct mh_frame_socket **ret_socket,
    struct mh_error *err)
{
    int fd = open_packet_socket(netns_fd, "capture", interface_index, err);

    return fd < 0 ? fd
                  : finish_open(fd, configure_capture(fd, filter), "capture", interface_index,
                        ret_socket, err);
}

struct mh_frame_socket *mh_frame_socket_free(struct mh_frame_socket *socket)
{
    if (socket)
        close(mh_frame_socket_release(socket));
    return NULL;
}

int mh_frame_socket_release(struct mh_frame_socket *socket)
{
    int fd = socket->fd;

    free(socket);
    return fd;
}

int mh_frame_socket_fd(const struct mh_frame_socket *socket)
{
    return socket->fd;
}

static uint64_t read_time(struct msghdr *header)
{
    struct timespec time = {0};

    for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c; c = CMSG_NXTHDR(header, c))
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS)
            memcpy(&time, CMSG_DATA(c), sizeof(time));
    return (uint64_t)time.tv_sec * 1000000000U + (uint64_t)time.tv_nsec;
}

int mh_frame_socket_receive(struct mh_frame_socket *socket, uint8_t *buffer, size_t size,
    uint64_t *ret_time_ns, struct mh_error *err)
{
    _Alignas(struct cmsghdr) uint8_t control[64];
    struct iovec frame = {.iov_base = buffer, .iov_len = size};
    struct msghdr header = {
        .msg_iov = &frame,
        .msg_iovlen = 1,
        .msg_control = control,
        .msg_controllen = sizeof(control),
    };

    ssize_t length = recvmsg(socket->fd, &header, MSG_DONTWAIT);
    if (length < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    if (length < 0)
        return mh_error_set(err, -errno, "observe", "the next frame");
    *ret_time_ns = read_time(&header);
    return (int)length;
}

uint64_t mh_frame_socket_drops(struct mh_frame_socket *socket)
{
    struct tpacket_stats since_last = {0};
    socklen_t length = sizeof(since_last);

    if (getsockopt(socket->fd, SOL_PACKET, PACKET_STATISTICS, &since_last, &length) == 0)
        socket->drops += since_last.tp_drops;
    return socket->drops;
}
