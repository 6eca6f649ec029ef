#include "net/frame_socket.h"

#include "net/interface.h"
#include "net/packet_socket.h"

#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <stdlib.h>
#include <unistd.h>

enum { RECEIVE_BUFFER = 4 << 20 };

struct mh_frame_socket {
    int fd;
    bool tells_offload;
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

    return mh_packet_socket_filter(fd, code, sizeof(code) / sizeof(code[0]));
}

static int configure_observer(int fd)
{
    int r = attach_group_filter(fd);

    return r < 0 ? r : mh_packet_socket_ignore_outgoing(fd);
}

/* With the tag and the checksum that the kernel keeps beside the frame (frame_batch.h). */
static int configure_capture(int fd, const struct mh_frame_filter *filter)
{
    int r = filter ? mh_frame_filter_attach(filter, fd) : 0;
    if (r == 0)
        r = mh_packet_socket_set(fd, SOL_PACKET, PACKET_AUXDATA, 1);
    if (r == 0)
        r = mh_packet_socket_set(fd, SOL_PACKET, PACKET_VNET_HDR, 1);
    return r;
}

static int configure_all(int fd)
{
    int r = mh_packet_socket_set(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1);
    if (r == 0 && mh_packet_socket_set(fd, SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER) < 0)
        r = mh_packet_socket_set(fd, SOL_SOCKET, SO_RCVBUF, RECEIVE_BUFFER);
    return r;
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

    return mh_packet_socket_open(netns_fd, "seeing", err);
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
        r = mh_packet_socket_bind(fd, interface_index, ETH_P_ALL);
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

    int r = fd < 0 ? fd
                   : finish_open(fd, configure_capture(fd, filter), "capture", interface_index,
                         ret_socket, err);
    if (r == 0)
        (*ret_socket)->tells_offload = true;
    return r;
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

bool mh_frame_socket_tells_offload(const struct mh_frame_socket *socket)
{
    return socket->tells_offload;
}

uint64_t mh_frame_socket_drops(struct mh_frame_socket *socket)
{
    socket->drops += mh_packet_socket_lost(socket->fd);
    return socket->drops;
}
