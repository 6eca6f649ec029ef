/* core.Socket: a multicast socket, waited on by tasks. */
#include "loop/fd_watch.h"
#include "script/bindings.h"
#include "script/convert.h"
#include "script/netns_box.h"
#include "script/socket_box.h"
#include "script/vm.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#define SOCKET_TYPE "mcast.core.socket"

enum { RECEIVE_MAX = 65535 };

/* Its own socket, or a view of one that an endpoint lends; both NULL once closed, so closing
 * twice is harmless. The user value of a view is the object that holds the lender. */
struct socket_box {
    struct mh_mcast_socket *socket;
    struct mh_endpoint **lender;
    struct mh_fd_watch *watch;       /* from the first wait on */
    struct mh_datagram_batch *batch; /* from the first receive() on */
    struct mh_condition readable;    /* a task that waits has this box on its stack */
};

static struct socket_box *check_box(lua_State *L, int arg)
{
    return luaL_checkudata(L, arg, SOCKET_TYPE);
}

struct mh_endpoint *mh_socket_lender(lua_State *L)
{
    const struct socket_box *box = check_box(L, 1);
    return box->lender ? *box->lender : NULL;
}

static struct mh_mcast_socket *socket_of(const struct socket_box *box)
{
    if (!box->lender)
        return box->socket;
    return *box->lender ? mh_endpoint_socket(*box->lender) : NULL;
}

struct mh_mcast_socket *mh_check_socket(lua_State *L)
{
    struct mh_mcast_socket *socket = socket_of(check_box(L, 1));

    luaL_argcheck(L, socket, 1, "socket is closed");
    return socket;
}

unsigned mh_check_interface_index(lua_State *L, int arg)
{
    lua_Integer index = luaL_checkinteger(L, arg);

    luaL_argcheck(L, index >= 0 && index <= INT_MAX, arg, "interface index out of range");
    return (unsigned)index;
}

/* ---- life ----------------------------------------------------------------------------------
 */

static struct socket_box *push_box(lua_State *L, int user_values)
{
    /* The closed box comes first: whatever throws later, __gc cleans up. */
    struct socket_box *box = lua_newuserdatauv(L, sizeof(*box), user_values);

    *box = (struct socket_box){.socket = NULL};
    luaL_setmetatable(L, SOCKET_TYPE);
    return box;
}

/* core.socket(netns, family) */
static int socket_open(lua_State *L)
{
    static const char *const names[] = {"ipv4", "ipv6", NULL};
    static const sa_family_t families[] = {AF_INET, AF_INET6};
    int netns = mh_check_netns(L, 1);
    sa_family_t family = families[luaL_checkoption(L, 2, "ipv4", names)];
    struct socket_box *box = push_box(L, 0);
    struct mh_error err;

    if (mh_mcast_socket_open(netns, family, &box->socket, &err) < 0)
        return mh_raise_netns(L, &err);
    return 1;
}

void mh_push_socket_view(lua_State *L, int owner, struct mh_endpoint **lender)
{
    owner = lua_absindex(L, owner);
    push_box(L, 1)->lender = lender;
    lua_pushvalue(L, owner);
    lua_setiuservalue(L, -2, 1);
}

/* Everything but the socket itself. */
static void stop_receiving(struct socket_box *box)
{
    box->watch = mh_fd_watch_close(box->watch);
    box->batch = mh_datagram_batch_free(box->batch);
    mh_condition_signal(&box->readable, -ECANCELED);
}

struct mh_mcast_socket *mh_check_socket_to_take(lua_State *L, int arg)
{
    struct socket_box *box = check_box(L, arg);

    luaL_argcheck(L, !box->lender, arg, "this socket belongs to an endpoint already");
    luaL_argcheck(L, box->socket, arg, "socket is closed");
    return box->socket;
}

void mh_socket_taken(lua_State *L, int arg)
{
    struct socket_box *box = check_box(L, arg);

    stop_receiving(box);
    box->socket = NULL;
}

/* __close and __gc. Runs no Lua and never throws. A view has nothing to give back. */
static int socket_release(lua_State *L)
{
    struct socket_box *box = check_box(L, 1);

    stop_receiving(box);
    box->socket = mh_mcast_socket_free(box->socket);
    return 0;
}

/* socket:close() */
static int socket_close(lua_State *L)
{
    if (check_box(L, 1)->lender)
        return luaL_error(L, "this socket belongs to a receiver or sender: close that");
    return socket_release(L);
}

static int socket_closed(lua_State *L)
{
    lua_pushboolean(L, socket_of(check_box(L, 1)) == NULL);
    return 1;
}

/* ---- options -------------------------------------------------------------------------------
 */

static bool is_boolean(enum mh_socket_option option)
{
    return option == MH_REUSE_ADDR || option == MH_REUSE_PORT || option == MH_MULTICAST_LOOP ||
           option == MH_MULTICAST_ALL;
}

static enum mh_socket_option check_option(lua_State *L, int arg)
{
    const char *name = luaL_checkstring(L, arg);

    for (enum mh_socket_option option = MH_REUSE_ADDR; option <= MH_SEND_BUFFER; option++)
        if (strcmp(name, mh_socket_option_name(option)) == 0)
            return option;
    luaL_argerror(L, arg, lua_pushfstring(L, "there is no socket option '%s'", name));
    return MH_REUSE_ADDR; /* not reached */
}

static int fail_value(lua_State *L, int arg, enum mh_socket_option option, const char *expected)
{
    return luaL_argerror(L, arg,
        lua_pushfstring(L, "%s: %s expected, got '%s'", mh_socket_option_name(option), expected,
            luaL_tolstring(L, arg, NULL)));
}

