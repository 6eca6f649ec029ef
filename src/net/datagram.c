#include "base/clock.h"
#include "net/datagram_private.h"
#include "net/mcast_socket_private.h"

#include <errno.h>
#include <linux/sock_diag.h>
#include <netinet/udp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifndef UDP_GRO
#define UDP_GRO 104 /* linux/udp.h; since Linux 5.0 */
#endif

/* Slots a whole number of pages apart would lie in the same few lines of the processor's cache.
 */
enum { STAGGER = 320 };

/* The lengths are in-out: the kernel takes them as room and leaves what it used. */
static void reset_header(struct msghdr *header)
{
    header->msg_namelen = sizeof(union mh_sockaddr);
    header->msg_controllen = MH_SLOT_CONTROL_SIZE;
}

static void init_slot(struct mh_datagram_batch *batch, size_t i, size_t slot_size)
{
    struct mh_datagram_slot *slot = &batch->slots[i];
    struct msghdr *header = &batch->headers[i].msg_hdr;

    slot->payload = (struct iovec){batch->payloads + i * (slot_size + STAGGER), slot_size};
    header->msg_name = &slot->from;
    header->msg_iov = &slot->payload;
    header->msg_iovlen = 1;
    header->msg_control = slot->control;
    reset_header(header);
}

struct mh_datagram_batch *mh_datagram_batch_new(size_t capacity, size_t slot_size)
{
    struct mh_datagram_batch *self = calloc(1, sizeof(*self));
    if (!self)
        return NULL;

    self->capacity = capacity;
    self->headers = calloc(capacity, sizeof(*self->headers));
    self->slots = calloc(capacity, sizeof(*self->slots));
    self->datagrams = calloc(capacity, sizeof(*self->datagrams));
    self->payloads = reallocarray(NULL, capacity, slot_size + STAGGER);
    if (!self->headers || !self->slots || !self->datagrams || !self->payloads)
        return mh_datagram_batch_free(self);
    for (size_t i = 0; i < capacity; i++)
        init_slot(self, i, slot_size);
    return self;
}

struct mh_datagram_batch *mh_datagram_batch_free(struct mh_datagram_batch *batch)
{
    if (!batch)
        return NULL;
    free(batch->headers);
    free(batch->slots);
    free(batch->datagrams);
    free(batch->payloads);
    free(batch);
    return NULL;
}

size_t mh_datagram_batch_capacity(const struct mh_datagram_batch *batch)
{
    return batch->capacity;
}

const struct mh_datagram *mh_datagram_batch_at(const struct mh_datagram_batch *batch, size_t i)
{
    return &batch->datagrams[i];
}

/* ---- what the kernel fills ------------------------------------------------------------------
 */

int mh_datagram_slots_fill(const struct mh_mcast_socket *part, struct mh_datagram_batch *batch,
    size_t first, size_t room)
{
    struct mmsghdr *headers = &batch->headers[first];
    ssize_t count;

    if (room > 1) {
        count = recvmmsg(part->fd, headers, (unsigned)room, MSG_DONTWAIT, NULL);
    } else {
        ssize_t length = recvmsg(part->fd, &headers->msg_hdr, MSG_DONTWAIT);
        headers->msg_len = (unsigned)length;
        count = length < 0 ? -1 : 1;
    }
    if (count < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -errno;
    return (int)count;
}

void mh_datagram_slot_reset(struct mh_datagram_batch *batch, size_t slot)
{
    reset_header(&batch->headers[slot].msg_hdr);
}

/* ---- what it says ---------------------------------------------------------------------------
 */

/* CMSG_DATA() promises no alignment for the types inside. */
static uint64_t read_time(const struct cmsghdr *c)
{
    struct timespec time;

    memcpy(&time, CMSG_DATA(c), sizeof(time));
    return mh_clock_timespec_ns(&time);
}

static void read_ipv4_control(const struct cmsghdr *c, struct mh_datagram *datagram)
{
    if (c->cmsg_type == IP_PKTINFO) {
        struct in_pktinfo info;
        memcpy(&info, CMSG_DATA(c), sizeof(info));
        datagram->to = (struct mh_addr){.family = AF_INET, .v4 = info.ipi_addr};
        if (info.ipi_ifindex != 0) /* it was asked when the datagram came */
            datagram->interface_index = (unsigned)info.ipi_ifindex;
        /* What came to an address of this host came to the one that an answer comes from. */
        datagram->broadcast = info.ipi_spec_dst.s_addr != info.ipi_addr.s_addr &&
                              !mh_addr_is_multicast(&datagram->to);
    } else if (c->cmsg_type == IP_TTL) {
        memcpy(&datagram->ttl, CMSG_DATA(c), sizeof(datagram->ttl));
    }
}

static void read_ipv6_control(const struct cmsghdr *c, struct mh_datagram *datagram)
{
    if (c->cmsg_type == IPV6_PKTINFO) {
        struct in6_pktinfo info;
        memcpy(&info, CMSG_DATA(c), sizeof(info));
        datagram->to = (struct mh_addr){.family = AF_INET6, .v6 = info.ipi6_addr};
        datagram->interface_index = info.ipi6_ifindex;
    } else if (c->cmsg_type == IPV6_HOPLIMIT) {
        memcpy(&datagram->ttl, CMSG_DATA(c), sizeof(datagram->ttl));
    }
}

static void read_udp_control(const struct cmsghdr *c, struct mh_datagram *datagram)
{
    int size;

    if (c->cmsg_type != UDP_GRO)
        return;
    memcpy(&size, CMSG_DATA(c), sizeof(size));
    if (size > 0 && (size_t)size < datagram->length)
        datagram->segment_size = (size_t)size;
}

static void read_control(struct msghdr *header, struct mh_datagram *datagram)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c; c = CMSG_NXTHDR(header, c)) {
        if (c->cmsg_level == IPPROTO_IP)
            read_ipv4_control(c, datagram);
        else if (c->cmsg_level == IPPROTO_IPV6)
            read_ipv6_control(c, datagram);
        else if (c->cmsg_level == SOL_UDP)
            read_udp_control(c, datagram);
        else if (c->cmsg_level == SOL_SOCKET &&
                 (c->cmsg_type == SCM_TIMESTAMPNS || c->cmsg_type == SCM_TIMESTAMPING))
            datagram->time_ns = read_time(c);
    }
}

