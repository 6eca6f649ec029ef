/* The memory of one Lua state: counted, and bounded where a bound is set. */
#pragma once

#include <stddef.h>

struct mh_memory {
    size_t used, peak;
    size_t limit; /* 0: none */
};

/* A lua_Alloc; `context` is a struct mh_memory. Beyond the limit Lua collects its garbage, asks
 * again, and then raises "not enough memory". */
void *mh_memory_alloc(void *context, void *block, size_t old_size, size_t new_size);
