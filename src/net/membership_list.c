#include "net/mcast_socket_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static size_t find(
    const struct mh_mcast_socket *socket, const struct mh_addr *group, unsigned interface_index)
{
    size_t i = 0;

    while (i < socket->membership_count &&
           !(socket->memberships[i].interface_index == interface_index &&
               mh_addr_equal(&socket->memberships[i].group, group)))
        i++;
    return i;
}

bool mh_membership_list_has(
    const struct mh_mcast_socket *socket, const struct mh_addr *group, unsigned interface_index)
{
    return find(socket, group, interface_index) < socket->membership_count;
}

int mh_membership_list_reserve(struct mh_mcast_socket *socket)
{
    if (socket->membership_count < socket->membership_capacity)
        return 0;

    size_t capacity = socket->membership_capacity ? 2 * socket->membership_capacity : 4;
    struct mh_group_membership *grown =
        reallocarray(socket->memberships, capacity, sizeof(*grown));
    if (!grown)
        return -ENOMEM;
    socket->memberships = grown;
    socket->membership_capacity = capacity;
    return 0;
}

void mh_membership_list_add(
    struct mh_mcast_socket *socket, const struct mh_addr *group, unsigned interface_index)
{
    if (find(socket, group, interface_index) < socket->membership_count)
        return;
    socket->memberships[socket->membership_count++] =
        (struct mh_group_membership){.group = *group, .interface_index = interface_index};
}

void mh_membership_list_review(
    struct mh_mcast_socket *socket, const struct mh_addr *group, unsigned interface_index)
{
    size_t i = find(socket, group, interface_index);

    if (i == socket->membership_count ||
        mh_mcast_socket_filter_mode(socket, group, interface_index) >= 0)
        return;
    socket->membership_count--;
    memmove(&socket->memberships[i], &socket->memberships[i + 1],
        (socket->membership_count - i) * sizeof(*socket->memberships));
}

const struct mh_group_membership *mh_mcast_socket_memberships(
    const struct mh_mcast_socket *socket, size_t *ret_count)
{
    *ret_count = socket->membership_count;
    return socket->memberships;
}
