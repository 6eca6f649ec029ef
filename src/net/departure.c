#include "base/clock.h"
#include "net/mcast_socket_private.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <string.h>
#include <unistd.h>

#ifndef SO_SELECT_ERR_QUEUE
#define SO_SELECT_ERR_QUEUE 45
#endif

#ifndef MSG_PROBE
#define MSG_PROBE 0x10 /* linux/socket.h; in no C library */
#endif
#ifndef SCM_TS_OPT_ID
#define SCM_TS_OPT_ID 81 /* asm-generic/socket.h; since Linux 6.13 */
#endif

static const int stamp_flags = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE |
                               SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_TSONLY;

static void put_id(struct msghdr *header, uint8_t *control, uint32_t id)
{
    memset(control, 0, MH_DEPARTURE_CONTROL_SIZE);
    header->msg_control = control;
    header->msg_controllen = MH_DEPARTURE_CONTROL_SIZE;

    struct cmsghdr *c = CMSG_FIRSTHDR(header);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_TS_OPT_ID;
    c->cmsg_len = CMSG_LEN(sizeof(id));
    memcpy(CMSG_DATA(c), &id, sizeof(id));
}

/* Asks with a datagram that goes nowhere (MSG_PROBE), on a socket of its own because a send
 * binds. A kernel that does not know the message refuses it before it looks for a route. */
static bool kernel_takes_ids(void)
{
    _Alignas(struct cmsghdr) uint8_t control[MH_DEPARTURE_CONTROL_SIZE];
    struct mh_addr loopback = {.family = AF_INET, .v4 = {htonl(INADDR_LOOPBACK)}};
    union mh_sockaddr to;
    struct msghdr header = {.msg_name = &to};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;

    header.msg_namelen = mh_addr_to_sockaddr(&loopback, 9, &to);
    put_id(&header, control, 0);
    bool taken =
        setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &stamp_flags, sizeof(stamp_flags)) == 0 &&
        (sendmsg(fd, &header, MSG_PROBE | MSG_DONTWAIT) >= 0 || errno != EINVAL);
    close(fd);
    return taken;
}

int mh_mcast_socket_track_departures(struct mh_mcast_socket *socket, struct mh_error *err)
{
    bool v6 = socket->family == AF_INET6;

    int r = mh_mcast_socket_set_int(
        socket, mh_mcast_socket_level(socket), v6 ? IPV6_RECVERR : IP_RECVERR, 1);
    if (r == 0)
        r = mh_mcast_socket_set_int(socket, SOL_SOCKET, SO_SELECT_ERR_QUEUE, 1);
    if (r == 0)
        r = mh_mcast_socket_set_int(socket, SOL_SOCKET, SO_TIMESTAMPING, stamp_flags);
    if (r < 0)
        return mh_error_set(err, r, "track", "departures");
    socket->tracked = true;
    socket->unstamped = false;
    socket->next_departure_id = 0; /* as the kernel's own count */
    socket->numbers_departures = kernel_takes_ids();
    return 0;
}

/* Only the wish is taken back: without OPT_ID the kernel would begin to count anew. */
int mh_departure_set_stamps(struct mh_mcast_socket *socket, bool wanted)
{
    int flags = wanted ? stamp_flags : stamp_flags & ~SOF_TIMESTAMPING_TX_SOFTWARE;

    if (!socket->tracked || socket->unstamped == !wanted)
        return 0;
    int r = mh_mcast_socket_set_int(socket, SOL_SOCKET, SO_TIMESTAMPING, flags);
    if (r == 0)
        socket->unstamped = !wanted;
    return r;
}

bool mh_mcast_socket_numbers_departures(const struct mh_mcast_socket *socket)
{
    return socket->numbers_departures;
}

void mh_departure_number(const struct mh_mcast_socket *socket, uint32_t ahead,
    struct msghdr *header, uint8_t control[static MH_DEPARTURE_CONTROL_SIZE])
{
    if (socket->numbers_departures)
        put_id(header, control, socket->next_departure_id + ahead);
}

static bool is_extended_error(const struct cmsghdr *c)
{
    return (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR) ||
           (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR);
}

static uint8_t read_extended_error(const struct cmsghdr *c, struct mh_departure *departure)
{
    struct sock_extended_err extended;

    memcpy(&extended, CMSG_DATA(c), sizeof(extended));
    if (extended.ee_origin == SO_EE_ORIGIN_TIMESTAMPING)
        departure->id = extended.ee_data;
    else
        departure->error = -(int)extended.ee_errno;
    return extended.ee_origin;
}

/* The software stamp is the first of the three (Documentation/networking/timestamping.rst). */
static void read_stamp(const struct cmsghdr *c, struct mh_departure *departure)
{
    struct timespec time;

    memcpy(&time, CMSG_DATA(c), sizeof(time));
    departure->time_ns = mh_clock_timespec_ns(&time);
}

/* One entry. Returns its origin (SO_EE_ORIGIN_*), or -1 when the queue is empty. */
static int read_entry(struct mh_mcast_socket *socket, struct mh_departure *ret_departure)
{
    _Alignas(struct cmsghdr) uint8_t control[512];
    struct msghdr header = {.msg_control = control, .msg_controllen = sizeof(control)};
    uint8_t origin = SO_EE_ORIGIN_NONE;

    if (recvmsg(socket->fd, &header, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
        return -1;
    *ret_departure = (struct mh_departure){.id = 0};
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&header); c; c = CMSG_NXTHDR(&header, c)) {
        if (is_extended_error(c))
            origin = read_extended_error(c, ret_departure);
        else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPING)
            read_stamp(c, ret_departure);
    }
    return origin;
}

/* Errors of local origin (too long a datagram) are left out: the send call has returned them.
 */
int mh_mcast_socket_next_departure(
    struct mh_mcast_socket *socket, struct mh_departure *ret_departure)
{
    struct mh_departure departure;
    int origin;

    do
        origin = read_entry(socket, &departure);
    while (origin == SO_EE_ORIGIN_LOCAL);
    if (origin < 0)
        return 0;
    *ret_departure = departure;
    return 1;
}
