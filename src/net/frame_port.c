#include "net/frame_port.h"

#include "base/clock.h"
#include "net/interface.h"
#include "net/packet_socket.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#ifndef SO_SELECT_ERR_QUEUE
#define SO_SELECT_ERR_QUEUE 45
#endif

enum { FIRST_CAPACITY = 8 };

struct mh_frame_port {
    int fd;
    unsigned interface_index;
    uint64_t *departed; /* by number; 0: not yet */
    size_t count;
    size_t capacity;
    size_t first_counted; /* the frame that the kernel's ids begin with */
};

/* IPv4 with protocol IGMP; IPv6 with ICMPv6, at once or behind one hop-by-hop header, where MLD
 * has it (RFC 2710, section 3). Offsets from the Ethernet header on. */
static int attach_membership_filter(int fd)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IP, 0, 2),
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 23),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_IGMP, 7, 6),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IPV6, 0, 5),
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 20),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_ICMPV6, 4, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_HOPOPTS, 0, 2),
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 54),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_ICMPV6, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, 0),
        BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
    };

    return mh_packet_socket_filter(fd, code, sizeof(code) / sizeof(code[0]));
}

/* The kernel's ids begin with 0 whenever they are switched on. */
static int count_departures(int fd)
{
    int r = mh_packet_socket_set(fd, SOL_SOCKET, SO_TIMESTAMPING, 0);

    return r < 0 ? r
                 : mh_packet_socket_set(fd, SOL_SOCKET, SO_TIMESTAMPING,
                       SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE |
                           SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_TSONLY);
}

static int configure(int fd, unsigned interface_index, bool hears)
{
    int r = count_departures(fd);
    if (r == 0)
        r = mh_packet_socket_set(fd, SOL_SOCKET, SO_SELECT_ERR_QUEUE, 1);
    if (r == 0 && hears)
        r = attach_membership_filter(fd);
    if (r == 0 && hears)
        r = mh_packet_socket_ignore_outgoing(fd);
    if (r == 0 && hears)
        r = mh_packet_socket_set(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1);
    return r == 0 ? mh_packet_socket_bind(fd, interface_index, hears ? ETH_P_ALL : 0) : r;
}

static int fail(
    const struct mh_frame_port *port, int code, const char *operation, struct mh_error *err)
{
    char name[MH_INTERFACE_TEXT_MAX] = "";

    mh_interface_name(port->fd, port->interface_index, name);
    return mh_error_set(err, code, operation, "%s", name);
}

int mh_frame_port_open(int netns_fd, unsigned interface_index, bool hears,
    struct mh_frame_port **ret_port, struct mh_error *err)
{
    int fd = mh_packet_socket_open(netns_fd, "sending", err);
    if (fd < 0)
        return fd;
    struct mh_frame_port *port = calloc(1, sizeof(*port));
    int r = port ? configure(fd, interface_index, hears) : -ENOMEM;
    if (r < 0) {
        mh_error_set(err, r, "open", "interface %u for frames", interface_index);
        close(fd);
        free(port);
        return r;
    }
    port->fd = fd;
    port->interface_index = interface_index;
    *ret_port = port;
    return 0;
}

struct mh_frame_port *mh_frame_port_free(struct mh_frame_port *port)
{
    if (!port)
        return NULL;
    close(port->fd);
    free(port->departed);
    free(port);
    return NULL;
}

int mh_frame_port_fd(const struct mh_frame_port *port)
{
    return port->fd;
}

/* ---- sending ---- */

static bool reserve_one(struct mh_frame_port *port)
{
    if (port->count < port->capacity)
        return true;
    size_t capacity = port->capacity ? port->capacity * 2 : FIRST_CAPACITY;
    uint64_t *departed = realloc(port->departed, capacity * sizeof(*departed));
    if (!departed)
        return false;
    port->departed = departed;
    port->capacity = capacity;
    return true;
}

/* The software stamp is the first of the three. */
static void note_departure(struct mh_frame_port *port, struct msghdr *header)
{
    struct sock_extended_err extended = {.ee_origin = SO_EE_ORIGIN_NONE};
    struct timespec stamp = {0};

    for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c; c = CMSG_NXTHDR(header, c)) {
        if (c->cmsg_level == SOL_PACKET && c->cmsg_type == PACKET_TX_TIMESTAMP)
            memcpy(&extended, CMSG_DATA(c), sizeof(extended));
        else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPING)
            memcpy(&stamp, CMSG_DATA(c), sizeof(stamp));
    }
    size_t number = port->first_counted + extended.ee_data;
    if (extended.ee_origin == SO_EE_ORIGIN_TIMESTAMPING && number < port->count)
        port->departed[number] = mh_clock_timespec_ns(&stamp);
}

static void read_departures(struct mh_frame_port *port)
{
    for (;;) {
        _Alignas(struct cmsghdr) uint8_t control[512];
        struct msghdr header = {.msg_control = control, .msg_controllen = sizeof(control)};
        if (recvmsg(port->fd, &header, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
            return;
        note_departure(port, &header);
    }
}

static int fail_send(struct mh_frame_port *port, int code, struct mh_error *err)
{
    /* One that a full queue refused has taken an id, one that never got there has not. */
    read_departures(port);
    (void)count_departures(port->fd);
    port->first_counted = port->count;

    fail(port, code, "send a frame", err);
    if (code == -EMSGSIZE)
        mh_error_hint(err, "it is longer than the interface's MTU allows");
    if (code == -ENETDOWN)
        mh_error_hint(err, "the interface is down");
    return code;
}

int mh_frame_port_send(
    struct mh_frame_port *port, const uint8_t *bytes, size_t length, struct mh_error *err)
{
    if (!reserve_one(port))
        return fail(port, -ENOMEM, "send a frame", err);
    if (send(port->fd, bytes, length, MSG_DONTWAIT) < 0)
        return fail_send(port, -errno, err);
    port->departed[port->count] = 0;
    return (int)port->count++;
}

uint64_t mh_frame_port_departed(struct mh_frame_port *port, int number)
{
    if (number < 0 || (size_t)number >= port->count)
        return 0;
    if (!port->departed[number])
        read_departures(port);
    return port->departed[number];
}

/* ---- receiving ---- */

int mh_frame_port_receive(struct mh_frame_port *port, uint8_t *buffer, size_t size,
    uint64_t *ret_time_ns, struct mh_error *err)
{
    read_departures(port); /* else they keep the descriptor readable */
    int length = mh_packet_socket_receive(port->fd, buffer, size, ret_time_ns);

    return length < 0 ? fail(port, length, "hear IGMP and MLD", err) : length;
}
