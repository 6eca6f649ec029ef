/* core.Mroute: the static multicast routes of one family on one host. */
#include "loop/fd_watch.h"
#include "net/mroute_cache.h"
#include "script/bindings.h"
#include "script/class.h"
#include "script/convert.h"
#include "script/guard.h"
#include "script/netns_box.h"
#include "script/socket_box.h"
#include "script/vm.h"

#include <string.h>

#define MROUTE_TYPE "mcast.core.mroute"

/* NULL once closed, so closing twice is harmless. */
struct mroute_box {
    struct mh_mroute *mroute;
    struct mh_fd_watch *watch;
};

static struct mh_mroute *check_open(lua_State *L)
{
    const struct mroute_box *box = luaL_checkudata(L, 1, MROUTE_TYPE);

    luaL_argcheck(L, box->mroute, 1, "multicast routing is closed");
    return box->mroute;
}

static sa_family_t check_family(lua_State *L, int arg)
{
    static const char *const families[] = {"ipv4", "ipv6", NULL};

    return luaL_checkoption(L, arg, NULL, families) == 0 ? AF_INET : AF_INET6;
}

static void on_upcall(void *context, int status)
{
    struct mroute_box *box = context;

    mh_mroute_drain(box->mroute);
    if (status < 0) /* libuv stops at an error condition */
        (void)mh_fd_watch_start(box->watch, on_upcall, box);
}

static int watch_upcalls(lua_State *L, struct mroute_box *box)
{
    uv_loop_t *loop = mh_vm_loop(mh_vm_of(L));
    int r = mh_fd_watch_new(loop, mh_mroute_fd(box->mroute), &box->watch);

    return r < 0 ? r : mh_fd_watch_start(box->watch, on_upcall, box);
}

/* core.mroute(netns, family) */
static int mroute_open(lua_State *L)
{
    int netns = mh_check_netns(L, 1);
    sa_family_t family = check_family(L, 2);
    struct mh_error err;

    struct mroute_box *box = lua_newuserdatauv(L, sizeof(*box), 0);
    *box = (struct mroute_box){.mroute = NULL};
    luaL_setmetatable(L, MROUTE_TYPE);
    if (mh_mroute_open(netns, family, &box->mroute, &err) < 0)
        return mh_raise(L, &err);
    int r = watch_upcalls(L, box);
    if (r < 0) {
        mh_error_set(&err, r, "watch", "for datagrams without a route");
        return mh_raise(L, &err);
    }
    return 1;
}

/* mroute:close(), __close and __gc. Runs no Lua and never throws. */
static int mroute_close(lua_State *L)
{
    struct mroute_box *box = luaL_checkudata(L, 1, MROUTE_TYPE);

    box->watch = mh_fd_watch_close(box->watch);
    box->mroute = mh_mroute_free(box->mroute);
    return 0;
}

/* ---- entries -------------------------------------------------------------------------------
 */

static struct mh_addr address_field(lua_State *L, int arg, const char *field)
{
    lua_getfield(L, arg, field);
    struct mh_addr address = mh_opt_addr(L, -1);
    lua_pop(L, 1);
    return address;
}

static unsigned integer_field(lua_State *L, int arg, const char *field, lua_Integer most)
{
    lua_getfield(L, arg, field);
    lua_Integer value = lua_tointeger(L, -1);
    lua_pop(L, 1);
    if (value < 1 || value > most)
        luaL_argerror(L, arg, lua_pushfstring(L, "%s: expected 1 to %I", field, most));
    return (unsigned)value;
}

