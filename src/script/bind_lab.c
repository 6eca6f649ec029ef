/* core.Lab: a virtual network, built and watched. What else is done with one is in files of its
 * own (lab_box.h). */
#include "lab/lab.h"
#include "loop/fd_watch.h"
#include "script/bindings.h"
#include "script/class.h"
#include "script/convert.h"
#include "script/lab_box.h"
#include "script/netns_box.h"
#include "script/plan.h"
#include "script/vm.h"

#include <lauxlib.h>

#include <errno.h>

#define LAB_TYPE "mcast.core.lab"

struct mh_lab_box *mh_check_open_lab(lua_State *L)
{
    struct mh_lab_box *box = luaL_checkudata(L, 1, LAB_TYPE);

    luaL_argcheck(L, box->lab, 1, "lab is closed");
    return box;
}

static struct mh_lab_box *check_built(lua_State *L)
{
    struct mh_lab_box *box = mh_check_open_lab(L);

    luaL_argcheck(L, box->built, 1, "lab is not built yet");
    return box;
}

int mh_check_lab_number(lua_State *L, int arg, int count, const char *what)
{
    lua_Integer number = luaL_checkinteger(L, arg);

    if (number < 0 || number >= count)
        luaL_argerror(L, arg, lua_pushfstring(L, "there is no %s %I", what, number));
    return (int)number;
}

struct mh_lab *mh_check_built_lab(lua_State *L)
{
    return check_built(L)->lab;
}

int mh_check_switch_number(lua_State *L, int arg)
{
    return mh_check_lab_number(L, arg, check_built(L)->switches, "switch");
}

int mh_check_port_number(lua_State *L, int arg)
{
    return mh_check_lab_number(L, arg, check_built(L)->ports, "port");
}

/* core.lab() */
static int lab_new(lua_State *L)
{
    struct mh_lab_box *box = lua_newuserdatauv(L, sizeof(*box), 1);

    *box = (struct mh_lab_box){.lab = NULL};
    luaL_setmetatable(L, LAB_TYPE);
    box->changed = mh_push_condition(L);
    lua_setiuservalue(L, -2, 1);
    box->lab = mh_lab_new();
    return box->lab ? 1 : luaL_error(L, "not enough memory");
}

/* ---- building -------------------------------------------------------------------------------
 */

static void update_tables(struct mh_lab_box *box)
{
    int changes = mh_lab_mdb_update(box->lab, NULL);

    if (changes != 0) /* an error too: whoever waits looks again */
        mh_condition_signal(box->changed, 0);
}

static void on_table_changed(void *context, int status)
{
    struct mh_lab_box *box = context;

    update_tables(box);
    if (status < 0) /* libuv stops at an error condition; the reading above took it */
        (void)mh_fd_watch_start(box->watch, on_table_changed, box);
}

static int watch_tables(lua_State *L, struct mh_lab_box *box)
{
    uv_loop_t *loop = mh_vm_loop(mh_vm_of(L));
    int r = mh_fd_watch_new(loop, mh_lab_mdb_fd(box->lab), &box->watch);

    return r < 0 ? r : mh_fd_watch_start(box->watch, on_table_changed, box);
}

static void on_carrier(void *context, int status)
{
    struct mh_lab_box *box = context;

    (void)mh_lab_follow_carriers(box->lab, NULL); /* whoever waits for a carrier tells */
    if (status < 0)
        (void)mh_fd_watch_start(box->carrier_watch, on_carrier, box);
}

static int watch_carriers(lua_State *L, struct mh_lab_box *box)
{
    int fd = mh_lab_carrier_fd(box->lab);
    int r = fd < 0 ? 0 : mh_fd_watch_new(mh_vm_loop(mh_vm_of(L)), fd, &box->carrier_watch);

    return r < 0 || fd < 0 ? r : mh_fd_watch_start(box->carrier_watch, on_carrier, box);
}

static int lab_build(lua_State *L)
{
    struct mh_lab_box *box = mh_check_open_lab(L);
    struct mh_error err;

    luaL_argcheck(L, !box->built, 1, "lab is built already");
    if (mh_lab_build(box->lab, &err) < 0)
        return mh_raise(L, &err);
    int r = watch_tables(L, box);
    if (r >= 0)
        r = watch_carriers(L, box);
    if (r < 0) {
        mh_error_set(&err, r, "watch", "the switches");
        return mh_raise(L, &err);
    }
    box->built = true;
    return 0;
}

/* ---- settling -------------------------------------------------------------------------------
 */

static int lab_settle(lua_State *L)
{
    struct mh_error err;

    return mh_lab_settle(check_built(L)->lab, &err) < 0 ? mh_raise(L, &err) : 0;
}

/* What the switch has learnt and forgotten by then is known. */
static int settle_one(
    lua_State *L, int (*settle)(struct mh_lab *lab, int port, struct mh_error *err))
{
    struct mh_lab_box *box = check_built(L);
    int port = mh_check_port_number(L, 2);
    struct mh_error err;

    if (settle(box->lab, port, &err) < 0)
        return mh_raise(L, &err);
    on_table_changed(box, 0);
    return 0;
}

static int lab_settle_port(lua_State *L)
{
    return settle_one(L, mh_lab_settle_port);
}

