/* The end of a stream of bytes: as much of it as is kept, whatever its length. */
#pragma once

#include <stddef.h>

enum { MH_TAIL_KEPT = 1 << 20 }; /* bytes */

/* Zero-initialised is empty and ready to use. */
struct mh_tail {
    char *bytes;
    size_t length, capacity;
};

/* 0, or -ENOMEM: then these bytes are missing. */
int mh_tail_append(struct mh_tail *tail, const void *bytes, size_t length);
/* The last MH_TAIL_KEPT bytes, or fewer; borrowed until the next append. */
const char *mh_tail_read(const struct mh_tail *tail, size_t *ret_length);
void mh_tail_done(struct mh_tail *tail);
