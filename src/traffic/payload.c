#include "traffic/payload.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_CHUNK = 256, LARGEST_CHUNK = 64 * 1024 };

struct mh_payload_chunk {
    struct mh_payload_chunk *older;
    size_t used;
    size_t size;
    uint8_t bytes[];
};

static const uint8_t nothing[1];

static size_t next_size(const struct mh_payload_chunk *newest, size_t length)
{
    size_t size = newest ? newest->size * 2 : FIRST_CHUNK;

    if (size > LARGEST_CHUNK)
        size = LARGEST_CHUNK;
    return size < length ? length : size;
}

static struct mh_payload_chunk *add_chunk(struct mh_payload_store *store, size_t length)
{
    size_t size = next_size(store->newest, length);
    struct mh_payload_chunk *chunk = malloc(sizeof(*chunk) + size);
    if (!chunk)
        return NULL;

    chunk->older = store->newest;
    chunk->used = 0;
    chunk->size = size;
    store->newest = chunk;
    return chunk;
}

const uint8_t *mh_payload_keep(struct mh_payload_store *store, const void *data, size_t length)
{
    struct mh_payload_chunk *chunk = store->newest;

    if (length == 0)
        return nothing;
    if (!chunk || chunk->size - chunk->used < length)
        chunk = add_chunk(store, length);
    if (!chunk)
        return NULL;

    uint8_t *copy = chunk->bytes + chunk->used;
    memcpy(copy, data, length);
    chunk->used += length;
    return copy;
}

void mh_payload_forget_last(struct mh_payload_store *store, const uint8_t *kept)
{
    if (kept != nothing)
        store->newest->used = (size_t)(kept - store->newest->bytes);
}

void mh_payload_store_done(struct mh_payload_store *store)
{
    while (store->newest) {
        struct mh_payload_chunk *chunk = store->newest;
        store->newest = chunk->older;
        free(chunk);
    }
}

static uint64_t fold(uint64_t a, uint64_t b)
{
    __extension__ unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t read_word(const uint8_t *bytes, size_t length)
{
    uint64_t word = 0;

    memcpy(&word, bytes, length < sizeof(word) ? length : sizeof(word));
    return word;
}

uint64_t mh_payload_hash(const void *data, size_t length)
{
    /* Odd, with half of their bits set (wyhash's default secret). */
    static const uint64_t keys[] = {0xa0761d6478bd642f, 0xe7037ed1a0b428db};
    const uint8_t *bytes = data;
    uint64_t hash = fold(length ^ keys[0], keys[1]);

    for (size_t at = 0; at < length; at += sizeof(uint64_t))
        hash = fold(hash ^ read_word(bytes + at, length - at) ^ keys[0], keys[1]);
    return fold(hash ^ keys[1], keys[0]);
}
