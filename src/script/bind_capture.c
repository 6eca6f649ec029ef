/* core.FrameFilter and core.Capture: the packets of a host's interfaces. */
#include "base/clock.h"
#include "script/bindings.h"
#include "script/capture_box.h"
#include "script/class.h"
#include "script/convert.h"
#include "script/netns_box.h"
#include "script/packet.h"
#include "script/packet_field.h"
#include "script/vm.h"

#define FILTER_TYPE "mcast.core.frame_filter"
#define CAPTURE_TYPE "mcast.core.capture"

enum { FILTER_VALUE = 1 }; /* the user value that keeps the filter of a capture */

/* ---- filters ---- */

struct filter_box {
    struct mh_frame_filter *filter; /* NULL only while it is made */
};

static struct mh_frame_filter *opt_filter(lua_State *L, int arg)
{
    if (lua_isnoneornil(L, arg))
        return NULL;
    return ((struct filter_box *)luaL_checkudata(L, arg, FILTER_TYPE))->filter;
}

/* core.frame_filter(expression) */
static int filter_compile(lua_State *L)
{
    const char *expression = luaL_checkstring(L, 1);
    struct filter_box *box = lua_newuserdatauv(L, sizeof(*box), 0);
    struct mh_error err;

    box->filter = NULL;
    luaL_setmetatable(L, FILTER_TYPE);
    if (mh_frame_filter_compile(expression, &box->filter, &err) < 0)
        return mh_raise(L, &err);
    return 1;
}

/* filter:matches(bytes) */
static int filter_matches(lua_State *L)
{
    const struct filter_box *box = luaL_checkudata(L, 1, FILTER_TYPE);
    size_t length;
    const char *bytes = luaL_checklstring(L, 2, &length);

    lua_pushboolean(
        L, mh_frame_filter_matches(box->filter, (const uint8_t *)bytes, length, length));
    return 1;
}

static int filter_gc(lua_State *L)
{
    struct filter_box *box = luaL_checkudata(L, 1, FILTER_TYPE);

    box->filter = mh_frame_filter_free(box->filter);
    return 0;
}

/* ---- opening and closing ---- */

/* NULL once closed, so closing twice is harmless. One offset between the clocks for all times,
 * so that a packet's is the same whenever it is asked for. */
struct capture_box {
    struct mh_capture *capture;
    uint64_t realtime_ns; /* at the opening, as the next */
    uint64_t monotonic_ns;
};

struct mh_capture *mh_check_capture(lua_State *L, int arg)
{
    const struct capture_box *box = luaL_checkudata(L, arg, CAPTURE_TYPE);

    luaL_argcheck(L, box->capture, arg, "capture is closed");
    return box->capture;
}

static struct mh_capture *check_open(lua_State *L)
{
    return mh_check_capture(L, 1);
}

/* core.capture(room [, filter]) */
static int capture_new(lua_State *L)
{
    size_t room = (size_t)luaL_checkinteger(L, 1);
    lua_settop(L, 2);
    const struct mh_frame_filter *filter = opt_filter(L, 2);
    struct capture_box *box = lua_newuserdatauv(L, sizeof(*box), FILTER_VALUE);
    struct mh_error err;

    box->capture = NULL;
    box->realtime_ns = mh_clock_realtime_ns();
    box->monotonic_ns = mh_clock_to_monotonic_ns(box->realtime_ns);
    luaL_setmetatable(L, CAPTURE_TYPE);
    if (mh_capture_new(mh_vm_traffic(mh_vm_of(L)), room, &box->capture, &err) < 0)
        return mh_raise(L, &err);
    if (filter && mh_frame_filter_asks_for_tag(filter))
        mh_capture_set_filter(box->capture, filter);
    lua_pushvalue(L, 2);
    lua_setiuservalue(L, -2, FILTER_VALUE);
    return 1;
}

/* capture:add(netns, interface) */
static int capture_add(lua_State *L)
{
    struct mh_capture *capture = check_open(L);
    int netns = mh_check_netns(L, 2);
    unsigned interface = mh_check_interface_index(L, 3);
    struct mh_frame_socket *socket;
    struct mh_error err;

    lua_getiuservalue(L, 1, FILTER_VALUE);
    const struct mh_frame_filter *filter = opt_filter(L, -1);
    if (filter && mh_frame_filter_asks_for_tag(filter))
        filter = NULL;
    if (mh_frame_socket_open_capture(netns, interface, filter, &socket, &err) < 0 ||
        mh_capture_add(capture, interface, socket, &err) < 0)
        return mh_raise(L, &err);
    return 0;
}

/* capture:close() and __gc. Runs no Lua and never throws. */
static int capture_close(lua_State *L)
{
    struct capture_box *box = luaL_checkudata(L, 1, CAPTURE_TYPE);

    box->capture = mh_capture_close(box->capture);
    return 0;
}

