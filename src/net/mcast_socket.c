#include "net/datagram_private.h"
#include "net/mcast_socket_private.h"
#include "net/netns.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef IPV6_MULTICAST_ALL
#define IPV6_MULTICAST_ALL                                                                     \
    29 /* linux/in6.h; since Linux 4.20, missing in older C libraries                          \
        */
#endif

int mh_mcast_socket_set_int(struct mh_mcast_socket *socket, int level, int name, int value)
{
    return setsockopt(socket->fd, level, name, &value, sizeof(value)) < 0 ? -errno : 0;
}

int mh_mcast_socket_get_int(
    const struct mh_mcast_socket *socket, int level, int name, int *ret_value)
{
    int value = 0;
    socklen_t length = sizeof(value);

    if (getsockopt(socket->fd, level, name, &value, &length) < 0)
        return -errno;
    *ret_value = value;
    return 0;
}

struct initial_option {
    int level;
    int name;
    int value;
    const char *text;
};

#define INITIAL(level, name, value)                                                            \
    {                                                                                          \
        level, name, value, #name                                                              \
    }
static const struct initial_option ipv4_options[] = {
    INITIAL(IPPROTO_IP, IP_MULTICAST_ALL, 0),
    INITIAL(IPPROTO_IP, IP_PKTINFO, 1),
    INITIAL(IPPROTO_IP, IP_RECVTTL, 1),
    INITIAL(SOL_SOCKET, SO_TIMESTAMPNS, 1),
};
static const struct initial_option ipv6_options[] = {
    INITIAL(IPPROTO_IPV6, IPV6_V6ONLY, 1),
    INITIAL(IPPROTO_IPV6, IPV6_MULTICAST_ALL, 0),
    INITIAL(IPPROTO_IPV6, IPV6_RECVPKTINFO, 1),
    INITIAL(IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1),
    INITIAL(SOL_SOCKET, SO_TIMESTAMPNS, 1),
};
#undef INITIAL

static int configure(struct mh_mcast_socket *socket, struct mh_error *err)
{
    bool v6 = socket->family == AF_INET6;
    const struct initial_option *options = v6 ? ipv6_options : ipv4_options;
    size_t count = v6 ? sizeof(ipv6_options) / sizeof(ipv6_options[0])
                      : sizeof(ipv4_options) / sizeof(ipv4_options[0]);

    for (size_t i = 0; i < count; i++) {
        int r = mh_mcast_socket_set_int(
            socket, options[i].level, options[i].name, options[i].value);
        if (r < 0)
            return mh_error_set(
                err, r, "open", "socket: set %s to %d", options[i].text, options[i].value);
    }
    return 0;
}

int mh_mcast_socket_open(
    int netns_fd, sa_family_t family, struct mh_mcast_socket **ret_socket, struct mh_error *err)
{
    if (family != AF_INET && family != AF_INET6)
        return mh_error_set_said(err, -EAFNOSUPPORT, "open", "the family must be IPv4 or IPv6",
            "socket of family %u", family);

    int fd = mh_netns_socket(netns_fd, family, SOCK_DGRAM, IPPROTO_UDP, err);
    return fd < 0 ? fd : mh_mcast_socket_adopt(fd, family, ret_socket, err);
}

int mh_mcast_socket_adopt(
    int fd, sa_family_t family, struct mh_mcast_socket **ret_socket, struct mh_error *err)
{
    struct mh_mcast_socket *self = calloc(1, sizeof(*self));
    if (!self) {
        close(fd);
        return mh_error_set(err, -ENOMEM, "open", "socket");
    }
    self->family = family;
    self->fd = fd;
    self->parts_fd = -1;
    int r = configure(self, err);
    if (r < 0) {
        mh_mcast_socket_free(self);
        return r;
    }
    *ret_socket = self;
    return 0;
}

struct mh_mcast_socket *mh_mcast_socket_free(struct mh_mcast_socket *socket)
{
    if (!socket)
        return NULL;
    mh_annexes_free(socket);
    mh_stash_drop(socket);
    if (socket->fd >= 0)
        close(socket->fd);
    free(socket->memberships);
    free(socket);
    return NULL;
}

int mh_mcast_socket_fd(const struct mh_mcast_socket *socket)
{
    return socket->fd;
}

sa_family_t mh_mcast_socket_family(const struct mh_mcast_socket *socket)
{
    return socket->family;
}

static void hint_bind(
    struct mh_mcast_socket *socket, int code, const struct mh_addr *addr, struct mh_error *err)
{
    union mh_sockaddr bound;
    socklen_t length = sizeof(bound);

    switch (code) {
    case -EADDRINUSE:
        mh_error_hint(err, "another socket has this port: set the same one of reuse_addr and "
                           "reuse_port on all sockets that share it, before they bind");
        break;
    case -EADDRNOTAVAIL:
        mh_error_hint(err, "no interface of this host has that address (yet)");
        break;
    case -EACCES:
        mh_error_hint(err, "ports below net.ipv4.ip_unprivileged_port_start (1024) take "
                           "CAP_NET_BIND_SERVICE");
        break;
    case -ENODEV:
        mh_error_hint(err, "the address's scope names no interface of this host");
        break;
    case -EINVAL:
        if (getsockname(socket->fd, &bound.any, &length) == 0 && mh_sockaddr_port(&bound) != 0)
            mh_error_hint(
                err, "the socket is bound already (port %u)", mh_sockaddr_port(&bound));
        else if (addr->family == AF_INET6 && addr->scope == 0)
            mh_error_hint(err, "a link-local address needs its interface: %%<index> behind it");
        break;
    default:
        break;
    }
}

int mh_mcast_socket_bind(struct mh_mcast_socket *socket, const struct mh_addr *addr,
    uint16_t port, struct mh_error *err)
{
    struct mh_addr local = *addr;
    union mh_sockaddr sockaddr;
    char text[MH_ADDR_TEXT_MAX];

    if (local.family == AF_UNSPEC)
        local = (struct mh_addr){.family = socket->family};
    if (local.family != socket->family)
        return mh_error_set_said(err, -EAFNOSUPPORT, "bind", "the address is of another family",
            "%s socket to %s", mh_family_name(socket->family), mh_addr_format(&local, text));

    socklen_t length = mh_addr_to_sockaddr(&local, port, &sockaddr);
    if (bind(socket->fd, &sockaddr.any, length) == 0) {
        if (mh_addr_is_multicast(&local))
            socket->bound_group = local;
        return 0;
    }

    int r =
        mh_error_set(err, -errno, "bind", "to %s port %u", mh_addr_format(&local, text), port);
    hint_bind(socket, r, &local, err);
    return r;
}

int mh_mcast_socket_local(struct mh_mcast_socket *socket, struct mh_addr *ret_addr,
    uint16_t *ret_port, struct mh_error *err)
{
    union mh_sockaddr bound;
    socklen_t length = sizeof(bound);

    memset(&bound, 0, sizeof(bound));
    if (getsockname(socket->fd, &bound.any, &length) < 0)
        return mh_error_set(err, -errno, "read", "the local address of a socket");
    *ret_addr = mh_addr_from_sockaddr(&bound);
    *ret_port = mh_sockaddr_port(&bound);
    return 0;
}
