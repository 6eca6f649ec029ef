/* Packets written as hexadecimal text, and what every decoder's test does with them. */
#pragma once

#include "test.h"
#include "wire/bytes.h"

#include <ctype.h>
#include <stdlib.h>

struct packet {
    uint8_t bytes[4096];
    size_t length;
};

/* "22 00 f9fb": blanks do not count. */
static inline struct packet packet_of(const char *hex)
{
    struct packet packet = {.length = 0};

    while (*hex) {
        if (isspace((unsigned char)*hex)) {
            hex++;
            continue;
        }
        char digits[3] = {hex[0], hex[1], '\0'};
        packet.bytes[packet.length++] = (uint8_t)strtoul(digits, NULL, 16);
        hex += 2;
    }
    return packet;
}

static inline struct mh_span span_of(const struct packet *packet)
{
    return (struct mh_span){packet->bytes, packet->length};
}

static inline struct mh_reader reader_of(const struct packet *packet)
{
    return mh_reader_of(span_of(packet));
}

static inline void assert_bytes(struct mh_span actual, const char *hex)
{
    struct packet expected = packet_of(hex);

    assert_int_equal(actual.length, expected.length);
    if (expected.length > 0)
        assert_memory_equal(actual.bytes, expected.bytes, expected.length);
}

static inline void assert_written(const struct mh_writer *writer, const char *hex)
{
    assert_int_equal(writer->error, 0);
    assert_bytes(mh_writer_span(writer), hex);
}

static inline struct mh_addr addr_of(const char *text)
{
    struct mh_addr addr;

    assert_int_equal(mh_addr_parse(text, &addr), 0);
    return addr;
}

static inline void assert_addr(struct mh_addr actual, const char *expected)
{
    char text[MH_ADDR_TEXT_MAX];

    assert_string_equal(mh_addr_format(&actual, text), expected);
}

/* The bytes alone, in memory of exactly their size, so that a sanitizer sees a step beyond. */
static inline uint8_t *exact_copy(struct mh_span span)
{
    uint8_t *copy = malloc(span.length > 0 ? span.length : 1);

    assert_non_null(copy);
    if (span.length > 0)
        memcpy(copy, span.bytes, span.length);
    return copy;
}

/* Pseudo-random, the same in every run (xorshift; George Marsaglia, 2003). */
static inline uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static inline struct mh_span random_span(
    uint32_t *state, uint8_t *memory, size_t most, size_t unit)
{
    size_t length = next_random(state) % (most / unit + 1) * unit;

    for (size_t i = 0; i < length; i++)
        memory[i] = (uint8_t)next_random(state);
    return (struct mh_span){memory, length};
}

/* A decoder, its result thrown away. */
typedef int parse_function(struct mh_reader *reader);

/* Every shorter length is -EBADMSG, read no further than it goes. */
static inline void assert_no_prefix_parses(
    const struct packet *packet, parse_function *parse, size_t from)
{
    for (size_t length = from; length < packet->length; length++) {
        uint8_t *copy = exact_copy((struct mh_span){packet->bytes, length});
        struct mh_reader reader = mh_reader_of((struct mh_span){copy, length});
        assert_int_equal(parse(&reader), -EBADMSG);
        assert_true(reader.failed);
        assert_true(reader.offset <= length);
        free(copy);
    }
}
