/* `require` for the Lua library inside the binary, or in a folder that replaces it. */
#pragma once

#include <lua.h>

/* Puts the library in front of Lua's own path, so that no file beside a scenario shadows it. */
void mh_modules_install(lua_State *L);
