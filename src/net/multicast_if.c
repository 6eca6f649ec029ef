#include "net/interface.h"
#include "net/mcast_socket_private.h"

#include <errno.h>
#include <string.h>

static bool is_set(const struct mh_addr *address)
{
    return address && address->family != AF_UNSPEC;
}

static int fail(struct mh_mcast_socket *socket, int code, unsigned index,
    const struct mh_addr *address, const char *said, struct mh_error *err)
{
    char interface[MH_INTERFACE_TEXT_MAX];
    char text[MH_ADDR_TEXT_MAX];

    if (is_set(address))
        mh_error_set_said(
            err, code, "set", said, "multicast_if to %s", mh_addr_format(address, text));
    else
        mh_error_set_said(err, code, "set", said, "multicast_if to %s",
            mh_interface_name(socket->fd, index, interface));

    if (!said && code == -EADDRNOTAVAIL)
        mh_error_hint(err, index ? "this host has no interface with that index"
                                 : "no interface of this host has that address");
    if (!said && code == -ENODEV)
        mh_error_hint(err, "this host has no interface with that index");
    if (!said && code == -EINVAL)
        mh_error_hint(err, "the socket is bound to another device");
    return code;
}

static int set_ipv4(struct mh_mcast_socket *socket, unsigned index,
    const struct mh_addr *address, struct mh_error *err)
{
    struct mh_addr local = is_set(address) ? *address : mh_interface_ipv4(socket->fd, index);
    struct ip_mreqn request;

    memset(&request, 0, sizeof(request));
    request.imr_ifindex = (int)index;
    if (local.family == AF_INET)
        request.imr_address = local.v4;
    if (setsockopt(socket->fd, IPPROTO_IP, IP_MULTICAST_IF, &request, sizeof(request)) < 0)
        return fail(socket, -errno, index, address, NULL, err);
    return 0;
}

int mh_mcast_socket_set_multicast_if(struct mh_mcast_socket *socket, unsigned interface_index,
    const struct mh_addr *address, struct mh_error *err)
{
    if (is_set(address) && socket->family == AF_INET6)
        return fail(socket, -EINVAL, interface_index, address,
            "an IPv6 socket takes its interface by index, not by address", err);
    if (is_set(address) && address->family != AF_INET)
        return fail(socket, -EINVAL, interface_index, address,
            "an IPv4 socket takes an IPv4 address", err);
    if (socket->family == AF_INET)
        return set_ipv4(socket, interface_index, address, err);

    int r =
        mh_mcast_socket_set_int(socket, IPPROTO_IPV6, IPV6_MULTICAST_IF, (int)interface_index);
    return r < 0 ? fail(socket, r, interface_index, NULL, NULL, err) : 0;
}

static int get_ipv4(
    struct mh_mcast_socket *socket, unsigned *ret_index, struct mh_addr *ret_address)
{
    struct mh_addr address = {.family = AF_INET};
    socklen_t length = sizeof(address.v4);

    if (getsockopt(socket->fd, IPPROTO_IP, IP_MULTICAST_IF, &address.v4, &length) < 0)
        return -errno;
    if (mh_addr_is_any(&address))
        address.family = AF_UNSPEC;
    *ret_index = address.family == AF_INET ? mh_interface_with_ipv4(socket->fd, &address) : 0;
    *ret_address = address;
    return 0;
}

static int get_ipv6(
    struct mh_mcast_socket *socket, unsigned *ret_index, struct mh_addr *ret_address)
{
    int index;
    int r = mh_mcast_socket_get_int(socket, IPPROTO_IPV6, IPV6_MULTICAST_IF, &index);
    if (r < 0)
        return r;

    *ret_index = (unsigned)index;
    *ret_address = (struct mh_addr){.family = AF_UNSPEC};
    return 0;
}

int mh_mcast_socket_multicast_if(struct mh_mcast_socket *socket, unsigned *ret_interface_index,
    struct mh_addr *ret_address, struct mh_error *err)
{
    int r = socket->family == AF_INET6 ? get_ipv6(socket, ret_interface_index, ret_address)
                                       : get_ipv4(socket, ret_interface_index, ret_address);

    return r < 0 ? mh_error_set(err, r, "get", "multicast_if") : 0;
}
