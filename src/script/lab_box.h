/* What the bindings of a lab share. */
#pragma once

#include "lab/lab.h"

#include <lauxlib.h>

/* The lab behind argument 1; luaL_argerror when it is closed or not built yet. */
struct mh_lab *mh_check_built_lab(lua_State *L);
/* The number of one of its switches. */
int mh_check_switch_number(lua_State *L, int arg);
/* The number of one of its ports. */
int mh_check_port_number(lua_State *L, int arg);

/* lab:mdb(), lab:querier(), lab:port_states(). */
extern const luaL_Reg mh_lab_state_methods[];

/* lab:set_switch() and others: what is changed while the network runs. */
extern const luaL_Reg mh_lab_change_methods[];
