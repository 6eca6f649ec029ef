/* Asked for each datagram where it came in (IP_PKTINFO), the kernel looks up a route for each,
 * which costs a receiver more than anything else that it wants to know. Nothing needs to be
 * asked where nothing else is possible: what is bound to a group hears that group alone, and
 * with IP_MULTICAST_ALL off only where it is a member of it (ip(7); ip_mc_sf_allow() of Linux
 * compares the interface. Its IPv6 counterpart does not, so there it is asked).
 *
 * What waits in the socket may have come long ago. So the one interface is that of every
 * membership that there ever was, and once the kernel is asked again, it stays asked: of what
 * came before that it does not know the interface, and then it was still that one. */
#include "net/interface.h"
#include "net/mcast_socket_private.h"

#include <net/if.h>

/* Of an interface that others are enslaved to (a VRF) a member hears them, too. */
static bool has_slaves(const struct mh_mcast_socket *socket, unsigned interface_index)
{
    int flags = mh_interface_flags(socket->fd, interface_index);

    return flags < 0 || (flags & IFF_MASTER);
}

static bool is_of_bound_group(
    const struct mh_mcast_socket *socket, const struct mh_membership *membership)
{
    return socket->bound_group.family == AF_INET &&
           mh_addr_equal(&socket->bound_group, &membership->group);
}

int mh_arrival_ask(struct mh_mcast_socket *socket)
{
    int r = 0;

    if (socket->arrival_index != 0 && !socket->arrival_asked)
        r = mh_mcast_socket_set_int(socket, IPPROTO_IP, IP_PKTINFO, 1);
    if (r == 0)
        socket->arrival_asked = true;
    return r;
}

int mh_arrival_before_join(
    struct mh_mcast_socket *socket, const struct mh_membership *membership)
{
    if (socket->arrival_index == 0 || socket->arrival_index == membership->interface_index ||
        !is_of_bound_group(socket, membership))
        return 0;
    return mh_arrival_ask(socket);
}

void mh_arrival_after_join(
    struct mh_mcast_socket *socket, const struct mh_membership *membership)
{
    if (socket->arrival_index != 0 || socket->arrival_asked ||
        !is_of_bound_group(socket, membership))
        return;
    if (!has_slaves(socket, membership->interface_index) &&
        mh_mcast_socket_set_int(socket, IPPROTO_IP, IP_PKTINFO, 0) == 0)
        socket->arrival_index = membership->interface_index;
    else
        socket->arrival_asked = true;
}
