/* ip(7): igmp_max_memberships and optmem_max are limits of a socket, so that who needs more
 * memberships takes more sockets. A datagram to a group comes to each socket that is a member,
 * and each group is on one of them alone: nothing comes twice. */
#include "net/mcast_socket_private.h"
#include "net/train.h"

#include <errno.h>
#include <netinet/udp.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#ifndef UDP_GRO
#define UDP_GRO 104 /* linux/udp.h; since Linux 5.0 */
#endif

static int watch(struct mh_mcast_socket *socket, struct mh_mcast_socket *part)
{
    struct epoll_event event = {.events = EPOLLIN, .data = {.ptr = part}};

    return epoll_ctl(socket->parts_fd, EPOLL_CTL_ADD, part->fd, &event) < 0 ? -errno : 0;
}

int mh_mcast_socket_spread(struct mh_mcast_socket *socket, struct mh_error *err)
{
    if (socket->parts_fd >= 0)
        return 0;

    socket->parts_fd = epoll_create1(EPOLL_CLOEXEC);
    int r = socket->parts_fd < 0 ? -errno : watch(socket, socket);
    return r < 0 ? mh_error_set(err, r, "spread", "the memberships of a socket") : 0;
}

int mh_mcast_socket_poll_fd(const struct mh_mcast_socket *socket)
{
    return socket->parts_fd >= 0 ? socket->parts_fd : socket->fd;
}

size_t mh_mcast_socket_part_count(const struct mh_mcast_socket *socket)
{
    return 1 + socket->annex_count;
}

struct mh_mcast_socket *mh_mcast_socket_part(struct mh_mcast_socket *socket, size_t i)
{
    return i == 0 ? socket : socket->annexes[i - 1];
}

/* ---- which part ----------------------------------------------------------------------------
 */

struct mh_mcast_socket *mh_annex_of_member(
    struct mh_mcast_socket *socket, const struct mh_addr *group, unsigned interface_index)
{
    for (size_t i = 0; i < socket->annex_count; i++)
        if (mh_membership_list_has(socket->annexes[i], group, interface_index))
            return socket->annexes[i];
    return socket;
}

static bool has_room(const struct mh_mcast_socket *part)
{
    return part->room == 0 || part->membership_count < part->room;
}

struct mh_mcast_socket *mh_annex_with_room(struct mh_mcast_socket *socket)
{
    for (size_t i = 0; i < mh_mcast_socket_part_count(socket); i++)
        if (has_room(mh_mcast_socket_part(socket, i)))
            return mh_mcast_socket_part(socket, i);
    return NULL;
}

bool mh_mcast_socket_is_full(const struct mh_mcast_socket *socket)
{
    bool room = has_room(socket);

    for (size_t i = 0; !room && i < socket->annex_count; i++)
        room = has_room(socket->annexes[i]);
    return !room;
}

/* ---- one more ------------------------------------------------------------------------------
 */

static int copy_receive_buffer(
    struct mh_mcast_socket *annex, struct mh_mcast_socket *socket, struct mh_error *err)
{
    int effective;
    int r = mh_mcast_socket_get(socket, MH_RECEIVE_BUFFER, &effective, err);

    /* The kernel doubles what it is told, and tells that. */
    return r < 0 ? r : mh_mcast_socket_set(annex, MH_RECEIVE_BUFFER, effective / 2, err);
}

static int copy_device(
    struct mh_mcast_socket *annex, struct mh_mcast_socket *socket, struct mh_error *err)
{
    char device[16];
    int r = mh_mcast_socket_device(socket, device, err);

    return r < 0 || !*device ? r : mh_mcast_socket_set_device(annex, device, err);
}

static int copy_coalescing(struct mh_mcast_socket *annex, const struct mh_mcast_socket *socket)
{
    int coalesce = 0;

    if (mh_mcast_socket_get_int(socket, SOL_UDP, UDP_GRO, &coalesce) < 0 || !coalesce)
        return 0;
    return mh_mcast_socket_set_coalescing(annex, true);
}

/* Both share the port from here on. (udp(7): asked of both when the second one binds.) */
static int bind_beside(
    struct mh_mcast_socket *annex, struct mh_mcast_socket *socket, struct mh_error *err)
{
    struct mh_addr local;
    uint16_t port;
    int r = mh_mcast_socket_local(socket, &local, &port, err);

    if (r == 0)
        r = mh_mcast_socket_set(socket, MH_REUSE_ADDR, 1, err);
    if (r == 0)
        r = mh_mcast_socket_set(annex, MH_REUSE_ADDR, 1, err);
    return r < 0 ? r : mh_mcast_socket_bind(annex, &local, port, err);
}

static int resemble(
    struct mh_mcast_socket *annex, struct mh_mcast_socket *socket, struct mh_error *err)
{
    int r = copy_receive_buffer(annex, socket, err);

    if (r == 0)
        r = copy_device(annex, socket, err);
    if (r == 0)
        r = bind_beside(annex, socket, err);
    if (r == 0 && (r = copy_coalescing(annex, socket)) < 0)
        mh_error_set(err, r, "spread", "coalesced datagrams to one more socket");
    return r;
}

static int reserve(struct mh_mcast_socket *socket)
{
    struct mh_mcast_socket **grown = reallocarray(
        socket->annexes, socket->annex_count + 1, sizeof(struct mh_mcast_socket *));

    if (!grown)
        return -ENOMEM;
    socket->annexes = grown;
    return 0;
}

static int refuse_hearing_all(struct mh_mcast_socket *socket, struct mh_error *err)
{
    int all;
    int r = mh_mcast_socket_get(socket, MH_MULTICAST_ALL, &all, err);

    return r < 0 || !all ? r
                         : mh_error_set_said(err, -EINVAL, "spread",
                               "with multicast_all every datagram would come several times",
                               "the memberships of a socket");
}

int mh_mcast_socket_add_annex(
    struct mh_mcast_socket *socket, struct mh_mcast_socket *annex, struct mh_error *err)
{
    int r = mh_mcast_socket_spread(socket, err);

    if (r == 0)
        r = refuse_hearing_all(socket, err);
    if (r == 0)
        r = resemble(annex, socket, err);
    if (r == 0 && ((r = reserve(socket)) < 0 || (r = watch(socket, annex)) < 0))
        mh_error_set(err, r, "spread", "the memberships of a socket to one more");
    if (r < 0) {
        mh_mcast_socket_free(annex);
        return r;
    }
    socket->annexes[socket->annex_count++] = annex;
    return 0;
}

void mh_annexes_free(struct mh_mcast_socket *socket)
{
    for (size_t i = 0; i < socket->annex_count; i++)
        mh_mcast_socket_free(socket->annexes[i]);
    free((void *)socket->annexes);
    if (socket->parts_fd >= 0)
        close(socket->parts_fd);
}

/* ---- reading -------------------------------------------------------------------------------
 */

size_t mh_annexes_ready(struct mh_mcast_socket *socket,
    struct mh_mcast_socket *ret_parts[static MH_ANNEXES_AT_ONCE])
{
    struct epoll_event events[MH_ANNEXES_AT_ONCE];
    int count = epoll_wait(socket->parts_fd, events, MH_ANNEXES_AT_ONCE, 0);

    for (int i = 0; i < count; i++)
        ret_parts[i] = events[i].data.ptr;
    return count > 0 ? (size_t)count : 0;
}
