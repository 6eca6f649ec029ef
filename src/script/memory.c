#include "script/memory.h"

#include <stdlib.h>

void *mh_memory_alloc(void *context, void *block, size_t old_size, size_t new_size)
{
    struct mh_memory *memory = context;
    size_t held = block ? old_size : 0; /* for a new block Lua passes its type instead */

    if (new_size == 0) {
        free(block);
        memory->used -= held;
        return NULL;
    }
    size_t used = memory->used - held + new_size;
    if (memory->limit && used > memory->limit && new_size > held)
        return NULL; /* Lua relies on it that shrinking does not fail */

    void *moved = realloc(block, new_size);
    if (!moved)
        return NULL;
    memory->used = used;
    if (used > memory->peak)
        memory->peak = used;
    return moved;
}
