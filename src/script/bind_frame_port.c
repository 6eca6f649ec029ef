/* core.FramePort: frames sent at one interface, and the IGMP and MLD that is heard there. */
#include "loop/fd_watch.h"
#include "net/frame_port.h"
#include "script/bindings.h"
#include "script/class.h"
#include "script/convert.h"
#include "script/netns_box.h"
#include "script/vm.h"

#include <errno.h>

#define FRAME_PORT_TYPE "mcast.core.frame_port"

enum { FRAME_MAX = 65536 };

/* NULL once closed, so closing twice is harmless. */
struct frame_port_box {
    struct mh_frame_port *port;
    struct mh_fd_watch *watch;    /* from the first wait on */
    struct mh_condition readable; /* a task that waits has this box on its stack */
};

static struct frame_port_box *check_open(lua_State *L)
{
    struct frame_port_box *box = luaL_checkudata(L, 1, FRAME_PORT_TYPE);

    luaL_argcheck(L, box->port, 1, "frame port is closed");
    return box;
}

/* core.frame_port(netns, interface, hears) */
static int frame_port_open(lua_State *L)
{
    int netns = mh_check_netns(L, 1);
    unsigned interface = mh_check_interface_index(L, 2);
    bool hears = lua_toboolean(L, 3);
    struct mh_error err;

    struct frame_port_box *box = lua_newuserdatauv(L, sizeof(*box), 0);
    *box = (struct frame_port_box){.port = NULL};
    luaL_setmetatable(L, FRAME_PORT_TYPE);
    return mh_frame_port_open(netns, interface, hears, &box->port, &err) < 0 ? mh_raise(L, &err)
                                                                             : 1;
}

/* port:close(), __close and __gc. Runs no Lua and never throws. */
static int frame_port_close(lua_State *L)
{
    struct frame_port_box *box = luaL_checkudata(L, 1, FRAME_PORT_TYPE);

    mh_condition_signal(&box->readable, -ECANCELED);
    box->watch = mh_fd_watch_close(box->watch);
    box->port = mh_frame_port_free(box->port);
    return 0;
}

/* port:send(bytes) -> number, from 1 */
static int frame_port_send(lua_State *L)
{
    struct frame_port_box *box = check_open(L);
    struct mh_error err;
    size_t length;
    const char *bytes = luaL_checklstring(L, 2, &length);

    int number = mh_frame_port_send(box->port, (const uint8_t *)bytes, length, &err);
    if (number < 0)
        return mh_raise(L, &err);
    lua_pushinteger(L, (lua_Integer)number + 1);
    return 1;
}

/* port:departed(number) -> time | nil */
static int frame_port_departed(lua_State *L)
{
    struct frame_port_box *box = check_open(L);
    uint64_t time_ns = mh_frame_port_departed(box->port, (int)luaL_checkinteger(L, 2) - 1);

    if (time_ns)
        mh_push_time(L, time_ns);
    else
        lua_pushnil(L);
    return 1;
}

/* ---- receiving ---- */

static void on_readable(void *context, int status)
{
    struct frame_port_box *box = context;
    (void)status; /* an error is told by the receiving that follows */

    mh_fd_watch_stop(box->watch);
    mh_condition_signal(&box->readable, 0);
}

static int watch(lua_State *L, struct frame_port_box *box)
{
    if (!box->watch) {
        uv_loop_t *loop = mh_vm_loop(mh_vm_of(L));
        int r = mh_fd_watch_new(loop, mh_frame_port_fd(box->port), &box->watch);
        if (r < 0)
            return r;
    }
    return mh_fd_watch_start(box->watch, on_readable, box);
}

static int fail_receive(lua_State *L, int code)
{
    struct mh_error err;

    mh_error_set(&err, code, "receive", "the next frame");
    return mh_raise(L, &err);
}

static int receive_resumed(lua_State *L, int status, lua_KContext context);

static int push_frame(lua_State *L, const uint8_t *bytes, int length, uint64_t time_ns)
{
    lua_pushlstring(L, (const char *)bytes, (size_t)length);
    mh_push_time(L, time_ns);
    return 2;
}

static int push_timeout(lua_State *L)
{
    luaL_pushfail(L);
    lua_pushliteral(L, "timeout");
    return 2;
}

/* The stack is: the port, and when to give up (uv_hrtime()). A frame that lies waiting is never
 * late; one that a link going down interrupts is not lost (-ENETDOWN). */
static int try_receive(lua_State *L, struct frame_port_box *box)
{
    uint8_t buffer[FRAME_MAX];
    uint64_t time_ns;
    int length = mh_frame_port_receive(box->port, buffer, sizeof(buffer), &time_ns, NULL);

    if (length > 0)
        return push_frame(L, buffer, length, time_ns);
    if (length < 0 && length != -ENETDOWN)
        return fail_receive(L, length);
    lua_Integer left_ns = lua_tointeger(L, 2) - (lua_Integer)uv_hrtime();
    if (left_ns <= 0)
        return push_timeout(L);
    int r = watch(L, box);
    if (r < 0)
        return fail_receive(L, r);
    return mh_task_park(L, &box->readable, left_ns, receive_resumed, 0);
}

static int receive_resumed(lua_State *L, int status, lua_KContext context)
{
    (void)status, (void)context;
    struct frame_port_box *box = lua_touserdata(L, 1);
    int outcome = mh_task_outcome(L);

    if (outcome == -ECANCELED || !box->port)
        return fail_receive(L, -ECANCELED);
    if (outcome < 0 && outcome != -ETIMEDOUT)
        return fail_receive(L, outcome);
    return try_receive(L, box);
}

/* port:receive(timeout) -> bytes, time | nil, "timeout" */
static int frame_port_receive(lua_State *L)
{
    struct frame_port_box *box = check_open(L);
    int64_t timeout_ns = mh_opt_timeout(L, 2);

    luaL_argcheck(L, timeout_ns >= 0, 2, "seconds expected");
    lua_settop(L, 1);
    lua_pushinteger(L, (lua_Integer)uv_hrtime() + timeout_ns);
    return try_receive(L, box);
}

static const luaL_Reg methods[] = {
    {"send", frame_port_send},
    {"departed", frame_port_departed},
    {"receive", frame_port_receive},
    {"close", frame_port_close},
    {NULL, NULL},
};

static const luaL_Reg metamethods[] = {
    {"__close", frame_port_close},
    {"__gc", frame_port_close},
    {NULL, NULL},
};

void mh_bind_frame_port(lua_State *L)
{
    mh_class_define(L, FRAME_PORT_TYPE, methods, metamethods);

    lua_pushcfunction(L, frame_port_open);
    lua_setfield(L, -2, "frame_port");
}
