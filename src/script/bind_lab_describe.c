/* core.Lab: what a network is to consist of. */
#include "script/convert.h"
#include "script/lab_box.h"
#include "script/plan.h"

static int lab_add_switch(lua_State *L)
{
    struct mh_lab_box *box = mh_check_open_lab(L);
    struct mh_switch_plan plan = mh_check_switch_plan(L, 2);
    struct mh_error err;

    int number = mh_lab_add_switch(box->lab, &plan, &err);
    if (number < 0)
        return mh_raise(L, &err);
    box->switches++;
    lua_pushinteger(L, number);
    return 1;
}

static int add_host(
    lua_State *L, int (*add)(struct mh_lab *lab, const char *name, struct mh_error *err))
{
    struct mh_lab_box *box = mh_check_open_lab(L);
    struct mh_error err;

    int number = add(box->lab, luaL_checkstring(L, 2), &err);
    if (number < 0)
        return mh_raise(L, &err);
    box->hosts++;
    lua_pushinteger(L, number);
    return 1;
}

static int lab_add_host(lua_State *L)
{
    return add_host(L, mh_lab_add_host);
}

static int lab_add_router(lua_State *L)
{
    return add_host(L, mh_lab_add_router);
}

/* lab:add_cable(end, end) */
static int lab_add_cable(lua_State *L)
{
    struct mh_lab_box *box = mh_check_open_lab(L);
    struct mh_port_plan ends[2] = {
        mh_check_end_plan(L, 2, box->hosts), mh_check_end_plan(L, 3, box->hosts)};
    struct mh_error err;

    int number = mh_lab_add_cable(box->lab, ends, &err);
    if (number < 0)
        return mh_raise(L, &err);
    box->ports += 2;
    lua_pushinteger(L, number);
    return 1;
}

/* lab:add_trunk(switch, switch) */
static int lab_add_trunk(lua_State *L)
{
    struct mh_lab_box *box = mh_check_open_lab(L);
    int a = mh_check_lab_number(L, 2, box->switches, "switch");
    int b = mh_check_lab_number(L, 3, box->switches, "switch");
    struct mh_error err;

    int number = mh_lab_add_trunk(box->lab, a, b, &err);
    if (number < 0)
        return mh_raise(L, &err);
    lua_pushinteger(L, number);
    return 1;
}

static int lab_add_route(lua_State *L)
{
    struct mh_lab_box *box = mh_check_open_lab(L);
    struct mh_route_plan plan = mh_check_route_plan(L, 2, box->ports);
    struct mh_error err;

    return mh_lab_add_route(box->lab, &plan, &err) < 0 ? mh_raise(L, &err) : 0;
}

static int lab_add_port(lua_State *L)
{
    struct mh_lab_box *box = mh_check_open_lab(L);
    struct mh_port_plan plan = mh_check_port_plan(L, 2, box->hosts, box->switches);
    struct mh_error err;

    int number = mh_lab_add_port(box->lab, &plan, &err);
    if (number < 0)
        return mh_raise(L, &err);
    box->ports++;
    lua_pushinteger(L, number);
    return 1;
}

const luaL_Reg mh_lab_describe_methods[] = {
    {"add_switch", lab_add_switch},
    {"add_host", lab_add_host},
    {"add_router", lab_add_router},
    {"add_port", lab_add_port},
    {"add_cable", lab_add_cable},
    {"add_trunk", lab_add_trunk},
    {"add_route", lab_add_route},
    {NULL, NULL},
};
