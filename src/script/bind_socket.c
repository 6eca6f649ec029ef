/* core.Socket: a multicast socket, waited on by tasks. */
#include "loop/fd_watch.h"
#include "script/bindings.h"
#include "script/class.h"
#include "script/convert.h"
#include "script/netns_box.h"
#include "script/outside.h"
#include "script/socket_box.h"
#include "script/vm.h"

#include <errno.h>

#define SOCKET_TYPE "mcast.core.socket"

struct mh_socket_box *mh_check_socket_box(lua_State *L, int arg)
{
    return luaL_checkudata(L, arg, SOCKET_TYPE);
}

struct mh_endpoint *mh_socket_lender(lua_State *L)
{
    const struct mh_socket_box *box = mh_check_socket_box(L, 1);
    return box->lender ? *box->lender : NULL;
}

static struct mh_mcast_socket *socket_of(const struct mh_socket_box *box)
{
    if (!box->lender)
        return box->socket;
    return *box->lender ? mh_endpoint_socket(*box->lender) : NULL;
}

struct mh_mcast_socket *mh_check_socket(lua_State *L)
{
    struct mh_mcast_socket *socket = socket_of(mh_check_socket_box(L, 1));

    luaL_argcheck(L, socket, 1, "socket is closed");
    return socket;
}

/* ---- life ----------------------------------------------------------------------------------
 */

static struct mh_socket_box *push_box(lua_State *L, int user_values)
{
    /* The closed box comes first: whatever throws later, __gc cleans up. */
    struct mh_socket_box *box = lua_newuserdatauv(L, sizeof(*box), user_values);

    *box = (struct mh_socket_box){.socket = NULL};
    luaL_setmetatable(L, SOCKET_TYPE);
    return box;
}

static int open_outside(
    lua_State *L, sa_family_t family, struct mh_mcast_socket **ret_socket, struct mh_error *err)
{
    int fd = mh_outside_socket(L, family, err);
    return fd < 0 ? fd : mh_mcast_socket_adopt(fd, family, ret_socket, err);
}

/* core.socket(netns, family) */
static int socket_open(lua_State *L)
{
    static const char *const names[] = {"ipv4", "ipv6", NULL};
    static const sa_family_t families[] = {AF_INET, AF_INET6};
    int netns = mh_check_netns(L, 1);
    sa_family_t family = families[luaL_checkoption(L, 2, "ipv4", names)];
    struct mh_socket_box *box = push_box(L, 0);
    struct mh_error err;

    int r = mh_mcast_socket_open(netns, family, &box->socket, &err);
    if (r == -EPERM && mh_is_machine_netns(L, 1))
        r = open_outside(L, family, &box->socket, &err);
    return r < 0 ? mh_raise(L, &err) : 1;
}

void mh_push_socket_view(lua_State *L, int owner, struct mh_endpoint **lender)
{
    owner = lua_absindex(L, owner);
    push_box(L, 1)->lender = lender;
    lua_pushvalue(L, owner);
    lua_setiuservalue(L, -2, 1);
}

/* Everything but the socket itself. */
static void stop_receiving(struct mh_socket_box *box)
{
    box->watch = mh_fd_watch_close(box->watch);
    box->batch = mh_datagram_batch_free(box->batch);
    mh_condition_signal(&box->readable, -ECANCELED);
}

struct mh_mcast_socket *mh_check_socket_to_take(lua_State *L, int arg)
{
    struct mh_socket_box *box = mh_check_socket_box(L, arg);

    luaL_argcheck(L, !box->lender, arg, "this socket belongs to an endpoint already");
    luaL_argcheck(L, box->socket, arg, "socket is closed");
    return box->socket;
}

void mh_socket_taken(lua_State *L, int arg)
{
    struct mh_socket_box *box = mh_check_socket_box(L, arg);

    stop_receiving(box);
    box->socket = NULL;
}

/* __close and __gc. Runs no Lua and never throws. A view has nothing to give back. */
static int socket_release(lua_State *L)
{
    struct mh_socket_box *box = mh_check_socket_box(L, 1);

    stop_receiving(box);
    box->socket = mh_mcast_socket_free(box->socket);
    return 0;
}

/* socket:close() */
static int socket_close(lua_State *L)
{
    if (mh_check_socket_box(L, 1)->lender)
        return luaL_error(L, "this socket belongs to a receiver or sender: close that");
    return socket_release(L);
}

static int socket_closed(lua_State *L)
{
    lua_pushboolean(L, socket_of(mh_check_socket_box(L, 1)) == NULL);
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

/* ---- the class ------------------------------------------------------------------------------
 */

static const luaL_Reg methods[] = {
    {"close", socket_close},
    {"closed", socket_closed},
    {"bind", socket_bind},
    {"local_address", socket_local_address},
    {"drops", socket_drops},
    {"fd", socket_fd},
    {"family", socket_family},
    {"send", socket_send},
    {NULL, NULL},
};

static const luaL_Reg metamethods[] = {
    {"__close", socket_release},
    {"__gc", socket_release},
    {NULL, NULL},
};

void mh_bind_socket(lua_State *L)
{
    mh_class_define(L, SOCKET_TYPE, methods, metamethods);
    mh_class_extend(L, SOCKET_TYPE, mh_socket_option_methods);
    mh_class_extend(L, SOCKET_TYPE, mh_socket_membership_methods);
    mh_class_extend(L, SOCKET_TYPE, mh_socket_receive_methods);

    lua_pushcfunction(L, socket_open);
    lua_setfield(L, -2, "socket");
}
