/* What every binding shares: failures, addresses, times and conditions, to and from the stack.
 */
#pragma once

#include "base/addr.h"
#include "base/error.h"
#include "script/task.h"

#include <lua.h>

#include <stdint.h>

/* Raises the error object of lua-api rule 2: {code, operation, message, hint}. Never returns.
 */
int mh_raise(lua_State *L, const struct mh_error *err);
/* The same object, pushed, with a code that is no errno. */
void mh_push_error(lua_State *L, const char *code, const struct mh_error *err);
/* The metatable that these objects carry, pushed (core.error_metatable). */
void mh_push_error_metatable(lua_State *L);

void mh_push_addr(lua_State *L, const struct mh_addr *addr);
/* luaL_argerror "IPv4 or IPv6 address expected, got '...'" when it is none. */
struct mh_addr mh_check_addr(lua_State *L, int arg);
struct mh_addr mh_opt_addr(lua_State *L, int arg); /* AF_UNSPEC for none or nil */
uint16_t mh_check_port(lua_State *L, int arg);
/* 0: none. */
unsigned mh_check_interface_index(lua_State *L, int arg);

/* A kernel time stamp (realtime ns) as monotonic seconds. */
void mh_push_time(lua_State *L, uint64_t realtime_ns);
/* And back. */
uint64_t mh_check_time(lua_State *L, int arg);
/* Seconds to nanoseconds; nil, none or math.huge: -1 (no deadline). luaL_argerror when negative
 * or not a number. */
int64_t mh_opt_timeout(lua_State *L, int arg);

/* Pushes a core.Condition whose C side the owner signals; the owner keeps it alive by a
 * uservalue or registry reference of its own. */
struct mh_condition *mh_push_condition(lua_State *L);
