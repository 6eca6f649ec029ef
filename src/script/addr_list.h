/* A Lua list of address strings, as C has it. */
#pragma once

#include "base/addr.h"

#include <lua.h>

#include <stddef.h>

/* Pushes a userdata that holds the addresses of the list at `index`, and returns them; NULL and
 * 0 for none or nil. luaL_argerror about argument `arg` names the element that is no address.
 */
const struct mh_addr *mh_check_addr_list(lua_State *L, int index, int arg, size_t *ret_count);
void mh_push_addr_list(lua_State *L, const struct mh_addr *list, size_t count);
