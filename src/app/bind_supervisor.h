/* The Lua module `mcast.supervisor` (lua/meta/job.lua) and the lifetime of the parent process.
 */
#pragma once

#include <lua.h>

/* What the module needs to know; the registry holds a pointer to it under its own address. */
struct mh_program {
    int argument_count;
    char **arguments;
    char *lua_directory; /* MCAST_HARNESS_LUA_DIR, or NULL */
};

void mh_program_attach(lua_State *L, struct mh_program *program);
int mh_open_supervisor(lua_State *L);
