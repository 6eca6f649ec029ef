/* Payloads: where their bytes are kept, and a number to tell them apart quickly. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct mh_payload_chunk;

/* Bytes that are only ever added. Chunks start small, since most receivers of a thousand hear
 * one short message, and double. Zero-initialised is empty. */
struct mh_payload_store {
    struct mh_payload_chunk *newest;
};

/* Copies; the copy never moves. NULL: out of memory. An empty payload needs none. */
const uint8_t *mh_payload_keep(struct mh_payload_store *store, const void *data, size_t length);
/* Takes back what was kept last. */
void mh_payload_forget_last(struct mh_payload_store *store, const uint8_t *kept);
void mh_payload_store_done(struct mh_payload_store *store);

/* 64 bits, by multiply and fold of eight bytes at a time (the scheme of wyhash). Not against an
 * attacker: whoever needs certainty compares the bytes of equal hashes. */
uint64_t mh_payload_hash(const void *data, size_t length);
