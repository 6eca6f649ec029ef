#include "net/mcast_socket_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* MCAST_* options serve both families; a source turns (*,G) into (S,G). The requests go to the
 * kernel as bytes, so memset() clears their padding too. */
static int change(struct mh_mcast_socket *socket, const struct mh_membership *membership,
    int any_source_option, int one_source_option)
{
    int level = mh_mcast_socket_level(socket);
    union mh_sockaddr group;
    union mh_sockaddr source;

    mh_addr_to_sockaddr(&membership->group, 0, &group);
    if (membership->source.family == AF_UNSPEC) {
        struct group_req request;
        memset(&request, 0, sizeof(request));
        request.gr_interface = membership->interface_index;
        request.gr_group = group.storage;
        return setsockopt(socket->fd, level, any_source_option, &request, sizeof(request)) < 0
                   ? -errno
                   : 0;
    }

    struct group_source_req request;
    memset(&request, 0, sizeof(request));
    mh_addr_to_sockaddr(&membership->source, 0, &source);
    request.gsr_interface = membership->interface_index;
    request.gsr_group = group.storage;
    request.gsr_source = source.storage;
    return setsockopt(socket->fd, level, one_source_option, &request, sizeof(request)) < 0
               ? -errno
               : 0;
}

static const char *group_trouble(
    const struct mh_mcast_socket *socket, const struct mh_addr *group)
{
    if (group->family != socket->family)
        return socket->family == AF_INET6 ? "the group is not IPv6, as the socket is"
                                          : "the group is not IPv4, as the socket is";
    if (!mh_addr_is_multicast(group))
        return socket->family == AF_INET6
                   ? "the group is not a multicast address (ff00::/8)"
                   : "the group is not a multicast address (224.0.0.0/4)";
    return NULL;
}

/* The kernel takes any source, and then nothing ever arrives. */
static const char *source_trouble(
    const struct mh_mcast_socket *socket, const struct mh_addr *source)
{
    static const struct mh_addr broadcast = {.family = AF_INET, .v4 = {INADDR_BROADCAST}};

    if (source->family == AF_UNSPEC)
        return NULL;
    if (source->family != socket->family)
        return socket->family == AF_INET6 ? "the source is not IPv6, as the socket is"
                                          : "the source is not IPv4, as the socket is";
    if (mh_addr_is_any(source) || mh_addr_is_multicast(source) ||
        mh_addr_equal(source, &broadcast))
        return "the source must be one host's unicast address";
    return NULL;
}

int mh_mcast_socket_check_group(struct mh_mcast_socket *socket, const char *operation,
    const struct mh_membership *membership, struct mh_error *err)
{
    const char *trouble = group_trouble(socket, &membership->group);

    if (!trouble)
        trouble = source_trouble(socket, &membership->source);
    if (!trouble && membership->interface_index == 0)
        trouble = "no interface is given (the kernel would guess one by its routes)";
    return trouble ? mh_membership_fail(socket, -EINVAL, operation, membership, trouble, err)
                   : 0;
}

/* Joining (S,G), or leaving a source, on an any-source membership turns its filter into
 * INCLUDE without an error: all other sources fall silent. */
static int check_source_specific(struct mh_mcast_socket *socket, const char *operation,
    const struct mh_membership *membership, struct mh_error *err)
{
    if (membership->source.family == AF_UNSPEC ||
        mh_mcast_socket_filter_mode(socket, &membership->group, membership->interface_index) !=
            MH_FILTER_EXCLUDE)
        return 0;

    int r = mh_membership_fail(socket, -EINVAL, operation, membership,
        "the socket is an any-source member of this group there", err);
    mh_error_hint(err,
        "the kernel would mute all other sources without an error: leave the group "
        "first, use a socket of its own, or set the whole source filter");
    return r;
}

