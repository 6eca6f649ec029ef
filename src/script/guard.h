/* A block of malloc()ed memory that outlives no Lua error: the collector frees it. */
#pragma once

#include <lua.h>

/* Pushes the guard; put the block into what it returns. */
void **mh_push_guard(lua_State *L);
