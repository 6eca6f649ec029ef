/* What the bindings of a lab share. */
#pragma once

#include "lab/lab.h"

#include <lauxlib.h>

#include <stdbool.h>

struct mh_condition;
struct mh_fd_watch;

/* The user value is the condition. `lab` is NULL once closed, so closing twice is harmless. */
struct mh_lab_box {
    struct mh_lab *lab;
    struct mh_fd_watch *watch;         /* on the switches' tables, from build on */
    struct mh_fd_watch *carrier_watch; /* NULL: no cable needs it */
    struct mh_condition *changed;
    int switches, hosts, ports;
    bool built;
};

/* The box that is argument 1, built or not; luaL_argerror when it is closed. */
struct mh_lab_box *mh_check_open_lab(lua_State *L);
/* A number below `count`; luaL_argerror "there is no `what` N". */
int mh_check_lab_number(lua_State *L, int arg, int count, const char *what);
/* The lab behind argument 1; luaL_argerror when it is closed or not built yet. */
struct mh_lab *mh_check_built_lab(lua_State *L);
/* The number of one of its switches. */
int mh_check_switch_number(lua_State *L, int arg);
/* The number of one of its ports. */
int mh_check_port_number(lua_State *L, int arg);

/* lab:add_switch() and others: what there is to be. */
extern const luaL_Reg mh_lab_describe_methods[];

/* lab:mdb(), lab:querier(), lab:port_states(). */
extern const luaL_Reg mh_lab_state_methods[];

/* lab:set_switch() and others: what is changed while the network runs. */
extern const luaL_Reg mh_lab_change_methods[];

/* lab:trunk_place(), lab:make_detour(), lab:insert_detour(), lab:remove_detour(). */
extern const luaL_Reg mh_lab_detour_methods[];
