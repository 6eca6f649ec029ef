/* Frames on their way: kept until they are due, given out in the order in which they are due;
 * of those due at the same time the one that came first. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mh_delay_line;

struct mh_delayed_frame {
    uint64_t due_ns;
    size_t length;
    uint8_t *bytes; /* from mh_delay_line_take() on the caller's: free() */
};

struct mh_delay_line *mh_delay_line_new(void); /* NULL when memory is out */
struct mh_delay_line *mh_delay_line_free(struct mh_delay_line *line);

/* Copies the frame. Returns 0; -ENOMEM; -ENOBUFS when the line holds MH_DELAY_LINE_BYTES. */
enum { MH_DELAY_LINE_BYTES = 256 << 20 };
int mh_delay_line_put(
    struct mh_delay_line *line, const uint8_t *bytes, size_t length, uint64_t due_ns);
/* The next one that is due; false when there is none yet. */
bool mh_delay_line_take(
    struct mh_delay_line *line, uint64_t now_ns, struct mh_delayed_frame *ret_frame);
/* When the next one is due; UINT64_MAX: the line is empty. */
uint64_t mh_delay_line_next_ns(const struct mh_delay_line *line);
size_t mh_delay_line_count(const struct mh_delay_line *line);