static int capture_stop(lua_State *L)
{
    mh_capture_stop(check_open(L));
    return 0;
}

/* ---- what it has ---- */

/* Who waits is told of what this took out of the sockets. */
static int capture_read(lua_State *L)
{
    size_t kept = mh_capture_read(check_open(L));

    if (kept > 0)
        mh_traffic_tell(mh_vm_traffic(mh_vm_of(L)));
    lua_pushinteger(L, (lua_Integer)kept);
    return 1;
}

static int capture_count(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)mh_capture_count(check_open(L)));
    return 1;
}

static struct mh_captured_frame check_packet(lua_State *L)
{
    const struct mh_capture *capture = check_open(L);
    lua_Integer number = luaL_checkinteger(L, 2);

    if (number < 1 || (lua_Unsigned)number > mh_capture_count(capture))
        luaL_argerror(L, 2, lua_pushfstring(L, "there is no packet %I", number));
    return mh_capture_packet(capture, (size_t)number - 1);
}

static void push_time(lua_State *L, uint64_t time_ns)
{
    const struct capture_box *box = lua_touserdata(L, 1);
    int64_t since_ns = (int64_t)(time_ns - box->realtime_ns);

    lua_pushnumber(L, (lua_Number)((int64_t)box->monotonic_ns + since_ns) / 1e9);
}

/* capture:packet(i) */
static int capture_packet(lua_State *L)
{
    struct mh_captured_frame frame = check_packet(L);

    mh_push_packet(
        L, (struct mh_span){frame.bytes, frame.captured}, frame.length, MH_LINK_ETHERNET);
    push_time(L, frame.time_ns);
    lua_setfield(L, -2, "time");
    mh_set_integer(L, "interface", frame.interface_index);
    mh_set_text(L, "direction", frame.outgoing ? "out" : "in");
    return 1;
}

/* capture:time(i) */
static int capture_time(lua_State *L)
{
    push_time(L, check_packet(L).time_ns);
    return 1;
}

/* capture:find(filter, from) */
static int capture_find(lua_State *L)
{
    const struct mh_capture *capture = check_open(L);
    const struct filter_box *box = luaL_checkudata(L, 2, FILTER_TYPE);
    lua_Integer from = luaL_checkinteger(L, 3);

    luaL_argcheck(L, from >= 1, 3, "a number from 1 on expected");
    size_t found = mh_capture_find(capture, box->filter, (size_t)from - 1);
    if (found == SIZE_MAX)
        lua_pushnil(L);
    else
        lua_pushinteger(L, (lua_Integer)found + 1);
    return 1;
}

static int capture_losses(lua_State *L)
{
    struct mh_capture_losses losses = mh_capture_losses(check_open(L), 0);

    lua_createtable(L, 0, 3);
    mh_set_integer(L, "kernel_drops", (lua_Integer)losses.kernel_drops);
    mh_set_integer(L, "unkept", (lua_Integer)losses.unkept);
    mh_set_integer(L, "downs", (lua_Integer)losses.downs);
    return 1;
}

static int capture_clear(lua_State *L)
{
    mh_capture_clear(check_open(L));
    return 0;
}

/* capture:changed(). The one of all traffic: who waits looks again anyway. */
static int capture_changed(lua_State *L)
{
    check_open(L);
    mh_vm_push_traffic_changed(L);
    return 1;
}

static const luaL_Reg filter_methods[] = {
    {"matches", filter_matches},
    {NULL, NULL},
};

static const luaL_Reg filter_metamethods[] = {
    {"__gc", filter_gc},
    {NULL, NULL},
};

static const luaL_Reg methods[] = {
    {"add", capture_add},
    {"close", capture_close},
    {"stop", capture_stop},
    {"read", capture_read},
    {"count", capture_count},
    {"packet", capture_packet},
    {"time", capture_time},
    {"find", capture_find},
    {"losses", capture_losses},
    {"clear", capture_clear},
    {"changed", capture_changed},
    {NULL, NULL},
};

static const luaL_Reg metamethods[] = {
    {"__close", capture_close},
    {"__gc", capture_close},
    {NULL, NULL},
};

void mh_bind_capture(lua_State *L)
{
    mh_class_define(L, FILTER_TYPE, filter_methods, filter_metamethods);
    mh_class_define(L, CAPTURE_TYPE, methods, metamethods);
    lua_pushcfunction(L, filter_compile);
    lua_setfield(L, -2, "frame_filter");
    lua_pushcfunction(L, capture_new);
    lua_setfield(L, -2, "capture");
    lua_pushcfunction(L, mh_save_packets);
    lua_setfield(L, -2, "save_packets");
}
