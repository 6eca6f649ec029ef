/* What the files of the multicast socket share; nobody else includes this. */
#pragma once

#include "net/mcast_socket.h"

struct mh_mcast_socket {
    int fd;
    sa_family_t family;
    bool tracked;               /* mh_mcast_socket_track_departures() was called */
    bool numbers_departures;    /* and the kernel takes our ids */
    uint32_t next_departure_id; /* datagrams accepted since then */
    bool unstamped;             /* for a train: no departure is told */
    int segment_size;           /* likewise: what is sent is cut into these; 0: it is not */
    struct mh_group_membership *memberships;
    size_t membership_count;
    size_t membership_capacity;
    size_t
        room; /* memberships that it can hold, once the kernel has refused one; 0: not known */
    struct mh_addr bound_group; /* AF_UNSPEC: it is bound to none */
    unsigned arrival_index; /* where all that comes must come in (arrival.c); 0: not known */
    bool arrival_asked;     /* from here on the kernel is asked for each */
    struct mh_mcast_socket **annexes; /* for memberships that it has no room for */
    size_t annex_count;
    int parts_fd;               /* an epoll of itself and its annexes; -1: it has none */
    struct mh_stashed *stashed; /* what was taken out of its buffer ahead (stash.c) */
    struct mh_stashed *stashed_last;
};

static inline int mh_mcast_socket_level(const struct mh_mcast_socket *socket)
{
    return socket->family == AF_INET6 ? IPPROTO_IPV6 : IPPROTO_IP;
}

static inline const char *mh_family_name(sa_family_t family)
{
    return family == AF_INET6 ? "IPv6" : "IPv4";
}

/* Room for the one control message that a tracked send carries. */
enum { MH_DEPARTURE_CONTROL_SIZE = CMSG_SPACE(sizeof(uint32_t)) };

/* Gives the datagram in `header` the departure id that is `ahead` of the next one; nothing
 * where the kernel counts by itself. `control` is aligned like a struct cmsghdr and outlives
 * the send. */
void mh_departure_number(const struct mh_mcast_socket *socket, uint32_t ahead,
    struct msghdr *header, uint8_t control[static MH_DEPARTURE_CONTROL_SIZE]);

/* For what is sent from here on, are departures told? 0 or a negative errno. */
int mh_departure_set_stamps(struct mh_mcast_socket *socket, bool wanted);
/* The socket has sent a train: what does not come in trains is sent as ever again. */
void mh_train_leave(struct mh_mcast_socket *socket);

/* May something come in elsewhere from here on? Then the kernel must be asked, and was not by
 * mh_arrival_after_join(). 0 or a negative errno. */
int mh_arrival_ask(struct mh_mcast_socket *socket);
int mh_arrival_before_join(
    struct mh_mcast_socket *socket, const struct mh_membership *membership);
/* Where there is one place only, the kernel is not asked any more. */
void mh_arrival_after_join(
    struct mh_mcast_socket *socket, const struct mh_membership *membership);

/* Both return 0 or a negative errno. */
int mh_mcast_socket_set_int(struct mh_mcast_socket *socket, int level, int name, int value);
int mh_mcast_socket_get_int(
    const struct mh_mcast_socket *socket, int level, int name, int *ret_value);

/* Refuses in words what the kernel would take and never deliver. */
int mh_mcast_socket_check_group(struct mh_mcast_socket *socket, const char *operation,
    const struct mh_membership *membership, struct mh_error *err);

/* Sets *err to "<operation> group G from S on eth0: ..." with the hint for `code`. `said` may
 * be NULL: then the kernel's words. Returns `code`. */
int mh_membership_fail(struct mh_mcast_socket *socket, int code, const char *operation,
    const struct mh_membership *membership, const char *said, struct mh_error *err);

/* The kernel's filter mode of (group, interface): enum mh_filter_mode; or -EADDRNOTAVAIL when
 * the socket is no member of it. */
int mh_mcast_socket_filter_mode(
    struct mh_mcast_socket *socket, const struct mh_addr *group, unsigned interface_index);

/* The list behind mh_mcast_socket_memberships(). Reserve first: then adding cannot fail. */
int mh_membership_list_reserve(struct mh_mcast_socket *socket);
bool mh_membership_list_has(const struct mh_mcast_socket *socket, const struct mh_addr *group,
    unsigned interface_index);
void mh_membership_list_add(
    struct mh_mcast_socket *socket, const struct mh_addr *group, unsigned interface_index);
/* Takes the group off the list when the kernel says that the socket left it. */
void mh_membership_list_review(
    struct mh_mcast_socket *socket, const struct mh_addr *group, unsigned interface_index);

/* The annex that is a member of the group there; else the socket itself. */
struct mh_mcast_socket *mh_annex_of_member(
    struct mh_mcast_socket *socket, const struct mh_addr *group, unsigned interface_index);
/* The first part that may have room for one more group; NULL: none. */
struct mh_mcast_socket *mh_annex_with_room(struct mh_mcast_socket *socket);
/* Some of the parts that something waits at; all of them by asking again once those are read.
 */
enum { MH_ANNEXES_AT_ONCE = 32 };
size_t mh_annexes_ready(struct mh_mcast_socket *socket,
    struct mh_mcast_socket *ret_parts[static MH_ANNEXES_AT_ONCE]);
void mh_annexes_free(struct mh_mcast_socket *socket);