/* The counterpart: muting a source of a source-specific membership. */
static int check_any_source(struct mh_mcast_socket *socket, const char *operation,
    const struct mh_membership *membership, struct mh_error *err)
{
    if (membership->source.family == AF_UNSPEC)
        return mh_membership_fail(
            socket, -EINVAL, operation, membership, "no source is given", err);
    if (mh_mcast_socket_filter_mode(socket, &membership->group, membership->interface_index) !=
        MH_FILTER_INCLUDE)
        return 0;

    int r = mh_membership_fail(socket, -EINVAL, operation, membership,
        "the socket is a source-specific member of this group there", err);
    mh_error_hint(err, "only an any-source membership can block: leave the source instead");
    return r;
}

static int join_part(struct mh_mcast_socket *part, const struct mh_membership *membership)
{
    int r = mh_membership_list_reserve(part);

    if (r == 0)
        r = mh_arrival_before_join(part, membership);
    if (r == 0)
        r = change(part, membership, MCAST_JOIN_GROUP, MCAST_JOIN_SOURCE_GROUP);
    if (r < 0)
        return r;
    mh_membership_list_add(part, &membership->group, membership->interface_index);
    mh_arrival_after_join(part, membership);
    return 0;
}

/* The kernel's only words for a socket that has no room for one more group (ip_mc_join_group(),
 * ipv6_sock_mc_join() of Linux). */
static bool is_for_want_of_room(int r)
{
    return r == -ENOBUFS || r == -ENOMEM;
}

/* A group that no part is a member of: on the first one that has room for it. */
static int join_with_room(
    struct mh_mcast_socket *socket, const struct mh_membership *membership)
{
    struct mh_mcast_socket *part;
    int r = -ENOBUFS;

    while ((part = mh_annex_with_room(socket))) {
        r = join_part(part, membership);
        if (!is_for_want_of_room(r) || part->membership_count == 0 || socket->parts_fd < 0)
            break;
        part->room = part->membership_count;
    }
    return r;
}

int mh_mcast_socket_join(struct mh_mcast_socket *socket, const struct mh_membership *membership,
    struct mh_error *err)
{
    struct mh_mcast_socket *member =
        mh_annex_of_member(socket, &membership->group, membership->interface_index);
    int r = mh_mcast_socket_check_group(member, "join", membership, err);
    if (r == 0)
        r = check_source_specific(member, "join", membership, err);
    if (r < 0)
        return r;

    r = mh_membership_list_has(member, &membership->group, membership->interface_index)
            ? join_part(member, membership)
            : join_with_room(socket, membership);
    return r < 0 ? mh_membership_fail(member, r, "join", membership, NULL, err) : 0;
}

int mh_mcast_socket_leave(struct mh_mcast_socket *socket,
    const struct mh_membership *membership, struct mh_error *err)
{
    socket = mh_annex_of_member(socket, &membership->group, membership->interface_index);
    int r = mh_mcast_socket_check_group(socket, "leave", membership, err);
    if (r == 0)
        r = check_source_specific(socket, "leave", membership, err);
    if (r < 0)
        return r;

    r = change(socket, membership, MCAST_LEAVE_GROUP, MCAST_LEAVE_SOURCE_GROUP);
    if (r < 0)
        return mh_membership_fail(socket, r, "leave", membership, NULL, err);
    mh_membership_list_review(socket, &membership->group, membership->interface_index);
    return 0;
}

static int mute(struct mh_mcast_socket *socket, const struct mh_membership *membership,
    int option, const char *operation, struct mh_error *err)
{
    socket = mh_annex_of_member(socket, &membership->group, membership->interface_index);
    int r = mh_mcast_socket_check_group(socket, operation, membership, err);
    if (r == 0)
        r = check_any_source(socket, operation, membership, err);
    if (r < 0)
        return r;

    r = change(socket, membership, option, option);
    return r < 0 ? mh_membership_fail(socket, r, operation, membership, NULL, err) : 0;
}

int mh_mcast_socket_block(struct mh_mcast_socket *socket,
    const struct mh_membership *membership, struct mh_error *err)
{
    return mute(socket, membership, MCAST_BLOCK_SOURCE, "block", err);
}

int mh_mcast_socket_unblock(struct mh_mcast_socket *socket,
    const struct mh_membership *membership, struct mh_error *err)
{
    return mute(socket, membership, MCAST_UNBLOCK_SOURCE, "unblock", err);
}
