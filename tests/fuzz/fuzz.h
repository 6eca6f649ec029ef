/* What a fuzz target is made of: libFuzzer's entry point (or replay.c's), and checks that hold
 * for any bytes. */
#pragma once

#include "wire/bytes.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FUZZ_ROOM = 70000 };

/* Reads every byte, for the sanitizers, and sees that it lies inside of `whole`. */
static inline void fuzz_touch(struct mh_span span, struct mh_span whole)
{
    volatile uint8_t sum = 0;

    assert(span.length <= whole.length);
    if (span.length > 0)
        assert(span.bytes >= whole.bytes &&
               span.bytes + span.length <= whole.bytes + whole.length);
    for (size_t i = 0; i < span.length; i++)
        sum = (uint8_t)(sum + span.bytes[i]);
}

/* A decoder's status and its reader agree, and nothing was read beyond the end. */
static inline void fuzz_check_reader(const struct mh_reader *reader, int r)
{
    assert(r == 0 || r == -EBADMSG || r == -EPROTONOSUPPORT);
    assert((r == -EBADMSG) == reader->failed);
    assert(reader->offset <= reader->span.length);
}

/* What was read is written again as it was. */
static inline void fuzz_check_same(const struct mh_writer *writer, struct mh_span expected)
{
    assert(writer->error == 0);
    assert(writer->length == expected.length);
    assert(expected.length == 0 || memcmp(writer->bytes, expected.bytes, expected.length) == 0);
}