static void read_outputs(lua_State *L, int arg, struct mh_mroute_entry *entry)
{
    if (lua_getfield(L, arg, "outputs") != LUA_TTABLE)
        luaL_argerror(L, arg, "outputs: table expected");
    lua_Integer count = luaL_len(L, -1);
    luaL_argcheck(L, count <= MH_MROUTE_INTERFACES_MAX, arg, "outputs: more than 32");
    for (lua_Integer i = 1; i <= count; i++) {
        lua_geti(L, -1, i);
        entry->outputs[entry->output_count++] = (struct mh_mroute_output){
            .interface_index = integer_field(L, lua_gettop(L), "interface", INT32_MAX),
            .ttl_threshold = (uint8_t)integer_field(L, lua_gettop(L), "ttl_threshold", 254),
        };
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

/* {source =, group =, incoming =, outputs = {{interface =, ttl_threshold =}, ...}} */
static struct mh_mroute_entry check_entry(lua_State *L, int arg)
{
    struct mh_mroute_entry entry;

    luaL_checktype(L, arg, LUA_TTABLE);
    memset(&entry, 0, sizeof(entry));
    entry.source = address_field(L, arg, "source");
    entry.group = address_field(L, arg, "group");
    entry.incoming = integer_field(L, arg, "incoming", INT32_MAX);
    read_outputs(L, arg, &entry);
    return entry;
}

static int mroute_add(lua_State *L)
{
    struct mh_mroute *mroute = check_open(L);
    struct mh_mroute_entry entry = check_entry(L, 2);
    struct mh_error err;

    return mh_mroute_add(mroute, &entry, &err) < 0 ? mh_raise(L, &err) : 0;
}

static int mroute_remove(lua_State *L)
{
    struct mh_mroute *mroute = check_open(L);
    struct mh_mroute_entry entry = check_entry(L, 2);
    struct mh_error err;

    return mh_mroute_remove(mroute, &entry, &err) < 0 ? mh_raise(L, &err) : 0;
}

/* ---- reading -------------------------------------------------------------------------------
 */

static void set_counters(lua_State *L, const struct mh_mroute_counters *counters)
{
    lua_pushinteger(L, (lua_Integer)counters->packets);
    lua_setfield(L, -2, "packets");
    lua_pushinteger(L, (lua_Integer)counters->bytes);
    lua_setfield(L, -2, "bytes");
    lua_pushinteger(L, (lua_Integer)counters->wrong_interface);
    lua_setfield(L, -2, "wrong_interface");
}

/* mroute:count(entry) */
static int mroute_count(lua_State *L)
{
    struct mh_mroute *mroute = check_open(L);
    struct mh_mroute_entry entry = check_entry(L, 2);
    struct mh_mroute_counters counters;
    struct mh_error err;

    if (mh_mroute_count(mroute, &entry, &counters, &err) < 0)
        return mh_raise(L, &err);
    lua_createtable(L, 0, 3);
    set_counters(L, &counters);
    return 1;
}

static void push_outputs(lua_State *L, const struct mh_mroute_entry *entry)
{
    lua_createtable(L, (int)entry->output_count, 0);
    for (size_t i = 0; i < entry->output_count; i++) {
        lua_createtable(L, 0, 2);
        lua_pushinteger(L, entry->outputs[i].interface_index);
        lua_setfield(L, -2, "interface");
        lua_pushinteger(L, entry->outputs[i].ttl_threshold);
        lua_setfield(L, -2, "ttl_threshold");
        lua_seti(L, -2, (lua_Integer)i + 1);
    }
}

static void push_cached(lua_State *L, const struct mh_mroute_cached *cached)
{
    lua_createtable(L, 0, 8);
    if (cached->entry.source.family != AF_UNSPEC) {
        mh_push_addr(L, &cached->entry.source);
        lua_setfield(L, -2, "source");
    }
    mh_push_addr(L, &cached->entry.group);
    lua_setfield(L, -2, "group");
    lua_pushinteger(L, cached->entry.incoming);
    lua_setfield(L, -2, "incoming");
    lua_pushboolean(L, cached->resolved);
    lua_setfield(L, -2, "resolved");
    push_outputs(L, &cached->entry);
    lua_setfield(L, -2, "outputs");
    set_counters(L, &cached->counters);
}

/* core.mroutes(netns, family) */
static int list_mroutes(lua_State *L)
{
    int netns = mh_check_netns(L, 1);
    sa_family_t family = check_family(L, 2);
    void **guard = mh_push_guard(L);
    struct mh_mroute_cached *entries;
    size_t count;
    struct mh_error err;

    if (mh_mroute_cache_read(netns, family, &entries, &count, &err) < 0)
        return mh_raise(L, &err);
    *guard = entries;
    lua_createtable(L, (int)count, 0);
    for (size_t i = 0; i < count; i++) {
        push_cached(L, &entries[i]);
        lua_seti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

static const luaL_Reg methods[] = {
    {"add", mroute_add},
    {"remove", mroute_remove},
    {"count", mroute_count},
    {"close", mroute_close},
    {NULL, NULL},
};

static const luaL_Reg metamethods[] = {
    {"__close", mroute_close},
    {"__gc", mroute_close},
    {NULL, NULL},
};

void mh_bind_mroute(lua_State *L)
{
    mh_class_define(L, MROUTE_TYPE, methods, metamethods);

    lua_pushcfunction(L, mroute_open);
    lua_setfield(L, -2, "mroute");
    lua_pushcfunction(L, list_mroutes);
    lua_setfield(L, -2, "mroutes");
}
