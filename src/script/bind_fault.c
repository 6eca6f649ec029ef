/* core.Outage, core.Block, and the processes of a host: an interface that is down, a firewall
 * rule, a host that stands still. */
#include "lab/block.h"
#include "lab/outage.h"
#include "net/resident.h"
#include "script/bindings.h"
#include "script/class.h"
#include "script/convert.h"
#include "script/netns_box.h"

#include <lauxlib.h>

#include <string.h>

#define OUTAGE_TYPE "mcast.core.outage"
#define BLOCK_TYPE "mcast.core.block"

struct outage_box {
    struct mh_outage *outage; /* NULL once closed */
};

struct block_box {
    struct mh_block *block; /* NULL once closed */
};

/* ---- outages --------------------------------------------------------------------------------
 */

/* core.outage(netns, index, name) */
static int outage_begin(lua_State *L)
{
    int netns = mh_check_netns(L, 1);
    unsigned index = (unsigned)luaL_checkinteger(L, 2);
    const char *name = luaL_checkstring(L, 3);
    struct outage_box *box = lua_newuserdatauv(L, sizeof(*box), 0);
    struct mh_error err;

    box->outage = NULL;
    luaL_setmetatable(L, OUTAGE_TYPE);
    return mh_outage_begin(netns, index, name, &box->outage, &err) < 0 ? mh_raise(L, &err) : 1;
}

/* outage:finish() */
static int outage_finish(lua_State *L)
{
    struct outage_box *box = luaL_checkudata(L, 1, OUTAGE_TYPE);
    struct mh_error err;

    luaL_argcheck(L, box->outage, 1, "outage is closed");
    return mh_outage_end(box->outage, &err) < 0 ? mh_raise(L, &err) : 0;
}

/* __gc leaves the interface down. */
static int outage_free(lua_State *L)
{
    struct outage_box *box = luaL_checkudata(L, 1, OUTAGE_TYPE);

    box->outage = mh_outage_free(box->outage);
    return 0;
}

static const luaL_Reg outage_methods[] = {
    {"finish", outage_finish},
    {NULL, NULL},
};

static const luaL_Reg outage_metamethods[] = {
    {"__gc", outage_free},
    {NULL, NULL},
};

/* ---- blocks ---------------------------------------------------------------------------------
 */

static bool boolean_field(lua_State *L, int arg, const char *field)
{
    lua_getfield(L, arg, field);
    bool value = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return value;
}

static struct mh_addr address_field(lua_State *L, int arg, const char *field)
{
    lua_getfield(L, arg, field);
    struct mh_addr address = mh_opt_addr(L, lua_gettop(L));
    lua_pop(L, 1);
    return address;
}

static struct mh_block_plan check_plan(lua_State *L, int arg)
{
    luaL_checktype(L, arg, LUA_TTABLE);
    lua_getfield(L, arg, "port");
    lua_Integer port = luaL_optinteger(L, -1, 0);
    lua_pop(L, 1);
    luaL_argcheck(L, port >= 0 && port <= UINT16_MAX, arg, "port: 0 to 65535 expected");
    return (struct mh_block_plan){
        .group = address_field(L, arg, "group"),
        .source = address_field(L, arg, "source"),
        .port = (uint16_t)port,
        .in = boolean_field(L, arg, "incoming"),
        .out = boolean_field(L, arg, "outgoing"),
    };
}

/* core.block(netns, plan) */
static int block_open(lua_State *L)
{
    int netns = mh_check_netns(L, 1);
    struct mh_block_plan plan = check_plan(L, 2);
    struct block_box *box = lua_newuserdatauv(L, sizeof(*box), 0);
    struct mh_error err;

    box->block = NULL;
    luaL_setmetatable(L, BLOCK_TYPE);
    return mh_block_open(netns, &plan, &box->block, &err) < 0 ? mh_raise(L, &err) : 1;
}

/* block:count() -> packets, bytes */
static int block_count(lua_State *L)
{
    struct block_box *box = luaL_checkudata(L, 1, BLOCK_TYPE);
    struct mh_block_count count;
    struct mh_error err;

    luaL_argcheck(L, box->block, 1, "block is closed");
    if (mh_block_read(box->block, &count, &err) < 0)
        return mh_raise(L, &err);
    lua_pushinteger(L, (lua_Integer)count.packets);
    lua_pushinteger(L, (lua_Integer)count.bytes);
    return 2;
}

/* block:close() and __gc */
static int block_close(lua_State *L)
{
    struct block_box *box = luaL_checkudata(L, 1, BLOCK_TYPE);

    box->block = mh_block_close(box->block);
    return 0;
}

static const luaL_Reg block_methods[] = {
    {"count", block_count},
    {"close", block_close},
    {NULL, NULL},
};

static const luaL_Reg block_metamethods[] = {
    {"__gc", block_close},
    {NULL, NULL},
};

/* ---- the processes of a host ----------------------------------------------------------------
 */

/* core.stop_residents(netns), core.continue_residents(netns) -> how many */
static int push_count(lua_State *L, int count, const struct mh_error *err)
{
    if (count < 0)
        return mh_raise(L, err);
    lua_pushinteger(L, count);
    return 1;
}

static int stop_residents(lua_State *L)
{
    struct mh_error err;

    return push_count(L, mh_residents_stop(mh_check_netns(L, 1), &err), &err);
}

static int continue_residents(lua_State *L)
{
    struct mh_error err;

    return push_count(L, mh_residents_continue(mh_check_netns(L, 1), &err), &err);
}

void mh_bind_fault(lua_State *L)
{
    mh_class_define(L, OUTAGE_TYPE, outage_methods, outage_metamethods);
    mh_class_define(L, BLOCK_TYPE, block_methods, block_metamethods);
    lua_pushcfunction(L, outage_begin);
    lua_setfield(L, -2, "outage");
    lua_pushcfunction(L, block_open);
    lua_setfield(L, -2, "block");
    lua_pushcfunction(L, stop_residents);
    lua_setfield(L, -2, "stop_residents");
    lua_pushcfunction(L, continue_residents);
    lua_setfield(L, -2, "continue_residents");
}
