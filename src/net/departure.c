#include "net/mcast_socket_private.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <string.h>

#ifndef SO_SELECT_ERR_QUEUE
#define SO_SELECT_ERR_QUEUE 45
#endif

int mh_mcast_socket_track_departures(struct mh_mcast_socket *socket, struct mh_error *err)
{
    bool v6 = socket->family == AF_INET6;
    int stamps = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE |
                 SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_TSONLY;

    int r = mh_mcast_socket_set_int(
        socket, mh_mcast_socket_level(socket), v6 ? IPV6_RECVERR : IP_RECVERR, 1);
    if (r == 0)
        r = mh_mcast_socket_set_int(socket, SOL_SOCKET, SO_SELECT_ERR_QUEUE, 1);
    if (r == 0)
        r = mh_mcast_socket_set_int(socket, SOL_SOCKET, SO_TIMESTAMPING, stamps);
    if (r < 0)
        return mh_error_set(err, r, "track", "departures");
    socket->tracked = true;
    return 0;
}

static bool is_extended_error(const struct cmsghdr *c)
{
    return (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR) ||
           (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR);
}

static void read_extended_error(const struct cmsghdr *c, struct mh_departure *departure)
{
    struct sock_extended_err extended;

    memcpy(&extended, CMSG_DATA(c), sizeof(extended));
    if (extended.ee_origin == SO_EE_ORIGIN_TIMESTAMPING)
        departure->id = extended.ee_data;
    else
        departure->error = -(int)extended.ee_errno;
}

/* The software stamp is the first of the three (Documentation/networking/timestamping.rst). */
static void read_stamp(const struct cmsghdr *c, struct mh_departure *departure)
{
    struct timespec time;

    memcpy(&time, CMSG_DATA(c), sizeof(time));
    departure->time_ns = (uint64_t)time.tv_sec * 1000000000U + (uint64_t)time.tv_nsec;
}

int mh_mcast_socket_next_departure(
    struct mh_mcast_socket *socket, struct mh_departure *ret_departure)
{
    _Alignas(struct cmsghdr) uint8_t control[512];
    struct msghdr header = {.msg_control = control, .msg_controllen = sizeof(control)};
    struct mh_departure departure = {.id = 0};

    if (recvmsg(socket->fd, &header, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
        return 0;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&header); c; c = CMSG_NXTHDR(&header, c)) {
        if (is_extended_error(c))
            read_extended_error(c, &departure);
        else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPING)
            read_stamp(c, &departure);
    }
    *ret_departure = departure;
    return 1;
}
