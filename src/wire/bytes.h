/* A bounded reader and a bounded writer over the caller's memory, most significant byte first
 * (RFC 1700). Errors are sticky: after the first nothing moves, reads give zeros, and the end
 * is the one place to look for it. */
#pragma once

#include "base/addr.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Somebody else's bytes; {NULL, 0}: none. */
struct mh_span {
    const uint8_t *bytes;
    size_t length;
};

struct mh_reader {
    struct mh_span span;
    size_t offset; /* how much was read; stays where reading failed */
    bool failed;
};

static inline struct mh_reader mh_reader_of(struct mh_span span)
{
    return (struct mh_reader){.span = span};
}

static inline size_t mh_reader_left(const struct mh_reader *reader)
{
    return reader->failed ? 0 : reader->span.length - reader->offset;
}

static inline void mh_reader_fail(struct mh_reader *reader)
{
    reader->failed = true;
}

/* 0 or -EBADMSG. */
static inline int mh_reader_status(const struct mh_reader *reader)
{
    return reader->failed ? -EBADMSG : 0;
}

/* The next `length` bytes, at least one; NULL when there are fewer. */
static inline const uint8_t *mh_read(struct mh_reader *reader, size_t length)
{
    if (length > mh_reader_left(reader))
        reader->failed = true;
    if (reader->failed)
        return NULL;
    const uint8_t *bytes = reader->span.bytes + reader->offset;
    reader->offset += length;
    return bytes;
}

static inline uint8_t mh_read_u8(struct mh_reader *reader)
{
    const uint8_t *bytes = mh_read(reader, 1);
    return bytes ? bytes[0] : 0;
}

static inline uint16_t mh_read_u16(struct mh_reader *reader)
{
    const uint8_t *bytes = mh_read(reader, 2);
    /* Not shifted: under UBSan gcc no longer sees that the sum fits. */
    return bytes ? (uint16_t)(bytes[0] * 256U + bytes[1]) : 0;
}

static inline uint32_t mh_read_u32(struct mh_reader *reader)
{
    uint32_t high = mh_read_u16(reader);
    return high << 16 | mh_read_u16(reader);
}

static inline void mh_read_copy(struct mh_reader *reader, uint8_t *ret_bytes, size_t length)
{
    const uint8_t *bytes = mh_read(reader, length);

    if (bytes)
        memcpy(ret_bytes, bytes, length);
    else
        memset(ret_bytes, 0, length);
}

static inline struct mh_span mh_read_span(struct mh_reader *reader, size_t length)
{
    const uint8_t *bytes = length > 0 ? mh_read(reader, length) : NULL;
    return (struct mh_span){bytes, bytes ? length : 0};
}

static inline struct mh_span mh_read_rest(struct mh_reader *reader)
{
    return mh_read_span(reader, mh_reader_left(reader));
}

/* 4 or 16. */
static inline size_t mh_address_size(sa_family_t family)
{
    return family == AF_INET ? sizeof(struct in_addr) : sizeof(struct in6_addr);
}

/* AF_UNSPEC when it is not there. */
static inline struct mh_addr mh_read_addr(struct mh_reader *reader, sa_family_t family)
{
    struct mh_addr addr = {.family = AF_UNSPEC};
    const uint8_t *bytes = mh_read(reader, mh_address_size(family));

    if (bytes) {
        addr.family = family;
        memcpy(&addr.v6, bytes, mh_address_size(family));
    }
    return addr;
}

struct mh_writer {
    uint8_t *bytes;
    size_t capacity;
    size_t length; /* how much was written */
    int error;     /* 0; -ENOBUFS: no room; -EINVAL: a value that its field cannot hold */
};

static inline struct mh_writer mh_writer_of(uint8_t *bytes, size_t capacity)
{
    return (struct mh_writer){.bytes = bytes, .capacity = capacity};
}

static inline struct mh_span mh_writer_span(const struct mh_writer *writer)
{
    return (struct mh_span){writer->bytes, writer->length};
}

static inline void mh_writer_require(struct mh_writer *writer, bool valid)
{
    if (!valid && !writer->error)
        writer->error = -EINVAL;
}

/* Room for the next `length` bytes, at least one; NULL when there is less. */
static inline uint8_t *mh_write(struct mh_writer *writer, size_t length)
{
    if (!writer->error && length > writer->capacity - writer->length)
        writer->error = -ENOBUFS;
    if (writer->error)
        return NULL;
    uint8_t *room = writer->bytes + writer->length;
    writer->length += length;
    return room;
}

static inline void mh_write_u8(struct mh_writer *writer, uint8_t value)
{
    uint8_t *room = mh_write(writer, 1);

    if (room)
        room[0] = value;
}

static inline void mh_put_u16(uint8_t *bytes, uint16_t value)
{
    bytes[0] = (uint8_t)(value >> 8);
    bytes[1] = (uint8_t)value;
}

static inline void mh_write_u16(struct mh_writer *writer, uint16_t value)
{
    uint8_t *room = mh_write(writer, 2);

    if (room)
        mh_put_u16(room, value);
}

static inline void mh_write_u32(struct mh_writer *writer, uint32_t value)
{
    mh_write_u16(writer, (uint16_t)(value >> 16));
    mh_write_u16(writer, (uint16_t)value);
}

static inline void mh_write_span(struct mh_writer *writer, struct mh_span span)
{
    uint8_t *room = span.length > 0 ? mh_write(writer, span.length) : NULL;

    if (room)
        memcpy(room, span.bytes, span.length);
}

/* Zeros until `length` bytes are a multiple of `unit`. */
static inline void mh_write_padding(struct mh_writer *writer, size_t length, size_t unit)
{
    for (; length % unit != 0; length++)
        mh_write_u8(writer, 0);
}

/* AF_UNSPEC is written as the family's zero address; any other family is -EINVAL. */
static inline void mh_write_addr(
    struct mh_writer *writer, const struct mh_addr *addr, sa_family_t family)
{
    mh_writer_require(writer, addr->family == family || addr->family == AF_UNSPEC);
    uint8_t *room = mh_write(writer, mh_address_size(family));

    if (!room)
        return;
    if (addr->family == AF_UNSPEC)
        memset(room, 0, mh_address_size(family));
    else
        memcpy(room, &addr->v6, mh_address_size(family));
}

/* Overwrites what was written before, such as a checksum that is known only now. */
static inline void mh_rewrite_u16(struct mh_writer *writer, size_t offset, uint16_t value)
{
    if (!writer->error)
        mh_put_u16(writer->bytes + offset, value);
}
