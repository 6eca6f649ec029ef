#include "loop/tail.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static size_t beginning(const struct mh_tail *tail)
{
    return tail->length > MH_TAIL_KEPT ? tail->length - MH_TAIL_KEPT : 0;
}

/* Only when as much again has gathered in front, so that a byte is moved once on average. */
static void forget_beginning(struct mh_tail *tail)
{
    size_t start = beginning(tail);
    if (start < MH_TAIL_KEPT)
        return;

    tail->length -= start;
    memmove(tail->bytes, tail->bytes + start, tail->length);
}

static int reserve(struct mh_tail *tail, size_t needed)
{
    size_t capacity = tail->capacity ? tail->capacity : 4096;
    if (needed <= tail->capacity)
        return 0;

    while (capacity < needed)
        capacity *= 2;
    char *bytes = realloc(tail->bytes, capacity);
    if (!bytes)
        return -ENOMEM;
    tail->bytes = bytes;
    tail->capacity = capacity;
    return 0;
}

int mh_tail_append(struct mh_tail *tail, const void *bytes, size_t length)
{
    if (length == 0)
        return 0;

    forget_beginning(tail);
    int r = reserve(tail, tail->length + length);
    if (r < 0)
        return r;
    memcpy(tail->bytes + tail->length, bytes, length);
    tail->length += length;
    return 0;
}

const char *mh_tail_read(const struct mh_tail *tail, size_t *ret_length)
{
    size_t start = beginning(tail);

    *ret_length = tail->length - start;
    return tail->bytes ? tail->bytes + start : "";
}

void mh_tail_done(struct mh_tail *tail)
{
    free(tail->bytes);
    memset(tail, 0, sizeof(*tail));
}
