/* core.Endpoint: what receivers and senders are made of. What came in and what went out is told
 * in files of their own (endpoint_box.h). */
#include "net/train.h"
#include "script/addr_list.h"
#include "script/bindings.h"
#include "script/convert.h"
#include "script/endpoint_box.h"
#include "script/socket_box.h"
#include "script/vm.h"

#include <errno.h>

#define ENDPOINT_TYPE "mcast.core.endpoint"

/* User value 1 is the condition, 2 the view of the socket, made when it is first asked for.
 * A closed endpoint can still be asked for what it heard and sent: claims come afterwards. */
struct endpoint_box {
    struct mh_endpoint *endpoint;
    struct mh_condition *changed;
};

/* luaL_checkudata() looks the type up by its name, which is dear for a question that is asked
 * of each of a thousand replies. The methods have the metatable as their upvalue. */
static bool is_box(lua_State *L, int arg)
{
    if (!lua_getmetatable(L, arg))
        return false;
    bool same = lua_topointer(L, -1) == lua_topointer(L, lua_upvalueindex(1));
    lua_pop(L, 1);
    return same;
}

static struct endpoint_box *check_box(lua_State *L, int arg)
{
    struct endpoint_box *box =
        is_box(L, arg) ? lua_touserdata(L, arg) : luaL_checkudata(L, arg, ENDPOINT_TYPE);

    luaL_argcheck(
        L, box->endpoint, arg, "endpoint was not opened"); /* its constructor raised */
    return box;
}

struct mh_endpoint *mh_check_endpoint(lua_State *L, int arg)
{
    return check_box(L, arg)->endpoint;
}

struct mh_endpoint *mh_check_open_endpoint(lua_State *L, int arg)
{
    struct mh_endpoint *endpoint = mh_check_endpoint(L, arg);

    luaL_argcheck(L, mh_endpoint_socket(endpoint), arg, "endpoint is closed");
    return endpoint;
}

size_t mh_check_endpoint_number(lua_State *L, int arg, size_t count, const char *what)
{
    lua_Integer number = luaL_checkinteger(L, arg);

    if (number < 1 || (lua_Unsigned)number > count)
        luaL_argerror(L, arg, lua_pushfstring(L, "there is no %s %I", what, number));
    return (size_t)number - 1;
}

/* ---- life ----------------------------------------------------------------------------------
 */

static void on_message(void *context)
{
    mh_condition_signal(context, 0);
}

static struct endpoint_box *push_box(lua_State *L)
{
    struct endpoint_box *box = lua_newuserdatauv(L, sizeof(*box), 2);

    *box = (struct endpoint_box){.endpoint = NULL};
    luaL_setmetatable(L, ENDPOINT_TYPE);
    box->changed = mh_push_condition(L);
    lua_setiuservalue(L, -2, 1);
    return box;
}

/* Looked at before the socket is taken, so that a wrong option costs nobody his socket. Leaves
 * the reply and the list of sources on the stack. */
struct options {
    const char *reply; /* NULL: silent */
    size_t reply_length;
    const struct mh_addr *sources;
    size_t source_count;
    bool track;
};

static struct options check_options(lua_State *L, int arg)
{
    struct options options = {.reply = NULL};

    lua_getfield(L, arg, "track");
    options.track = lua_toboolean(L, -1);
    int type = lua_getfield(L, arg, "reply");
    if (type == LUA_TSTRING)
        options.reply = lua_tolstring(L, -1, &options.reply_length);
    else if (type != LUA_TNIL)
        luaL_argerror(
            L, arg, lua_pushfstring(L, "reply: string expected, got %s", luaL_typename(L, -1)));
    lua_getfield(L, arg, "sources");
    options.sources = mh_check_addr_list(L, lua_gettop(L), arg, &options.source_count);
    return options;
}

/* core.endpoint(socket, options) */
static int endpoint_open(lua_State *L)
{
    struct mh_mcast_socket *socket = mh_check_socket_to_take(L, 1);
    struct mh_error err;

    lua_settop(L, 2);
    if (lua_isnil(L, 2)) {
        lua_newtable(L);
        lua_replace(L, 2);
    }
    luaL_checktype(L, 2, LUA_TTABLE);
    struct options options = check_options(L, 2);
    struct endpoint_box *box = push_box(L);
    if (options.track && mh_mcast_socket_track_departures(socket, &err) < 0)
        return mh_raise(L, &err);

    mh_socket_taken(L, 1);
    if (mh_endpoint_open(mh_vm_traffic(mh_vm_of(L)), socket, &box->endpoint, &err) < 0)
        return mh_raise(L, &err);
    mh_endpoint_on_message(box->endpoint, on_message, box->changed);
    if (mh_endpoint_set_reply(box->endpoint, options.reply, options.reply_length) < 0 ||
        mh_endpoint_set_sources(box->endpoint, options.sources, options.source_count) < 0)
        return luaL_error(L, "not enough memory");
    return 1;
}

