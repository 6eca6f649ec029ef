/* core.Socket: shared by the files that implement its methods, and by core.Endpoint, which
 * takes sockets over and lends views of them. */
#pragma once

#include "loop/fd_watch.h"
#include "net/mcast_socket.h"
#include "script/task.h"
#include "traffic/endpoint.h"

#include <lauxlib.h>
#include <lua.h>

/* Its own socket (NULL once closed, so closing twice is harmless), or a view of one that an
 * endpoint lends. The user value of a view is the object that holds the lender. */
struct mh_socket_box {
    struct mh_mcast_socket *socket;
    struct mh_endpoint **lender;
    struct mh_fd_watch *watch;       /* from the first wait on */
    struct mh_datagram_batch *batch; /* from the first receive() on */
    struct mh_condition readable;    /* a task that waits has this box on its stack */
};

struct mh_socket_box *mh_check_socket_box(lua_State *L, int arg);
/* The open socket of argument 1, its own or a lent one; luaL_argerror "socket is closed". */
struct mh_mcast_socket *mh_check_socket(lua_State *L);
/* The endpoint that lends it, or NULL. */
struct mh_endpoint *mh_socket_lender(lua_State *L);

/* Takes the socket out of an open Socket, which is closed from then on. */
struct mh_mcast_socket *mh_check_socket_to_take(lua_State *L, int arg);
void mh_socket_taken(lua_State *L, int arg);
/* Pushes a view of an endpoint's socket, open for as long as `*lender` has one. The object at
 * `owner` holds `lender` and is kept alive by the view. */
void mh_push_socket_view(lua_State *L, int owner, struct mh_endpoint **lender);

/* The methods of each file, for the class in bind_socket.c. */
extern const luaL_Reg mh_socket_option_methods[];
extern const luaL_Reg mh_socket_membership_methods[];
extern const luaL_Reg mh_socket_receive_methods[];