static int check_value(lua_State *L, int arg, enum mh_socket_option option)
{
    int is_integer;
    lua_Integer value;

    if (is_boolean(option)) {
        if (!lua_isboolean(L, arg))
            fail_value(L, arg, option, "true or false");
        return lua_toboolean(L, arg);
    }
    value = lua_tointegerx(L, arg, &is_integer);
    if (lua_type(L, arg) != LUA_TNUMBER || !is_integer || value < INT_MIN || value > INT_MAX)
        fail_value(L, arg, option, "integer");
    return (int)value;
}

/* socket:set(option, value) */
static int socket_set(lua_State *L)
{
    struct mh_mcast_socket *socket = mh_check_socket(L);
    enum mh_socket_option option = check_option(L, 2);
    int value = check_value(L, 3, option);
    struct mh_error err;

    return mh_mcast_socket_set(socket, option, value, &err) < 0 ? mh_raise(L, &err) : 0;
}

/* socket:get(option) */
static int socket_get(lua_State *L)
{
    struct mh_mcast_socket *socket = mh_check_socket(L);
    enum mh_socket_option option = check_option(L, 2);
    int value;
    struct mh_error err;

    if (mh_mcast_socket_get(socket, option, &value, &err) < 0)
        return mh_raise(L, &err);
    if (is_boolean(option))
        lua_pushboolean(L, value);
    else
        lua_pushinteger(L, value);
    return 1;
}

/* socket:set_device([name]) */
static int socket_set_device(lua_State *L)
{
    struct mh_mcast_socket *socket = mh_check_socket(L);
    const char *name = luaL_optstring(L, 2, NULL);
    struct mh_error err;

    return mh_mcast_socket_set_device(socket, name, &err) < 0 ? mh_raise(L, &err) : 0;
}

static int socket_device(lua_State *L)
{
    char name[16];
    struct mh_error err;

    if (mh_mcast_socket_device(mh_check_socket(L), name, &err) < 0)
        return mh_raise(L, &err);
    if (name[0])
        lua_pushstring(L, name);
    else
        lua_pushnil(L);
    return 1;
}

/* ---- addresses ------------------------------------------------------------------------------
 */

static int push_local(lua_State *L, struct mh_mcast_socket *socket)
{
    struct mh_addr address;
    uint16_t port;
    struct mh_error err;

    if (mh_mcast_socket_local(socket, &address, &port, &err) < 0)
        return mh_raise(L, &err);
    mh_push_addr(L, &address);
    lua_pushinteger(L, port);
    return 2;
}

/* socket:bind(address, port) -> address, port */
static int socket_bind(lua_State *L)
{
    struct mh_mcast_socket *socket = mh_check_socket(L);
    struct mh_addr address = mh_opt_addr(L, 2);
    uint16_t port = mh_check_port(L, 3);
    struct mh_error err;

    if (mh_mcast_socket_bind(socket, &address, port, &err) < 0)
        return mh_raise(L, &err);
    return push_local(L, socket);
}

static int socket_local_address(lua_State *L)
{
    return push_local(L, mh_check_socket(L));
}

static int socket_drops(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)mh_mcast_socket_drops(mh_check_socket(L)));
    return 1;
}

static int socket_fd(lua_State *L)
{
    lua_pushinteger(L, mh_mcast_socket_fd(mh_check_socket(L)));
    return 1;
}

static int socket_family(lua_State *L)
{
    bool v6 = mh_mcast_socket_family(mh_check_socket(L)) == AF_INET6;

    lua_pushstring(L, v6 ? "ipv6" : "ipv4");
    return 1;
}

/* ---- data -----------------------------------------------------------------------------------
 */

/* socket:send(data, address, port) -> bytes */
static int socket_send(lua_State *L)
{
    struct mh_mcast_socket *socket = mh_check_socket(L);
    struct mh_endpoint *lender = mh_socket_lender(L);
    size_t length;
    const char *data = luaL_checklstring(L, 2, &length);
    struct mh_addr to = mh_check_addr(L, 3);
    uint16_t port = mh_check_port(L, 4);
    struct mh_error err;

    int r = lender ? mh_endpoint_send_aside(lender, &to, port, data, length, &err)
                   : mh_mcast_socket_send(socket, &to, port, data, length, &err);
    if (r < 0)
        return mh_raise(L, &err);
    lua_pushinteger(L, r);
    return 1;
}

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
    struct socket_box *box = context;
    (void)status; /* an error is told by the receiving that follows */

    mh_fd_watch_stop(box->watch);
    mh_condition_signal(&box->readable, 0);
}

static int watch(lua_State *L, struct socket_box *box)
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
static int try_receive(lua_State *L, struct socket_box *box)
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
    struct socket_box *box = lua_touserdata(L, 1);
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
    struct socket_box *box = check_box(L, 1);

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

/* ---- the class ------------------------------------------------------------------------------
 */

static const luaL_Reg methods[] = {
    {"close", socket_close},
    {"closed", socket_closed},
    {"set", socket_set},
    {"get", socket_get},
    {"set_device", socket_set_device},
    {"device", socket_device},
    {"bind", socket_bind},
    {"local_address", socket_local_address},
    {"drops", socket_drops},
    {"fd", socket_fd},
    {"family", socket_family},
    {"send", socket_send},
    {"receive", socket_receive},
    {NULL, NULL},
};

static const luaL_Reg metamethods[] = {
    {"__close", socket_release},
    {"__gc", socket_release},
    {NULL, NULL},
};

void mh_bind_socket(lua_State *L)
{
    luaL_newmetatable(L, SOCKET_TYPE);
    luaL_setfuncs(L, metamethods, 0);
    luaL_newlib(L, methods);
    luaL_setfuncs(L, mh_socket_membership_methods, 0);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);

    lua_pushcfunction(L, socket_open);
    lua_setfield(L, -2, "socket");
}
