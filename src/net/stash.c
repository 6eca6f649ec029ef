#include "net/stash.h"

#include "net/datagram_private.h"
#include "net/mcast_socket_private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* The longest UDP datagram there is. */
enum { PAYLOAD_MAX = 65536 };

/* A datagram as it came, packed; the next of its socket. */
struct mh_stashed {
    struct mh_stashed *next;
    struct chunk *chunk;
    uint32_t from_length;
    uint32_t control_length;
    uint32_t length;
    int flags;
    uint8_t bytes[]; /* sender, control messages, payload */
};

enum {
    LONGEST = sizeof(struct mh_stashed) + sizeof(union mh_sockaddr) + MH_SLOT_CONTROL_SIZE +
              PAYLOAD_MAX + _Alignof(struct mh_stashed),
    CHUNK = 4 << 20,
    AT_ONCE = 16, /* of one system call: for so many of the longest there is to be room */
};

/* Memory for many of them, of whatever socket; it goes with the last one. */
struct chunk {
    struct mh_stash *stash;
    size_t used;
    size_t kept; /* datagrams */
    _Alignas(struct mh_stashed) uint8_t bytes[];
};

struct mh_stash {
    struct mh_datagram_batch *batch;
    struct chunk *current; /* where the next one goes; NULL: none yet */
    size_t chunks;
    size_t most_chunks;
};

struct mh_stash *mh_stash_new(size_t most_bytes)
{
    struct mh_stash *stash = calloc(1, sizeof(*stash));
    if (!stash)
        return NULL;

    stash->most_chunks = most_bytes / CHUNK;
    stash->batch = mh_datagram_batch_new(AT_ONCE, PAYLOAD_MAX);
    return stash->batch ? stash : mh_stash_free(stash);
}

struct mh_stash *mh_stash_free(struct mh_stash *stash)
{
    if (!stash)
        return NULL;
    assert(stash->chunks == (stash->current ? 1 : 0));
    assert(!stash->current || stash->current->kept == 0);
    free(stash->current);
    mh_datagram_batch_free(stash->batch);
    free(stash);
    return NULL;
}

/* ---- memory --------------------------------------------------------------------------------
 */

static size_t room_for(const struct chunk *chunk)
{
    return (CHUNK - sizeof(*chunk) - chunk->used) / LONGEST;
}

static struct chunk *add_chunk(struct mh_stash *stash)
{
    struct chunk *chunk = stash->chunks < stash->most_chunks ? malloc(CHUNK) : NULL;

    if (!chunk)
        return NULL;
    *chunk = (struct chunk){.stash = stash};
    stash->chunks++;
    stash->current = chunk;
    return chunk;
}

/* For how many datagrams there is some, however long they are: what was received cannot be put
 * back. */
static size_t make_room(struct mh_stash *stash)
{
    size_t room = stash->current ? room_for(stash->current) : 0;

    if (room == 0)
        room = add_chunk(stash) ? room_for(stash->current) : 0;
    return room < AT_ONCE ? room : AT_ONCE;
}

static struct mh_stashed *add(struct mh_stash *stash, size_t size)
{
    const size_t grain = _Alignof(struct mh_stashed);
    struct chunk *chunk = stash->current;
    struct mh_stashed *stashed = (struct mh_stashed *)(void *)(chunk->bytes + chunk->used);

    chunk->used += (sizeof(*stashed) + size + grain - 1) / grain * grain;
    chunk->kept++;
    stashed->chunk = chunk;
    return stashed;
}

static void forget(const struct mh_stashed *stashed)
{
    struct chunk *chunk = stashed->chunk;
    struct mh_stash *stash = chunk->stash;

    if (--chunk->kept > 0)
        return;
    if (chunk == stash->current)
        stash->current = NULL;
    stash->chunks--;
    free(chunk);
}

/* ---- in -------------------------------------------------------------------------------
 */

static void pack(struct mh_stashed *stashed, const struct msghdr *header, unsigned length)
{
    uint8_t *to = stashed->bytes;

    stashed->from_length = header->msg_namelen;
    stashed->control_length = (uint32_t)header->msg_controllen;
    stashed->length = length;
    stashed->flags = header->msg_flags;
    memcpy(to, header->msg_name, stashed->from_length);
    to += stashed->from_length;
    memcpy(to, header->msg_control, stashed->control_length);
    to += stashed->control_length;
    memcpy(to, header->msg_iov->iov_base, length);
}

static void append(struct mh_mcast_socket *part, struct mh_stashed *stashed)
{
    stashed->next = NULL;
    if (part->stashed_last)
        part->stashed_last->next = stashed;
    else
        part->stashed = stashed;
    part->stashed_last = stashed;
}

static void keep(struct mh_stash *stash, struct mh_mcast_socket *part, size_t slot)
{
    const struct msghdr *header = &stash->batch->headers[slot].msg_hdr;
    unsigned length = stash->batch->headers[slot].msg_len;
    struct mh_stashed *stashed =
        add(stash, header->msg_namelen + header->msg_controllen + length);

    pack(stashed, header, length);
    append(part, stashed);
    mh_datagram_slot_reset(stash->batch, slot);
}

/* An asynchronous error is taken by receiving; its cause stands in the error queue. */
static size_t stash_part(struct mh_mcast_socket *part, struct mh_stash *stash)
{
    size_t room = make_room(stash);
    int count = room > 0 ? mh_datagram_slots_fill(part, stash->batch, 0, room) : 0;

    for (int i = 0; i < count; i++)
        keep(stash, part, (size_t)i);
    return count > 0 ? (size_t)count : 0;
}

size_t mh_mcast_socket_stash(struct mh_mcast_socket *socket, struct mh_stash *stash)
{
    size_t total = 0;

    for (size_t i = 0; i < mh_mcast_socket_part_count(socket); i++)
        total += stash_part(mh_mcast_socket_part(socket, i), stash);
    return total;
}

/* ---- out ------------------------------------------------------------------------------
 */

static void remove_first(struct mh_mcast_socket *part)
{
    struct mh_stashed *first = part->stashed;

    part->stashed = first->next;
    if (!part->stashed)
        part->stashed_last = NULL;
    forget(first);
}

/* A slot may be shorter than what came. */
static void unpack(const struct mh_stashed *stashed, struct mmsghdr *message)
{
    struct msghdr *header = &message->msg_hdr;
    const uint8_t *from = stashed->bytes;
    size_t room = header->msg_iov->iov_len;
    bool cut = stashed->length > room;

    header->msg_namelen = stashed->from_length;
    header->msg_controllen = stashed->control_length;
    header->msg_flags = stashed->flags | (cut ? MSG_TRUNC : 0);
    message->msg_len = (unsigned)(cut ? room : stashed->length);
    memcpy(header->msg_name, from, stashed->from_length);
    from += stashed->from_length;
    memcpy(header->msg_control, from, stashed->control_length);
    from += stashed->control_length;
    memcpy(header->msg_iov->iov_base, from, message->msg_len);
}

bool mh_stash_take(struct mh_mcast_socket *part, struct mh_datagram_batch *batch, size_t slot)
{
    if (!part->stashed)
        return false;
    unpack(part->stashed, &batch->headers[slot]);
    remove_first(part);
    return true;
}

void mh_stash_drop(struct mh_mcast_socket *part)
{
    while (part->stashed)
        remove_first(part);
}
