#include "net/frame_ring.h"

#include "net/packet_socket.h"

#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    RING_BYTES = 8 << 20, /* 4,096 frames of an ordinary network: 10 ms at full speed */
    BLOCK_BYTES = 1 << 16,
    SLOT_MIN = 2048,
    HEAD = 128, /* in front of the frame: header, address, alignment, and VLAN_TAG */
    VLAN_TAG = 4,
};

struct mh_frame_ring {
    int fd;
    uint8_t *slots; /* MAP_FAILED: none */
    size_t slot_size;
    unsigned slot_count;
    unsigned next;     /* not looked at yet */
    unsigned released; /* the oldest that the kernel has not got back */
    uint64_t drops;
};

/* ---- opening -------------------------------------------------------------------------------
 */

/* A power of two, so that slots fill their blocks. */
static size_t slot_size(size_t frame_max)
{
    size_t size = SLOT_MIN;

    while (size < frame_max + HEAD)
        size *= 2;
    return size;
}

static int make_ring(struct mh_frame_ring *self)
{
    struct tpacket_req request;
    size_t block = self->slot_size > BLOCK_BYTES ? self->slot_size : BLOCK_BYTES;
    int r = mh_packet_socket_set(self->fd, SOL_PACKET, PACKET_VERSION, TPACKET_V2);

    memset(&request, 0, sizeof(request));
    request.tp_block_size = (unsigned)block;
    request.tp_block_nr = (unsigned)(RING_BYTES / block);
    request.tp_frame_size = (unsigned)self->slot_size;
    request.tp_frame_nr = self->slot_count;
    if (r == 0)
        r = mh_packet_socket_set(self->fd, SOL_PACKET, PACKET_RESERVE, VLAN_TAG);
    if (r == 0)
        r = mh_packet_socket_ignore_outgoing(self->fd);
    if (r == 0 &&
        setsockopt(self->fd, SOL_PACKET, PACKET_RX_RING, &request, sizeof(request)) < 0)
        r = -errno;
    if (r < 0)
        return r;
    self->slots = mmap(NULL, RING_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, self->fd, 0);
    return self->slots == MAP_FAILED ? -errno : 0;
}

int mh_frame_ring_open(int netns_fd, unsigned interface_index, size_t frame_max,
    struct mh_frame_ring **ret_ring, struct mh_error *err)
{
    int fd = mh_packet_socket_open(netns_fd, "seeing", err);
    if (fd < 0)
        return fd;

    struct mh_frame_ring *self = calloc(1, sizeof(*self));
    if (!self) {
        close(fd);
        return mh_error_set(err, -ENOMEM, "take frames", "of interface %u", interface_index);
    }
    *self = (struct mh_frame_ring){
        .fd = fd, .slots = MAP_FAILED, .slot_size = slot_size(frame_max)};
    self->slot_count = (unsigned)(RING_BYTES / self->slot_size);
    int r = make_ring(self);
    if (r == 0)
        r = mh_packet_socket_bind(fd, interface_index, ETH_P_ALL);
    if (r < 0) {
        mh_frame_ring_free(self);
        return mh_error_set(err, r, "take frames", "of interface %u", interface_index);
    }
    *ret_ring = self;
    return 0;
}

struct mh_frame_ring *mh_frame_ring_free(struct mh_frame_ring *ring)
{
    if (!ring)
        return NULL;
    if (ring->slots != MAP_FAILED)
        munmap(ring->slots, RING_BYTES);
    close(ring->fd);
    free(ring);
    return NULL;
}

int mh_frame_ring_fd(const struct mh_frame_ring *ring)
{
    return ring->fd;
}

/* ---- frames --------------------------------------------------------------------------------
 */

static struct tpacket2_hdr *slot(const struct mh_frame_ring *ring, unsigned number)
{
    return (struct tpacket2_hdr *)(void *)(ring->slots + (size_t)number * ring->slot_size);
}

/* The kernel writes the slot, then its state: what follows a state that is ours is whole. */
static uint32_t state_of(struct tpacket2_hdr *header)
{
    return __atomic_load_n(&header->tp_status, __ATOMIC_ACQUIRE);
}

/* The kernel took it out of the frame. IEEE 802.1Q, 9.4 */
static uint8_t *put_tag_back(uint8_t *frame, const struct tpacket2_hdr *header)
{
    uint16_t type =
        header->tp_status & TP_STATUS_VLAN_TPID_VALID ? header->tp_vlan_tpid : ETH_P_8021Q;
    const uint8_t tag[VLAN_TAG] = {(uint8_t)(type >> 8), (uint8_t)type,
        (uint8_t)(header->tp_vlan_tci >> 8), (uint8_t)header->tp_vlan_tci};

    memmove(frame - VLAN_TAG, frame, 2 * (size_t)ETH_ALEN);
    memcpy(frame - VLAN_TAG + 2 * (size_t)ETH_ALEN, tag, VLAN_TAG);
    return frame - VLAN_TAG;
}

static void advance(const struct mh_frame_ring *ring, unsigned *number)
{
    *number = *number + 1 == ring->slot_count ? 0 : *number + 1;
}

static void describe(struct tpacket2_hdr *header, struct mh_ring_frame *ret_frame)
{
    ret_frame->bytes = (uint8_t *)header + header->tp_mac;
    ret_frame->length = header->tp_snaplen;
    ret_frame->time_ns = header->tp_sec * 1000000000ULL + header->tp_nsec;
    if (header->tp_status & TP_STATUS_VLAN_VALID) {
        ret_frame->bytes = put_tag_back(ret_frame->bytes, header);
        ret_frame->length += VLAN_TAG;
    }
}

/* A ring of which every slot was looked at and none released has nothing more to show. */
static bool is_exhausted(const struct mh_frame_ring *ring)
{
    unsigned after = ring->next;

    advance(ring, &after);
    return after == ring->released;
}

bool mh_frame_ring_next(struct mh_frame_ring *ring, struct mh_ring_frame *ret_frame)
{
    while (!is_exhausted(ring)) {
        struct tpacket2_hdr *header = slot(ring, ring->next);

        if (!(state_of(header) & TP_STATUS_USER))
            return false;
        advance(ring, &ring->next);
        if (header->tp_snaplen == header->tp_len) {
            describe(header, ret_frame);
            return true;
        }
        ring->drops++; /* cannot be passed on whole */
    }
    return false;
}

void mh_frame_ring_release(struct mh_frame_ring *ring)
{
    for (; ring->released != ring->next; advance(ring, &ring->released))
        __atomic_store_n(
            &slot(ring, ring->released)->tp_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
}

uint64_t mh_frame_ring_drops(struct mh_frame_ring *ring)
{
    ring->drops += mh_packet_socket_lost(ring->fd);
    return ring->drops;
}
