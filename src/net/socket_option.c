#include "net/mcast_socket_private.h"

#include <errno.h>
#include <limits.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#ifndef IPV6_MULTICAST_ALL
#define IPV6_MULTICAST_ALL                                                                     \
    29 /* linux/in6.h; since Linux 4.20, missing in older C libraries                          \
        */
#endif

/* The kernel doubles a buffer size, in an int. */
enum { BUFFER_MAX = INT_MAX / 2 };

struct kernel_option {
    int level;
    int name;
    int min;
    int max;
};

struct option {
    const char *name;
    struct kernel_option v4;
    struct kernel_option v6;
    int force_name; /* the privileged form of a buffer size, which passes the maximum */
};

#define BOTH(...) .v4 = {SOL_SOCKET, __VA_ARGS__}, .v6 = {SOL_SOCKET, __VA_ARGS__}
static const struct option options[] = {
    [MH_REUSE_ADDR] = {"reuse_addr", BOTH(SO_REUSEADDR, 0, 1)},
    [MH_REUSE_PORT] = {"reuse_port", BOTH(SO_REUSEPORT, 0, 1)},
    [MH_MULTICAST_TTL] = {"multicast_ttl", {IPPROTO_IP, IP_MULTICAST_TTL, 0, 255},
        {IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 0, 255}, 0},
    [MH_MULTICAST_LOOP] = {"multicast_loop", {IPPROTO_IP, IP_MULTICAST_LOOP, 0, 1},
        {IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0, 1}, 0},
    [MH_MULTICAST_ALL] = {"multicast_all", {IPPROTO_IP, IP_MULTICAST_ALL, 0, 1},
        {IPPROTO_IPV6, IPV6_MULTICAST_ALL, 0, 1}, 0},
    [MH_UNICAST_TTL] = {"unicast_ttl", {IPPROTO_IP, IP_TTL, 1, 255},
        {IPPROTO_IPV6, IPV6_UNICAST_HOPS, 0, 255}, 0},
    [MH_TOS] = {"tos", {IPPROTO_IP, IP_TOS, 0, 255}, {IPPROTO_IPV6, IPV6_TCLASS, 0, 255}, 0},
    [MH_RECEIVE_BUFFER] = {"receive_buffer", BOTH(SO_RCVBUF, 0, BUFFER_MAX),
        .force_name = SO_RCVBUFFORCE},
    [MH_SEND_BUFFER] = {"send_buffer", BOTH(SO_SNDBUF, 0, BUFFER_MAX),
        .force_name = SO_SNDBUFFORCE},
};
#undef BOTH

const char *mh_socket_option_name(enum mh_socket_option option)
{
    return options[option].name;
}

static const struct kernel_option *kernel_option(
    const struct mh_mcast_socket *socket, enum mh_socket_option option)
{
    return socket->family == AF_INET6 ? &options[option].v6 : &options[option].v4;
}

static int refuse_value(struct mh_error *err, enum mh_socket_option option, int value,
    const struct kernel_option *kernel)
{
    char range[64];

    snprintf(range, sizeof(range), "the value must be %d %s %d", kernel->min,
        kernel->max == 1 ? "or" : "to", kernel->max);
    return mh_error_set_said(
        err, -EINVAL, "set", range, "%s to %d", options[option].name, value);
}

/* Beyond net.core.[rw]mem_max the kernel gives less without a word: then try the form that
 * takes CAP_NET_ADMIN. Its refusal is no error, the effective size is there to read. */
static void force_buffer(
    struct mh_mcast_socket *socket, enum mh_socket_option option, int value)
{
    const struct kernel_option *kernel = kernel_option(socket, option);
    int effective;

    if (mh_mcast_socket_get_int(socket, kernel->level, kernel->name, &effective) == 0 &&
        effective / 2 < value)
        (void)mh_mcast_socket_set_int(socket, kernel->level, options[option].force_name, value);
}

static int set_one(struct mh_mcast_socket *socket, enum mh_socket_option option, int value,
    struct mh_error *err)
{
    const struct kernel_option *kernel = kernel_option(socket, option);

    if (value < kernel->min || value > kernel->max)
        return refuse_value(err, option, value, kernel);

    int r = option == MH_MULTICAST_ALL && value != 0 ? mh_arrival_ask(socket) : 0;
    if (r == 0)
        r = mh_mcast_socket_set_int(socket, kernel->level, kernel->name, value);
    if (r < 0)
        return mh_error_set(err, r, "set", "%s to %d", options[option].name, value);
    if (options[option].force_name)
        force_buffer(socket, option, value);
    return 0;
}

int mh_mcast_socket_set(struct mh_mcast_socket *socket, enum mh_socket_option option, int value,
    struct mh_error *err)
{
    int r = 0;

    if (option == MH_MULTICAST_ALL && value != 0 && socket->annex_count > 0)
        return mh_error_set_said(err, -EINVAL, "set",
            "its memberships are spread over several sockets, each of which would hear all",
            "%s to %d", options[option].name, value);
    for (size_t i = 0; i < mh_mcast_socket_part_count(socket) && r == 0; i++)
        r = set_one(mh_mcast_socket_part(socket, i), option, value, err);
    return r;
}

int mh_mcast_socket_get(struct mh_mcast_socket *socket, enum mh_socket_option option,
    int *ret_value, struct mh_error *err)
{
    const struct kernel_option *kernel = kernel_option(socket, option);
    int r = mh_mcast_socket_get_int(socket, kernel->level, kernel->name, ret_value);

    return r < 0 ? mh_error_set(err, r, "get", "%s", options[option].name) : 0;
}

int mh_mcast_socket_set_device(
    struct mh_mcast_socket *socket, const char *interface, struct mh_error *err)
{
    const char *name = interface ? interface : "";

    if (strlen(name) >= IFNAMSIZ)
        return mh_error_set_said(err, -EINVAL, "set",
            "an interface name has at most 15 characters", "device to %s", name);
    if (setsockopt(socket->fd, SOL_SOCKET, SO_BINDTODEVICE, name, (socklen_t)strlen(name)) == 0)
        return 0;

    int r = mh_error_set(err, -errno, "set", "device to %s", *name ? name : "none");
    if (r == -EPERM)
        mh_error_hint(err, "a socket that has a device already takes CAP_NET_RAW to change it");
    if (r == -ENODEV)
        mh_error_hint(err, "this host has no interface of that name");
    return r;
}

int mh_mcast_socket_device(
    struct mh_mcast_socket *socket, char ret_interface[static 16], struct mh_error *err)
{
    char name[IFNAMSIZ] = "";
    socklen_t length = sizeof(name);

    if (getsockopt(socket->fd, SOL_SOCKET, SO_BINDTODEVICE, name, &length) < 0)
        return mh_error_set(err, -errno, "get", "device");
    memcpy(ret_interface, name, sizeof(name));
    return 0;
}
