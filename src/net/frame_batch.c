#include "net/frame_batch.h"

#include "base/clock.h"
#include "wire/checksum.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

/* FRAME_MAX: an IP packet of the largest size with its header. Memory that no frame ever
 * reached is not resident. */
enum { CAPACITY = 32, FRAME_MAX = 65535 + 18, CONTROL_SIZE = 128 };
enum { MAC_PAIR = 12, TAG = 4, OFFLOAD = sizeof(struct virtio_net_hdr) };

struct slot {
    struct sockaddr_ll link;
    struct iovec span;
    _Alignas(struct cmsghdr) uint8_t control[CONTROL_SIZE];
    uint8_t bytes[OFFLOAD + FRAME_MAX]; /* PACKET_VNET_HDR, then the frame */
};

struct mh_frame_batch {
    size_t offload; /* bytes in front of each frame that the slots have room for */
    struct mmsghdr headers[CAPACITY];
    struct mh_captured_frame frames[CAPACITY];
    struct slot slots[CAPACITY];
};

/* The lengths are in-out: the kernel takes them as room and leaves what it used. */
static void reset_header(struct msghdr *header)
{
    header->msg_namelen = sizeof(struct sockaddr_ll);
    header->msg_controllen = CONTROL_SIZE;
}

static void init_slot(struct slot *slot, struct msghdr *header)
{
    header->msg_name = &slot->link;
    header->msg_iov = &slot->span;
    header->msg_iovlen = 1;
    header->msg_control = slot->control;
    reset_header(header);
}

struct mh_frame_batch *mh_frame_batch_new(void)
{
    struct mh_frame_batch *self = calloc(1, sizeof(*self));
    if (!self)
        return NULL;

    self->offload = SIZE_MAX;
    for (size_t i = 0; i < CAPACITY; i++)
        init_slot(&self->slots[i], &self->headers[i].msg_hdr);
    return self;
}

struct mh_frame_batch *mh_frame_batch_free(struct mh_frame_batch *batch)
{
    free(batch);
    return NULL;
}

int mh_frame_batch_capacity(void)
{
    return CAPACITY;
}

const struct mh_captured_frame *mh_frame_batch_at(const struct mh_frame_batch *batch, int i)
{
    assert(i >= 0 && i < CAPACITY);
    return &batch->frames[i];
}

/* ---- what the kernel keeps beside a frame ---- */

/* The field holds the sum of the pseudo header; the rest of the sum is the device's work. */
static void complete_checksum(struct slot *slot, uint32_t captured)
{
    struct virtio_net_hdr offload;
    uint8_t *frame = slot->bytes + OFFLOAD;

    memcpy(&offload, slot->bytes, sizeof(offload));
    size_t field = (size_t)offload.csum_start + offload.csum_offset;
    if (!(offload.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) || field + 2 > captured)
        return;
    struct mh_span summed = {frame + offload.csum_start, captured - offload.csum_start};
    uint16_t checksum = mh_checksum_fold(mh_checksum_add(0, summed));
    if (checksum == 0) /* UDP: zero says that there is none (RFC 768) */
        checksum = 0xffff;
    checksum = htons(checksum);
    memcpy(frame + field, &checksum, sizeof(checksum));
}

/* Moves the addresses in front of the tag, where the offload header was. */
static void restore_tag(
    struct slot *slot, const struct tpacket_auxdata *aux, struct mh_captured_frame *frame)
{
    if (!(aux->tp_status & TP_STATUS_VLAN_VALID) || frame->captured < MAC_PAIR)
        return;
    uint16_t type = aux->tp_status & TP_STATUS_VLAN_TPID_VALID ? aux->tp_vlan_tpid : 0x8100;
    uint16_t tag[2] = {htons(type), htons(aux->tp_vlan_tci)};
    uint8_t *begin = slot->bytes + OFFLOAD - TAG;

    memmove(begin, begin + TAG, MAC_PAIR);
    memcpy(begin + MAC_PAIR, tag, TAG);
    frame->bytes = begin;
    frame->captured += TAG;
    frame->length += TAG;
}

/* ---- reading ---- */

/* CMSG_DATA() promises no alignment for the types inside. */
static void read_control(
    struct msghdr *header, struct mh_captured_frame *frame, struct tpacket_auxdata *ret_aux)
{
    struct timespec time;

    for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c; c = CMSG_NXTHDR(header, c)) {
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
            memcpy(&time, CMSG_DATA(c), sizeof(time));
            frame->time_ns = mh_clock_timespec_ns(&time);
        } else if (c->cmsg_level == SOL_PACKET && c->cmsg_type == PACKET_AUXDATA) {
            memcpy(ret_aux, CMSG_DATA(c), sizeof(*ret_aux));
        }
    }
}

static void read_frame(struct mh_frame_batch *batch, int i, size_t offload)
{
    struct slot *slot = &batch->slots[i];
    struct mh_captured_frame *frame = &batch->frames[i];
    struct tpacket_auxdata aux = {0};
    size_t received = batch->headers[i].msg_len;
    size_t captured = received > offload ? received - offload : 0;

    *frame = (struct mh_captured_frame){
        .interface_index = (unsigned)slot->link.sll_ifindex,
        .packet_type = slot->link.sll_pkttype,
        .outgoing = slot->link.sll_pkttype == PACKET_OUTGOING,
        .captured = (uint32_t)captured,
        .bytes = slot->bytes + OFFLOAD,
    };
    read_control(&batch->headers[i].msg_hdr, frame, &aux);
    frame->length = aux.tp_len > frame->captured ? aux.tp_len : frame->captured;
    if (offload > 0 && frame->length == frame->captured)
        complete_checksum(slot, frame->captured);
    restore_tag(slot, &aux, frame);
}

/* The frame comes to the same place, whether the kernel puts something in front of it or not.
 */
static void place_frames(struct mh_frame_batch *batch, size_t offload)
{
    if (batch->offload == offload)
        return;
    for (size_t i = 0; i < CAPACITY; i++) {
        struct slot *slot = &batch->slots[i];
        slot->span = (struct iovec){slot->bytes + OFFLOAD - offload, offload + FRAME_MAX};
    }
    batch->offload = offload;
}

int mh_frame_batch_receive(struct mh_frame_batch *batch, const struct mh_frame_socket *socket)
{
    size_t offload = mh_frame_socket_tells_offload(socket) ? OFFLOAD : 0;

    place_frames(batch, offload);
    int count =
        recvmmsg(mh_frame_socket_fd(socket), batch->headers, CAPACITY, MSG_DONTWAIT, NULL);

    if (count < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -errno;
    for (int i = 0; i < count; i++) {
        read_frame(batch, i, offload);
        reset_header(&batch->headers[i].msg_hdr);
    }
    return count;
}
