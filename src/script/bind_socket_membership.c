/* core.Socket: groups, filters and the outgoing interface. */
#include "script/addr_list.h"
#include "script/convert.h"
#include "script/guard.h"
#include "script/socket_box.h"

/* socket:set_multicast_if(index [, address]) */
static int set_multicast_if(lua_State *L)
{
    struct mh_mcast_socket *socket = mh_check_socket(L);
    unsigned index = lua_isnoneornil(L, 2) ? 0 : mh_check_interface_index(L, 2);
    struct mh_addr address = mh_opt_addr(L, 3);
    struct mh_error err;

    if (mh_mcast_socket_set_multicast_if(socket, index, &address, &err) < 0)
        return mh_raise(L, &err);
    return 0;
}

/* socket:multicast_if() -> index or nil, address or nil */
static int multicast_if(lua_State *L)
{
    unsigned index;
    struct mh_addr address;
    struct mh_error err;

    if (mh_mcast_socket_multicast_if(mh_check_socket(L), &index, &address, &err) < 0)
        return mh_raise(L, &err);
    if (index == 0)
        lua_pushnil(L);
    else
        lua_pushinteger(L, index);
    if (address.family == AF_UNSPEC)
        lua_pushnil(L);
    else
        mh_push_addr(L, &address);
    return 2;
}

typedef int membership_call(struct mh_mcast_socket *socket,
    const struct mh_membership *membership, struct mh_error *err);

/* (group, interface [, source]) */
static int change(lua_State *L, membership_call *call)
{
    struct mh_mcast_socket *socket = mh_check_socket(L);
    struct mh_membership membership = {
        .group = mh_check_addr(L, 2),
        .interface_index = mh_check_interface_index(L, 3),
        .source = mh_opt_addr(L, 4),
    };
    struct mh_error err;

    return call(socket, &membership, &err) < 0 ? mh_raise(L, &err) : 0;
}

static int join(lua_State *L)
{
    return change(L, mh_mcast_socket_join);
}

static int leave(lua_State *L)
{
    return change(L, mh_mcast_socket_leave);
}

static int block(lua_State *L)
{
    return change(L, mh_mcast_socket_block);
}

static int unblock(lua_State *L)
{
    return change(L, mh_mcast_socket_unblock);
}

static const char *const mode_names[] = {"include", "exclude", NULL};
static const enum mh_filter_mode modes[] = {MH_FILTER_INCLUDE, MH_FILTER_EXCLUDE};

static const char *mode_name(enum mh_filter_mode mode)
{
    return mode_names[mode == MH_FILTER_INCLUDE ? 0 : 1];
}

/* socket:set_filter(group, interface, mode, sources) */
static int set_filter(lua_State *L)
{
    struct mh_mcast_socket *socket = mh_check_socket(L);
    struct mh_addr group = mh_check_addr(L, 2);
    unsigned index = mh_check_interface_index(L, 3);
    struct mh_source_filter filter = {.mode = modes[luaL_checkoption(L, 4, NULL, mode_names)]};
    /* The field is not const because the getter allocates it. */
    filter.sources =
        (struct mh_addr *)(uintptr_t)mh_check_addr_list(L, 5, 5, &filter.source_count);
    struct mh_error err;

    if (mh_mcast_socket_set_filter(socket, &group, index, &filter, &err) < 0)
        return mh_raise(L, &err);
    return 0;
}

/* Pushes mode and sources. */
static void push_filter(
    lua_State *L, struct mh_mcast_socket *socket, const struct mh_addr *group, unsigned index)
{
    void **guard = mh_push_guard(L);
    struct mh_source_filter filter;
    struct mh_error err;

    if (mh_mcast_socket_filter(socket, group, index, &filter, &err) < 0)
        mh_raise(L, &err);
    *guard = filter.sources;
    lua_pushstring(L, mode_name(filter.mode));
    mh_push_addr_list(L, filter.sources, filter.source_count);
    lua_remove(L, -3);
}

/* socket:filter(group, interface) -> mode, sources */
static int filter_of(lua_State *L)
{
    struct mh_mcast_socket *socket = mh_check_socket(L);
    struct mh_addr group = mh_check_addr(L, 2);

    push_filter(L, socket, &group, mh_check_interface_index(L, 3));
    return 2;
}

static void push_membership(
    lua_State *L, struct mh_mcast_socket *socket, const struct mh_group_membership *membership)
{
    lua_createtable(L, 0, 4);
    mh_push_addr(L, &membership->group);
    lua_setfield(L, -2, "group");
    lua_pushinteger(L, membership->interface_index);
    lua_setfield(L, -2, "interface");
    push_filter(L, socket, &membership->group, membership->interface_index);
    lua_setfield(L, -3, "sources");
    lua_setfield(L, -2, "mode");
}

/* Appends those of one part to the list on top of the stack. */
static void add_memberships(lua_State *L, struct mh_mcast_socket *part)
{
    size_t count;
    const struct mh_group_membership *list = mh_mcast_socket_memberships(part, &count);
    lua_Integer length = luaL_len(L, -1);

    for (size_t i = 0; i < count; i++) {
        push_membership(L, part, &list[i]);
        lua_seti(L, -2, length + (lua_Integer)i + 1);
    }
}

/* socket:memberships() -> {{group=, interface=, mode=, sources=}, ...} */
static int memberships(lua_State *L)
{
    struct mh_mcast_socket *socket = mh_check_socket(L);

    lua_newtable(L);
    for (size_t i = 0; i < mh_mcast_socket_part_count(socket); i++)
        add_memberships(L, mh_mcast_socket_part(socket, i));
    return 1;
}

/* socket:spread(): it may have annexes. Before an endpoint takes it. */
static int spread(lua_State *L)
{
    struct mh_error err;

    return mh_mcast_socket_spread(mh_check_socket(L), &err) < 0 ? mh_raise(L, &err) : 0;
}

/* socket:is_full() */
static int is_full(lua_State *L)
{
    lua_pushboolean(L, mh_mcast_socket_is_full(mh_check_socket(L)));
    return 1;
}

/* socket:annex(other): takes the other one over. */
static int annex(lua_State *L)
{
    struct mh_mcast_socket *socket = mh_check_socket(L);
    struct mh_endpoint *lender = mh_socket_lender(L);
    struct mh_mcast_socket *other = mh_check_socket_to_take(L, 2);
    struct mh_error err;

    luaL_argcheck(L, other != socket, 2, "a socket is no annex of itself");
    mh_socket_taken(L, 2);
    int r = lender ? mh_endpoint_add_annex(lender, other, &err)
                   : mh_mcast_socket_add_annex(socket, other, &err);
    return r < 0 ? mh_raise(L, &err) : 0;
}

const luaL_Reg mh_socket_membership_methods[] = {
    {"set_multicast_if", set_multicast_if},
    {"multicast_if", multicast_if},
    {"join", join},
    {"leave", leave},
    {"block", block},
    {"unblock", unblock},
    {"set_filter", set_filter},
    {"filter", filter_of},
    {"memberships", memberships},
    {"spread", spread},
    {"is_full", is_full},
    {"annex", annex},
    {NULL, NULL},
};
