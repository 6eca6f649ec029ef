#include "traffic/delay_line.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 256 };

struct entry {
    struct mh_delayed_frame frame;
    uint64_t number; /* in the order of arrival */
};

/* A binary heap: the parent of i is (i - 1) / 2, and due no later than i. */
struct mh_delay_line {
    struct entry *heap;
    size_t count;
    size_t capacity;
    size_t bytes;
    uint64_t last_number;
};

struct mh_delay_line *mh_delay_line_new(void)
{
    return calloc(1, sizeof(struct mh_delay_line));
}

struct mh_delay_line *mh_delay_line_free(struct mh_delay_line *line)
{
    if (!line)
        return NULL;
    for (size_t i = 0; i < line->count; i++)
        free(line->heap[i].frame.bytes);
    free(line->heap);
    free(line);
    return NULL;
}

static bool is_before(const struct entry *one, const struct entry *other)
{
    if (one->frame.due_ns != other->frame.due_ns)
        return one->frame.due_ns < other->frame.due_ns;
    return one->number < other->number;
}

static bool reserve_one(struct mh_delay_line *line)
{
    if (line->count < line->capacity)
        return true;

    size_t capacity = line->capacity ? line->capacity * 2 : FIRST_CAPACITY;
    struct entry *heap = realloc(line->heap, capacity * sizeof(*heap));
    if (!heap)
        return false;
    line->heap = heap;
    line->capacity = capacity;
    return true;
}

static void sift_up(struct mh_delay_line *line, size_t at, struct entry entry)
{
    while (at > 0 && is_before(&entry, &line->heap[(at - 1) / 2])) {
        line->heap[at] = line->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    line->heap[at] = entry;
}

static void sift_down(struct mh_delay_line *line, struct entry entry)
{
    size_t at = 0;

    for (size_t child = 1; child < line->count; child = at * 2 + 1) {
        if (child + 1 < line->count && is_before(&line->heap[child + 1], &line->heap[child]))
            child++;
        if (!is_before(&line->heap[child], &entry))
            break;
        line->heap[at] = line->heap[child];
        at = child;
    }
    line->heap[at] = entry;
}

int mh_delay_line_put(
    struct mh_delay_line *line, const uint8_t *bytes, size_t length, uint64_t due_ns)
{
    if (line->bytes + length > MH_DELAY_LINE_BYTES)
        return -ENOBUFS;

    struct entry entry = {.frame = {.due_ns = due_ns, .length = length}};
    if (!reserve_one(line))
        return -ENOMEM;
    entry.frame.bytes = malloc(length ? length : 1);
    if (!entry.frame.bytes)
        return -ENOMEM;
    memcpy(entry.frame.bytes, bytes, length);
    entry.number = ++line->last_number;
    line->bytes += length;
    sift_up(line, line->count++, entry);
    return 0;
}

bool mh_delay_line_take(
    struct mh_delay_line *line, uint64_t now_ns, struct mh_delayed_frame *ret_frame)
{
    if (mh_delay_line_next_ns(line) > now_ns || line->count == 0)
        return false;
    *ret_frame = line->heap[0].frame;
    line->bytes -= ret_frame->length;
    struct entry last = line->heap[--line->count];
    if (line->count > 0)
        sift_down(line, last);
    return true;
}

uint64_t mh_delay_line_next_ns(const struct mh_delay_line *line)
{
    return line->count ? line->heap[0].frame.due_ns : UINT64_MAX;
}

size_t mh_delay_line_count(const struct mh_delay_line *line)
{
    return line->count;
}
