#include "net/interface.h"
#include "net/mcast_socket_private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void hint_join(struct mh_mcast_socket *socket, int code, const struct mh_membership *m,
    struct mh_error *err)
{
    bool one_source = m->source.family != AF_UNSPEC;

    switch (code) {
    case -ENOBUFS:
        if (one_source)
            mh_error_hint(err,
                "limits per socket: net.ipv4.igmp_max_memberships (20) groups, "
                "net.ipv4.igmp_max_msf (10) sources of one group, net.core.optmem_max bytes; "
                "raise them in the host or use more sockets");
        else
            mh_error_hint(err,
                "limits per socket: net.ipv4.igmp_max_memberships (20) groups, then "
                "net.core.optmem_max bytes; raise them in the host or use more sockets");
        break;
    case -ENOMEM:
        mh_error_hint(err, "the limit per socket is net.core.optmem_max bytes (about 2340 IPv6 "
                           "groups by default): raise it in the host or use more sockets");
        break;
    case -EADDRINUSE:
        if (mh_mcast_socket_filter_mode(socket, &m->group, m->interface_index) ==
            MH_FILTER_INCLUDE)
            mh_error_hint(err,
                "the socket is a source-specific member of this group there: leave "
                "its sources first, or use a socket of its own");
        else
            mh_error_hint(err, "the socket is a member of this group there already");
        break;
    case -EADDRNOTAVAIL:
        mh_error_hint(err, "the socket has joined this source already");
        break;
    default:
        break;
    }
}

static void hint_leave(int code, const struct mh_membership *m, struct mh_error *err)
{
    if (code == -EADDRNOTAVAIL || code == -EINVAL)
        mh_error_hint(
            err, m->source.family == AF_UNSPEC
                     ? "it must match a join of this socket: same group, same interface"
                     : "it must match a join of this socket: same group, same source, "
                       "same interface");
}

static void hint_mute(const char *operation, int code, struct mh_error *err)
{
    if (code == -EINVAL)
        mh_error_hint(err, "the socket is not a member of this group there: join it first");
    else if (code == -EADDRNOTAVAIL)
        mh_error_hint(err, "%s",
            strcmp(operation, "block") == 0 ? "the source is blocked already"
                                            : "the source is not blocked");
    else if (code == -ENOBUFS)
        mh_error_hint(err, "net.ipv4.igmp_max_msf (10) or net.ipv6.mld_max_msf (64) limits the "
                           "sources of one group, net.core.optmem_max the memory");
}

static void hint_filter(int code, struct mh_error *err)
{
    if (code == -EINVAL || code == -EADDRNOTAVAIL)
        mh_error_hint(err, "the socket is not a member of this group there: join it first");
    else if (code == -ENOBUFS)
        mh_error_hint(err, "net.ipv4.igmp_max_msf (10) or net.ipv6.mld_max_msf (64) limits the "
                           "sources of one group, net.core.optmem_max the memory");
}

/* An interface without an address of the family has no protocol state to join in. */
static void hint_interface(struct mh_mcast_socket *socket, int code,
    const struct mh_membership *m, struct mh_error *err)
{
    int flags = mh_interface_flags(socket->fd, m->interface_index);

    if (flags < 0)
        mh_error_hint(err, "this host has no interface with index %u", m->interface_index);
    else if (code == -ENODEV || code == -EINVAL)
        mh_error_hint(err,
            "%s is off on that interface (no address, or an MTU that is too small)",
            mh_family_name(socket->family));
}

static void hint(struct mh_mcast_socket *socket, int code, const char *operation,
    const struct mh_membership *m, struct mh_error *err)
{
    bool join = strcmp(operation, "join") == 0;

    if (code == -ENODEV || mh_interface_flags(socket->fd, m->interface_index) < 0 ||
        (join && code == -EINVAL))
        hint_interface(socket, code, m, err);
    else if (join)
        hint_join(socket, code, m, err);
    else if (strcmp(operation, "leave") == 0)
        hint_leave(code, m, err);
    else if (strstr(operation, "filter"))
        hint_filter(code, err);
    else
        hint_mute(operation, code, err);
}

int mh_membership_fail(struct mh_mcast_socket *socket, int code, const char *operation,
    const struct mh_membership *membership, const char *said, struct mh_error *err)
{
    char group[MH_ADDR_TEXT_MAX];
    char source[MH_ADDR_TEXT_MAX];
    char interface[MH_INTERFACE_TEXT_MAX] = "no interface";

    if (!err)
        return code;
    if (membership->interface_index != 0)
        mh_interface_name(socket->fd, membership->interface_index, interface);
    mh_addr_format(&membership->group, group);
    mh_addr_format(&membership->source, source);

    bool one_source = membership->source.family != AF_UNSPEC;
    mh_error_set_said(err, code, operation, said, "%sgroup %s%s%s on %s",
        strstr(operation, "filter") ? "of " : "", group, one_source ? " from " : "",
        one_source ? source : "", interface);
    if (!said)
        hint(socket, code, operation, membership, err);
    return code;
}