static int lab_settle_loss(lua_State *L)
{
    return settle_one(L, mh_lab_settle_loss);
}

static int lab_follow_carriers(lua_State *L)
{
    struct mh_error err;

    return mh_lab_follow_carriers(mh_check_built_lab(L), &err) < 0 ? mh_raise(L, &err) : 0;
}

static int lab_introduce(lua_State *L)
{
    struct mh_lab_box *box = check_built(L);
    int host = mh_check_lab_number(L, 2, box->hosts, "host");
    struct mh_error err;

    return mh_lab_introduce(box->lab, host, &err) < 0 ? mh_raise(L, &err) : 0;
}

/* ---- looking -------------------------------------------------------------------------------
 */

static int lab_port(lua_State *L)
{
    struct mh_lab_box *box = check_built(L);
    const struct mh_port *port = mh_lab_port(box->lab, mh_check_port_number(L, 2));

    lua_createtable(L, 0, 5);
    lua_pushstring(L, port->interface);
    lua_setfield(L, -2, "interface");
    lua_pushinteger(L, port->interface_index);
    lua_setfield(L, -2, "index");
    mh_push_mac(L, port->mac);
    lua_setfield(L, -2, "mac");
    lua_pushstring(L, port->switch_device);
    lua_setfield(L, -2, "switch_device");
    lua_pushinteger(L, port->switch_index);
    lua_setfield(L, -2, "switch_index");
    return 1;
}

static int lab_netns(lua_State *L)
{
    struct mh_lab_box *box = check_built(L);
    int host = mh_check_lab_number(L, 2, box->hosts, "host");

    mh_push_netns(L, mh_lab_host_netns(box->lab, host));
    return 1;
}

static int lab_switches_netns(lua_State *L)
{
    mh_push_netns(L, mh_lab_switch_netns(check_built(L)->lab));
    return 1;
}

/* lab:trunk(number) -> index of its first end, of its second end */
static int lab_trunk(lua_State *L)
{
    struct mh_lab_box *box = check_built(L);
    int number = (int)luaL_checkinteger(L, 2);

    for (int end = 0; end < 2; end++)
        lua_pushinteger(L, mh_lab_trunk_index(box->lab, number, end));
    return 2;
}

static int lab_read_switch(lua_State *L)
{
    struct mh_lab_box *box = check_built(L);
    int number = mh_check_switch_number(L, 2);
    struct mh_switch_plan plan;
    struct mh_error err;

    if (mh_lab_read_switch(box->lab, number, &plan, &err) < 0)
        return mh_raise(L, &err);
    mh_push_switch_plan(L, &plan);
    return 1;
}

/* lab:has_group(port, group [, source]) */
static int lab_has_group(lua_State *L)
{
    struct mh_lab_box *box = check_built(L);
    int port = mh_check_port_number(L, 2);
    struct mh_addr group = mh_check_addr(L, 3);
    struct mh_addr source = mh_opt_addr(L, 4);

    lua_pushboolean(L, mh_lab_port_has_group(box->lab, port, &group, &source));
    return 1;
}

/* lab:update() */
static int lab_update(lua_State *L)
{
    update_tables(check_built(L));
    return 0;
}

static int lab_changed(lua_State *L)
{
    mh_check_open_lab(L);
    lua_getiuservalue(L, 1, 1);
    return 1;
}

/* lab:close(), __close and __gc. Runs no Lua and never throws. */
static int lab_close(lua_State *L)
{
    struct mh_lab_box *box = luaL_checkudata(L, 1, LAB_TYPE);

    box->watch = mh_fd_watch_close(box->watch);
    box->carrier_watch = mh_fd_watch_close(box->carrier_watch);
    box->lab = mh_lab_free(box->lab);
    if (box->changed)
        mh_condition_signal(box->changed, -ECANCELED);
    return 0;
}

static const luaL_Reg lab_methods[] = {
    {"trunk", lab_trunk},
    {"build", lab_build},
    {"settle", lab_settle},
    {"settle_port", lab_settle_port},
    {"settle_loss", lab_settle_loss},
    {"follow_carriers", lab_follow_carriers},
    {"switches_netns", lab_switches_netns},
    {"introduce", lab_introduce},
    {"port", lab_port},
    {"netns", lab_netns},
    {"read_switch", lab_read_switch},
    {"has_group", lab_has_group},
    {"update", lab_update},
    {"changed", lab_changed},
    {"close", lab_close},
    {NULL, NULL},
};

static const luaL_Reg lab_metamethods[] = {
    {"__close", lab_close},
    {"__gc", lab_close},
    {NULL, NULL},
};

void mh_bind_lab(lua_State *L)
{
    mh_class_define(L, LAB_TYPE, lab_methods, lab_metamethods);
    mh_class_extend(L, LAB_TYPE, mh_lab_describe_methods);
    mh_class_extend(L, LAB_TYPE, mh_lab_state_methods);
    mh_class_extend(L, LAB_TYPE, mh_lab_change_methods);
    mh_class_extend(L, LAB_TYPE, mh_lab_detour_methods);

    lua_pushcfunction(L, lab_new);
    lua_setfield(L, -2, "lab");
    mh_bind_netns(L);
}
