/* Lua values as JSON text (RFC 8259): one line, keys sorted, always valid UTF-8. */
#pragma once

#include <lua.h>

enum { MH_JSON_DEPTH_MAX = 64 };

/* Pushes the text of the value at `index`. Raises on what has no JSON form. */
void mh_json_encode(lua_State *L, int index);

/* Pushes the metatable that marks a table as an array. */
void mh_json_push_array_metatable(lua_State *L);
