/* What has arrived on a pipe and has not been handed on yet. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct mh_inbox {
    int fd; /* non-blocking; -1 after its end */
    char *data;
    size_t start, end, capacity;
    size_t searched; /* no newline between start and here */
};

void mh_inbox_init(struct mh_inbox *inbox, int fd);
void mh_inbox_done(struct mh_inbox *inbox);

/* Reads what is there, up to one chunk: the number of bytes, 0 when there is nothing for now or
 * for ever (then fd is closed and -1), or a negative errno. */
int mh_inbox_fill(struct mh_inbox *inbox);

/* Both hand out a piece that stays valid until the next call of any function here. */
bool mh_inbox_take_line(struct mh_inbox *inbox, const char **ret_text, size_t *ret_length);
bool mh_inbox_take_all(struct mh_inbox *inbox, const char **ret_text, size_t *ret_length);