/* endpoint:close(), __close. Runs no Lua and never throws. */
static int endpoint_close(lua_State *L)
{
    struct endpoint_box *box = luaL_checkudata(L, 1, ENDPOINT_TYPE);

    if (!box->endpoint || !mh_endpoint_socket(box->endpoint))
        return 0;
    mh_endpoint_stop(box->endpoint);
    mh_condition_signal(box->changed, -ECANCELED);
    return 0;
}

static int endpoint_gc(lua_State *L)
{
    struct endpoint_box *box = luaL_checkudata(L, 1, ENDPOINT_TYPE);

    box->endpoint = mh_endpoint_close(box->endpoint);
    return 0;
}

static int endpoint_changed(lua_State *L)
{
    check_box(L, 1);
    lua_getiuservalue(L, 1, 1);
    return 1;
}

/* endpoint:socket() */
static int endpoint_socket(lua_State *L)
{
    struct endpoint_box *box = check_box(L, 1);

    if (lua_getiuservalue(L, 1, 2) == LUA_TUSERDATA)
        return 1;
    mh_push_socket_view(L, 1, &box->endpoint);
    lua_pushvalue(L, -1);
    lua_setiuservalue(L, 1, 2);
    return 1;
}

/* endpoint:coalesce(enabled): may datagrams that came as one be read as one? */
static int endpoint_coalesce(lua_State *L)
{
    struct mh_endpoint *endpoint = mh_check_open_endpoint(L, 1);

    lua_pushboolean(L,
        mh_mcast_socket_set_coalescing(mh_endpoint_socket(endpoint), lua_toboolean(L, 2)) == 0);
    return 1;
}

/* endpoint:probes() */
static int endpoint_probes(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)mh_endpoint_probes(mh_check_endpoint(L, 1)));
    return 1;
}

static int endpoint_drops(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)mh_endpoint_drops(mh_check_endpoint(L, 1)));
    return 1;
}

/* endpoint:pause(paused) */
static int endpoint_pause(lua_State *L)
{
    int r = mh_endpoint_pause(mh_check_endpoint(L, 1), lua_toboolean(L, 2));
    struct mh_error err;

    if (r < 0) {
        mh_error_set(&err, r, "resume", "watch the socket of an endpoint");
        return mh_raise(L, &err);
    }
    return 0;
}

/* ---- the module -----------------------------------------------------------------------------
 */

/* core.traffic_changed() */
static int traffic_changed(lua_State *L)
{
    mh_vm_push_traffic_changed(L);
    return 1;
}

/* core.drain() */
static int drain(lua_State *L)
{
    mh_traffic_drain(mh_vm_traffic(mh_vm_of(L)));
    return 0;
}

static const luaL_Reg methods[] = {
    {"close", endpoint_close},
    {"pause", endpoint_pause},
    {"changed", endpoint_changed},
    {"socket", endpoint_socket},
    {"coalesce", endpoint_coalesce},
    {"probes", endpoint_probes},
    {"drops", endpoint_drops},
    {NULL, NULL},
};

static const luaL_Reg metamethods[] = {
    {"__close", endpoint_close},
    {"__gc", endpoint_gc},
    {NULL, NULL},
};

static const luaL_Reg functions[] = {
    {"endpoint", endpoint_open},
    {"traffic_changed", traffic_changed},
    {"drain", drain},
    {NULL, NULL},
};

/* Of the table on top of the stack; the metatable is below it. */
static void set_methods(lua_State *L, const luaL_Reg *list)
{
    lua_pushvalue(L, -2);
    luaL_setfuncs(L, list, 1);
}

void mh_bind_endpoint(lua_State *L)
{
    luaL_newmetatable(L, ENDPOINT_TYPE);
    luaL_setfuncs(L, metamethods, 0);
    lua_newtable(L);
    set_methods(L, methods);
    set_methods(L, mh_endpoint_message_methods);
    set_methods(L, mh_endpoint_send_methods);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);

    luaL_setfuncs(L, functions, 0);
}
