/* core.Mountns: where a host's daemons keep their files. */
#include "script/bindings.h"
#include "script/class.h"
#include "script/convert.h"
#include "script/mountns_box.h"

#include <lauxlib.h>

#include <stdbool.h>

#define MOUNTNS_TYPE "mcast.core.mountns"

struct mountns_box {
    struct mh_mountns mountns;
    bool is_open;
};

/* mountns:close(), __close and __gc */
static int mountns_close(lua_State *L)
{
    struct mountns_box *box = luaL_checkudata(L, 1, MOUNTNS_TYPE);

    if (box->is_open)
        mh_mountns_close(&box->mountns);
    box->is_open = false;
    return 0;
}

/* core.mountns([folder]) */
static int mountns_new(lua_State *L)
{
    const char *folder = luaL_optstring(L, 1, NULL);
    struct mountns_box *box = lua_newuserdatauv(L, sizeof(*box), 0);
    struct mh_error err;

    box->is_open = false;
    luaL_setmetatable(L, MOUNTNS_TYPE);
    if (mh_mountns_create(folder, &box->mountns, &err) < 0)
        return mh_raise(L, &err);
    box->is_open = true;
    return 1;
}

const struct mh_mountns *mh_opt_mountns(lua_State *L, int arg)
{
    if (lua_isnoneornil(L, arg))
        return NULL;
    const struct mountns_box *box = luaL_checkudata(L, arg, MOUNTNS_TYPE);

    luaL_argcheck(L, box->is_open, arg, "mount namespace is closed");
    return &box->mountns;
}

static const luaL_Reg methods[] = {
    {"close", mountns_close},
    {NULL, NULL},
};

static const luaL_Reg metamethods[] = {
    {"__close", mountns_close},
    {"__gc", mountns_close},
    {NULL, NULL},
};

void mh_bind_mountns(lua_State *L)
{
    mh_class_define(L, MOUNTNS_TYPE, methods, metamethods);

    lua_pushcfunction(L, mountns_new);
    lua_setfield(L, -2, "mountns");
}
