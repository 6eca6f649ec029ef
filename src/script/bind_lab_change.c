/* core.Lab: what is changed while the network runs. */
#include "script/convert.h"
#include "script/lab_box.h"
#include "script/plan.h"

/* lab:set_switch(number, plan) -> seconds until it forwards as it will */
static int lab_set_switch(lua_State *L)
{
    struct mh_lab *lab = mh_check_built_lab(L);
    int number = mh_check_switch_number(L, 2);
    struct mh_switch_plan plan = mh_check_switch_plan(L, 3);
    unsigned grace_ms;
    struct mh_error err;

    if (mh_lab_set_switch(lab, number, &plan, &grace_ms, &err) < 0)
        return mh_raise(L, &err);
    lua_pushnumber(L, grace_ms / 1000.0);
    return 1;
}

static int lab_await_grace(lua_State *L)
{
    struct mh_lab *lab = mh_check_built_lab(L);
    int number = mh_check_switch_number(L, 2);
    struct mh_error err;

    return mh_lab_await_grace(lab, number, &err) < 0 ? mh_raise(L, &err) : 0;
}

/* lab:elect_queriers() -> seconds until all forward as they will */
static int lab_elect_queriers(lua_State *L)
{
    unsigned grace_ms = 0;
    struct mh_error err;

    if (mh_lab_elect_queriers(mh_check_built_lab(L), false, &grace_ms, &err) < 0)
        return mh_raise(L, &err);
    lua_pushnumber(L, grace_ms / 1000.0);
    return 1;
}

static int lab_set_multicast_router(lua_State *L)
{
    struct mh_lab *lab = mh_check_built_lab(L);
    int port = mh_check_port_number(L, 2);
    uint8_t mode = (uint8_t)luaL_checkinteger(L, 3);
    struct mh_error err;

    return mh_lab_set_multicast_router(lab, port, mode, &err) < 0 ? mh_raise(L, &err) : 0;
}

static int lab_multicast_router(lua_State *L)
{
    struct mh_lab *lab = mh_check_built_lab(L);
    int port = mh_check_port_number(L, 2);
    uint8_t mode = 0;
    struct mh_error err;

    if (mh_lab_read_multicast_router(lab, port, &mode, &err) < 0)
        return mh_raise(L, &err);
    lua_pushinteger(L, mode);
    return 1;
}

static int change_mdb(lua_State *L, int (*change)(struct mh_lab *, int, const struct mh_addr *,
                                        const struct mh_addr *, struct mh_error *))
{
    struct mh_lab *lab = mh_check_built_lab(L);
    int port = mh_check_port_number(L, 2);
    struct mh_addr group = mh_check_addr(L, 3);
    struct mh_addr source = mh_opt_addr(L, 4);
    struct mh_error err;

    return change(lab, port, &group, &source, &err) < 0 ? mh_raise(L, &err) : 0;
}

/* lab:add_mdb_entry(port, group [, source]) */
static int lab_add_mdb_entry(lua_State *L)
{
    return change_mdb(L, mh_lab_add_mdb_entry);
}

static int lab_remove_mdb_entry(lua_State *L)
{
    return change_mdb(L, mh_lab_remove_mdb_entry);
}

const luaL_Reg mh_lab_change_methods[] = {
    {"set_switch", lab_set_switch},
    {"await_grace", lab_await_grace},
    {"elect_queriers", lab_elect_queriers},
    {"set_multicast_router", lab_set_multicast_router},
    {"multicast_router", lab_multicast_router},
    {"add_mdb_entry", lab_add_mdb_entry},
    {"remove_mdb_entry", lab_remove_mdb_entry},
    {NULL, NULL},
};