/* What lies in a slot, as the batch's datagram `place`. */
static void read_datagram(const struct mh_mcast_socket *part, struct mh_datagram_batch *batch,
    size_t slot, size_t place)
{
    struct msghdr *header = &batch->headers[slot].msg_hdr;
    struct mh_datagram *datagram = &batch->datagrams[place];

    *datagram = (struct mh_datagram){
        .from = mh_addr_from_sockaddr(&batch->slots[slot].from),
        .from_port = mh_sockaddr_port(&batch->slots[slot].from),
        .to = part->bound_group,
        .interface_index = part->arrival_index,
        .ttl = -1,
        .truncated = (header->msg_flags & MSG_TRUNC) != 0,
        .payload = batch->slots[slot].payload.iov_base,
        .length = batch->headers[slot].msg_len,
    };
    read_control(header, datagram);
}

/* How much of a batch is taken. A datagram that is left out leaves its slot unused. */
struct filling {
    size_t slots;
    size_t datagrams;
};

/* The header is put back right after it is read, so that a call for one datagram does not touch
 * the rest of the batch. A broadcast comes to each part; the socket itself takes it. */
static void take_slot(const struct mh_mcast_socket *part, bool annex,
    struct mh_datagram_batch *batch, struct filling *filling)
{
    read_datagram(part, batch, filling->slots, filling->datagrams);
    mh_datagram_slot_reset(batch, filling->slots++);
    if (!annex || !batch->datagrams[filling->datagrams].broadcast)
        filling->datagrams++;
}

static int fill(const struct mh_mcast_socket *part, bool annex, struct mh_datagram_batch *batch,
    size_t room, struct filling *filling)
{
    int count = mh_datagram_slots_fill(part, batch, filling->slots, room - filling->slots);

    for (int i = 0; i < count; i++)
        take_slot(part, annex, batch, filling);
    return count;
}

/* What was taken out of the buffers ahead is older than what lies there. */
static void fill_from_stash(struct mh_mcast_socket *socket, struct mh_datagram_batch *batch,
    size_t room, struct filling *filling)
{
    for (size_t i = 0; i < mh_mcast_socket_part_count(socket); i++) {
        struct mh_mcast_socket *part = mh_mcast_socket_part(socket, i);
        while (filling->slots < room && mh_stash_take(part, batch, filling->slots))
            take_slot(part, i > 0, batch, filling);
    }
}

/* Until there is no room, or nothing waits at any part. */
static int fill_from_parts(struct mh_mcast_socket *socket, struct mh_datagram_batch *batch,
    size_t room, struct filling *filling)
{
    struct mh_mcast_socket *ready[MH_ANNEXES_AT_ONCE];
    int r = 0;
    size_t before;

    do {
        before = filling->slots;
        size_t count = mh_annexes_ready(socket, ready);
        for (size_t i = 0; i < count && filling->slots < room && r >= 0; i++)
            r = fill(ready[i], ready[i] != socket, batch, room, filling);
    } while (r >= 0 && filling->slots > before && filling->slots < room);
    return r;
}

int mh_mcast_socket_receive(struct mh_mcast_socket *socket, struct mh_datagram_batch *batch,
    size_t most, struct mh_error *err)
{
    size_t room = most == 0 || most > batch->capacity ? batch->capacity : most;
    struct filling filling = {.slots = 0};
    int r = 0;

    fill_from_stash(socket, batch, room, &filling);
    if (filling.slots < room)
        r = socket->annex_count > 0 ? fill_from_parts(socket, batch, room, &filling)
                                    : fill(socket, false, batch, room, &filling);

    if (r < 0 && filling.datagrams == 0)
        return mh_error_set(err, r, "receive", "the next datagram");
    return (int)filling.datagrams;
}

/* ---- what it dropped ------------------------------------------------------------------------
 */

static uint64_t drops_of(const struct mh_mcast_socket *socket)
{
    uint32_t meminfo[SK_MEMINFO_VARS] = {0};
    socklen_t length = sizeof(meminfo);

    if (getsockopt(socket->fd, SOL_SOCKET, SO_MEMINFO, meminfo, &length) < 0)
        return 0;
    return meminfo[SK_MEMINFO_DROPS];
}

uint64_t mh_mcast_socket_drops(struct mh_mcast_socket *socket)
{
    uint64_t drops = 0;

    for (size_t i = 0; i < mh_mcast_socket_part_count(socket); i++)
        drops += drops_of(mh_mcast_socket_part(socket, i));
    return drops;
}
