/* core.Socket: options and the device it is bound to. */
#include "script/convert.h"
#include "script/socket_box.h"

#include <limits.h>
#include <string.h>

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

const luaL_Reg mh_socket_option_methods[] = {
    {"set", socket_set},
    {"get", socket_get},
    {"set_device", socket_set_device},
    {"device", socket_device},
    {NULL, NULL},
};
