/* Signals as Lua has them: by the names of signal(7). */
#pragma once

#include <lua.h>

/* "SIGTERM"; "signal 40" for one without a name. */
void mh_push_signal_name(lua_State *L, int number);
/* By name or number; luaL_argerror for a name that is none. */
int mh_check_signal(lua_State *L, int arg);
/* core.signals() -> names */
int mh_signal_names(lua_State *L);
