/* One spelling for what Lua 5.4's releases and 5.5 call differently. */
#pragma once

#include <lauxlib.h>
#include <lua.h>

#if LUA_VERSION_NUM >= 505
#define mh_lua_newstate(alloc, context) lua_newstate(alloc, context, luaL_makeseed(NULL))
#else
#define mh_lua_newstate(alloc, context) lua_newstate(alloc, context)
#endif

/* Closes the pending to-be-closed variables of a thread that is not running; `from` closes it.
 */
#if LUA_VERSION_RELEASE_NUM >= 50406
#define mh_lua_close_thread(thread, from) lua_closethread(thread, from)
#else
#define mh_lua_close_thread(thread, from) ((void)(from), lua_resetthread(thread))
#endif
