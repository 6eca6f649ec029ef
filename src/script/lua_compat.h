/* One spelling for what Lua 5.4's releases and 5.5 call differently. */
#pragma once

#include <lauxlib.h>
#include <lua.h>

static inline lua_State *mh_lua_new_state(lua_Alloc alloc, void *context)
{
#if LUA_VERSION_NUM >= 505
    return lua_newstate(alloc, context, luaL_makeseed(NULL));
#else
    return lua_newstate(alloc, context);
#endif
}

/* Closes the pending to-be-closed variables of a thread that is not running; `from` closes it.
 */
static inline int mh_lua_close_thread(lua_State *thread, lua_State *from)
{
#if LUA_VERSION_RELEASE_NUM >= 50406
    return lua_closethread(thread, from);
#else
    (void)from;
    return lua_resetthread(thread);
#endif
}
