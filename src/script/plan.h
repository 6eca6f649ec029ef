/* What a lab is described by: tables with the fields of the plans in lab/lab.h. */
#pragma once

#include "lab/lab.h"

#include <lua.h>

/* Unknown keys are ignored: the Lua library has looked for them. Strings are borrowed from the
 * table. luaL_argerror names the field that is wrong. */
struct mh_switch_plan mh_check_switch_plan(lua_State *L, int arg);
struct mh_port_plan mh_check_port_plan(lua_State *L, int arg, int hosts, int switches);
/* As a port, without a switch. */
struct mh_port_plan mh_check_end_plan(lua_State *L, int arg, int hosts);
struct mh_route_plan mh_check_route_plan(lua_State *L, int arg, int ports);
void mh_push_switch_plan(lua_State *L, const struct mh_switch_plan *plan);

/* One field of a plan, "10.0.0.1/24"; AF_UNSPEC when it is nil. */
void mh_prefix_field(lua_State *L, int arg, const char *field, sa_family_t family,
    struct mh_addr *ret_address, uint8_t *ret_length);
