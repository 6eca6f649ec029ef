/* core.Socket: waiting for a datagram. */
#include "loop/fd_watch.h"
#include "script/convert.h"
#include "script/socket_box.h"
#include "script/vm.h"

#include <errno.h>

enum { RECEIVE_MAX = 65535 };

static void push_info(lua_State *L, const struct mh_datagram *datagram, bool truncated)
{
    lua_createtable(L, 0, 5);
    mh_push_addr(L, &datagram->to);
    lua_setfield(L, -2, "to");
    lua_pushinteger(L, datagram->interface_index);
    lua_setfield(L, -2, "interface");
    lua_pushinteger(L, datagram->ttl);
    lua_setfield(L, -2, "ttl");
    mh_push_time(L, datagram->time_ns);
    lua_setfield(L, -2, "time");
    lua_pushboolean(L, truncated);
    lua_setfield(L, -2, "truncated");
}

static int push_datagram(lua_State *L, const struct mh_datagram *datagram, size_t max)
{
    bool cut = datagram->length > max;

    lua_pushlstring(L, (const char *)datagram->payload, cut ? max : datagram->length);
    mh_push_addr(L, &datagram->from);
    lua_pushinteger(L, datagram->from_port);
    push_info(L, datagram, cut || datagram->truncated);
    return 4;
}

/* One watch serves all tasks that wait here; it rests while nobody does. */
static void on_readable(void *context, int status)
{
    struct mh_socket_box *box = context;
    (void)status; /* an error is told by the receiving that follows */

    mh_fd_watch_stop(box->watch);
    mh_condition_signal(&box->readable, 0);
}

static int watch(lua_State *L, struct mh_socket_box *box)
{
    if (!box->watch) {
        uv_loop_t *loop = mh_vm_loop(mh_vm_of(L));
        int r = mh_fd_watch_new(loop, mh_mcast_socket_fd(box->socket), &box->watch);
        if (r < 0)
            return r;
    }
    return mh_fd_watch_start(box->watch, on_readable, box);
}

static int fail_receive(lua_State *L, int code, const char *what)
{
    struct mh_error err;

    mh_error_set(&err, code, "receive", "%s", what);
    return mh_raise(L, &err);
}

/* The stack is: the socket, max, and when to give up (uv_hrtime() or nil). */
static int64_t remaining_ns(lua_State *L)
{
    if (lua_isnil(L, 3))
        return -1;
    lua_Integer remaining = lua_tointeger(L, 3) - (lua_Integer)uv_hrtime();
    return remaining > 0 ? remaining : 0;
}

static int receive_resumed(lua_State *L, int status, lua_KContext context);

/* Takes a datagram, or parks until one may be there. A datagram that lies waiting is never
 * late. */
static int try_receive(lua_State *L, struct mh_socket_box *box)
{
    struct mh_error err;
    int count = mh_mcast_socket_receive(box->socket, box->batch, 1, &err);

    if (count < 0)
        return mh_raise(L, &err);
    if (count > 0)
        return push_datagram(
            L, mh_datagram_batch_at(box->batch, 0), (size_t)lua_tointeger(L, 2));

    int64_t timeout_ns = remaining_ns(L);
    if (timeout_ns == 0) {
        luaL_pushfail(L);
        lua_pushliteral(L, "timeout");
        return 2;
    }
    int r = watch(L, box);
    if (r < 0)
        return fail_receive(L, r, "watch the socket");
    return mh_task_park(L, &box->readable, timeout_ns, receive_resumed, 0);
}

static int receive_resumed(lua_State *L, int status, lua_KContext context)
{
    (void)status, (void)context;
    struct mh_socket_box *box = lua_touserdata(L, 1);
    int outcome = mh_task_outcome(L);

    /* Between being woken and running, another task may have closed the socket. */
    if (outcome == -ECANCELED || !box->socket)
        return fail_receive(L, -ECANCELED, "the socket was closed while waiting");
    if (outcome < 0 && outcome != -ETIMEDOUT)
        return fail_receive(L, outcome, "the next datagram");
    return try_receive(L, box);
}

static lua_Integer check_max(lua_State *L, int arg)
{
    lua_Integer max = luaL_optinteger(L, arg, RECEIVE_MAX);

    luaL_argcheck(L, max >= 0, arg, "number of bytes expected, zero or more");
    return max;
}

/* socket:receive([max [, timeout]]) -> data, address, port, info | nil, "timeout" */
static int socket_receive(lua_State *L)
{
    struct mh_socket_box *box = mh_check_socket_box(L, 1);

    if (box->lender)
        return luaL_error(L, "this socket's messages are logged by its receiver or sender");
    mh_check_socket(L);
    lua_Integer max = check_max(L, 2);
    int64_t timeout_ns = mh_opt_timeout(L, 3);
    if (!box->batch)
        box->batch = mh_datagram_batch_new(1, RECEIVE_MAX + 1);
    if (!box->batch)
        return luaL_error(L, "not enough memory");

    lua_settop(L, 1);
    lua_pushinteger(L, max);
    if (timeout_ns < 0)
        lua_pushnil(L);
    else
        lua_pushinteger(L, (lua_Integer)uv_hrtime() + timeout_ns);
    return try_receive(L, box);
}

const luaL_Reg mh_socket_receive_methods[] = {
    {"receive", socket_receive},
    {NULL, NULL},
};
