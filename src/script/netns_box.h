/* core.Netns: a network namespace, kept alive by a descriptor of its own. */
#pragma once

#include <lua.h>

#include <stdbool.h>
#include <stdint.h>

/* Pushes a Netns over a copy of `fd`; raises when it cannot be copied. */
void mh_push_netns(lua_State *L, int fd);
/* The descriptor, borrowed. */
int mh_check_netns(lua_State *L, int arg);

/* Is it the machine's own? What is to be opened there may be opened from outside (outside.h).
 */
bool mh_is_machine_netns(lua_State *L, int arg);

void mh_push_mac(lua_State *L, const uint8_t mac[static 6]); /* "02:00:00:00:00:01" */

/* Adds machine_netns to the module's table on top of the stack. */
void mh_bind_netns(lua_State *L);
