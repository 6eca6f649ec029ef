/* core.Observer: what the network delivered at one interface. */
#include "script/bindings.h"
#include "script/class.h"
#include "script/convert.h"
#include "script/loss_runs.h"
#include "script/netns_box.h"
#include "script/vm.h"
#include "traffic/observer.h"

#include <errno.h>

#define OBSERVER_TYPE "mcast.core.observer"

/* NULL once closed, so closing twice is harmless. */
struct observer_box {
    struct mh_observer *observer;
};

static struct mh_observer *check_open(lua_State *L)
{
    const struct observer_box *box = luaL_checkudata(L, 1, OBSERVER_TYPE);

    luaL_argcheck(L, box->observer, 1, "observer is closed");
    return box->observer;
}

/* core.observer(netns, interface [, group [, keep_data]]) */
static int observer_open(lua_State *L)
{
    int netns = mh_check_netns(L, 1);
    unsigned interface = mh_check_interface_index(L, 2);
    struct mh_addr group = mh_opt_addr(L, 3);
    bool keep_data = lua_toboolean(L, 4);
    struct mh_frame_socket *socket;
    struct mh_error err;

    struct observer_box *box = lua_newuserdatauv(L, sizeof(*box), 0);
    box->observer = NULL;
    luaL_setmetatable(L, OBSERVER_TYPE);
    if (mh_frame_socket_open(netns, interface, &socket, &err) < 0)
        return mh_raise(L, &err);
    struct mh_traffic *traffic = mh_vm_traffic(mh_vm_of(L));
    if (mh_observer_open(traffic, socket, &group, keep_data, &box->observer, &err) < 0)
        return mh_raise(L, &err);
    return 1;
}

/* observer:close(), __close and __gc. Runs no Lua and never throws. */
static int observer_close(lua_State *L)
{
    struct observer_box *box = luaL_checkudata(L, 1, OBSERVER_TYPE);

    box->observer = mh_observer_close(box->observer);
    return 0;
}

static int observer_count(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)mh_observer_count(check_open(L)));
    return 1;
}

static void push_frame(lua_State *L, const struct mh_observed *frame)
{
    lua_createtable(L, 0, 9);
    mh_push_time(L, frame->time_ns);
    lua_setfield(L, -2, "time");
    mh_push_addr(L, &frame->source);
    lua_setfield(L, -2, "source");
    mh_push_addr(L, &frame->group);
    lua_setfield(L, -2, "group");
    lua_pushinteger(L, frame->protocol);
    lua_setfield(L, -2, "protocol");
    lua_pushinteger(L, frame->ttl);
    lua_setfield(L, -2, "ttl");
    lua_pushinteger(L, frame->source_port);
    lua_setfield(L, -2, "source_port");
    lua_pushinteger(L, frame->port);
    lua_setfield(L, -2, "port");
    lua_pushinteger(L, (lua_Integer)frame->length);
    lua_setfield(L, -2, "length");
    if (frame->data) {
        lua_pushlstring(L, (const char *)frame->data, frame->length);
        lua_setfield(L, -2, "data");
    }
}

static const struct mh_observed *check_frame(lua_State *L)
{
    const struct mh_observer *observer = check_open(L);
    lua_Integer number = luaL_checkinteger(L, 2);

    if (number < 1 || (lua_Unsigned)number > mh_observer_count(observer))
        luaL_argerror(L, 2, lua_pushfstring(L, "there is no frame %I", number));
    return mh_observer_frame(observer, (size_t)number - 1);
}

/* observer:frame(i) */
static int observer_frame(lua_State *L)
{
    push_frame(L, check_frame(L));
    return 1;
}

/* observer:sighting(i) -> of which stream of this run frame i is a probe, or nil, and its time
 */
static int observer_sighting(lua_State *L)
{
    const struct mh_observed *frame = check_frame(L);

    if (frame->stream > 0)
        lua_pushinteger(L, frame->stream);
    else
        lua_pushnil(L);
    mh_push_time(L, frame->time_ns);
    return 2;
}

/* observer:tally(from, stream, since) -> last|nil, count */
static int observer_tally(lua_State *L)
{
    const struct mh_observer *observer = check_open(L);
    lua_Integer from = luaL_checkinteger(L, 2);
    lua_Integer stream = luaL_checkinteger(L, 3);
    uint64_t since_ns = mh_check_time(L, 4);

    luaL_argcheck(L, from >= 1, 2, "frames are counted from 1");
    luaL_argcheck(L, stream >= 1 && stream <= UINT32_MAX, 3, "streams are counted from 1");
    struct mh_observed_tally tally =
        mh_observer_tally(observer, (size_t)from - 1, (uint32_t)stream, since_ns);
    if (tally.last_ns > 0)
        mh_push_time(L, tally.last_ns);
    else
        lua_pushnil(L);
    lua_pushinteger(L, (lua_Integer)tally.since);
    return 2;
}

/* observer:loss_runs(stream) -> span, lost, longest */
static int observer_loss_runs(lua_State *L)
{
    const struct mh_observer *observer = check_open(L);
    lua_Integer stream = luaL_checkinteger(L, 2);
    struct mh_loss_runs runs;

    luaL_argcheck(L, stream >= 1 && stream <= UINT32_MAX, 2, "streams are counted from 1");
    if (mh_observer_loss_runs(observer, (uint32_t)stream, &runs) < 0)
        return luaL_error(L, "not enough memory");
    return mh_push_loss_runs(L, &runs);
}

static int observer_leave_to_reader(lua_State *L)
{
    mh_observer_leave_to_reader(check_open(L));
    return 0;
}

static int observer_read(lua_State *L)
{
    mh_observer_read(check_open(L));
    return 0;
}

static int observer_drops(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)mh_observer_drops(check_open(L)));
    return 1;
}

static int observer_downs(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)mh_observer_downs(check_open(L)));
    return 1;
}

/* observer:changed(). The one of all traffic: who waits looks again anyway. */
static int observer_changed(lua_State *L)
{
    check_open(L);
    mh_vm_push_traffic_changed(L);
    return 1;
}

static const luaL_Reg methods[] = {
    {"close", observer_close},
    {"count", observer_count},
    {"frame", observer_frame},
    {"sighting", observer_sighting},
    {"tally", observer_tally},
    {"loss_runs", observer_loss_runs},
    {"leave_to_reader", observer_leave_to_reader},
    {"read", observer_read},
    {"drops", observer_drops},
    {"downs", observer_downs},
    {"changed", observer_changed},
    {NULL, NULL},
};

static const luaL_Reg metamethods[] = {
    {"__close", observer_close},
    {"__gc", observer_close},
    {NULL, NULL},
};

void mh_bind_observer(lua_State *L)
{
    mh_class_define(L, OBSERVER_TYPE, methods, metamethods);

    lua_pushcfunction(L, observer_open);
    lua_setfield(L, -2, "observer");
}
