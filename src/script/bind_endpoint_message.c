/* core.Endpoint: what came in, and answers to it. */
#include "script/convert.h"
#include "script/endpoint_box.h"

static int endpoint_count(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)mh_endpoint_count(mh_check_endpoint(L, 1)));
    return 1;
}

static void push_origin(lua_State *L, const struct mh_message *message)
{
    lua_createtable(L, 0, 2);
    mh_push_addr(L, &message->from);
    lua_setfield(L, -2, "address");
    lua_pushinteger(L, message->from_port);
    lua_setfield(L, -2, "port");
}

static void set_reply_fields(lua_State *L, const struct mh_message *message)
{
    if (message->reply_time_ns) {
        mh_push_time(L, message->reply_time_ns);
        lua_setfield(L, -2, "replied");
    }
    if (message->reply_error) {
        lua_pushstring(L, mh_error_name(message->reply_error));
        lua_setfield(L, -2, "reply_error");
    }
}

/* endpoint:message(i) */
static int endpoint_message(lua_State *L)
{
    struct mh_endpoint *endpoint = mh_check_endpoint(L, 1);
    size_t number = mh_check_endpoint_number(L, 2, mh_endpoint_count(endpoint), "message");
    const struct mh_message *message = mh_endpoint_message(endpoint, number);
    if (!message->data)
        return luaL_error(L, "not enough memory");

    lua_createtable(L, 0, 9);
    lua_pushlstring(L, (const char *)message->data, message->length);
    lua_setfield(L, -2, "data");
    push_origin(L, message);
    lua_setfield(L, -2, "from");
    mh_push_addr(L, &message->to);
    lua_setfield(L, -2, "to");
    lua_pushinteger(L, message->interface_index);
    lua_setfield(L, -2, "interface");
    lua_pushinteger(L, message->ttl);
    lua_setfield(L, -2, "ttl");
    mh_push_time(L, message->time_ns);
    lua_setfield(L, -2, "time");
    lua_pushboolean(L, message->truncated);
    lua_setfield(L, -2, "truncated");
    set_reply_fields(L, message);
    return 1;
}

/* endpoint:origins(first): of messages only where they came from, for who looks at thousands.
 */
static int endpoint_origins(lua_State *L)
{
    struct mh_endpoint *endpoint = mh_check_endpoint(L, 1);
    lua_Integer first = luaL_checkinteger(L, 2);
    size_t count = mh_endpoint_count(endpoint);

    luaL_argcheck(L, first >= 1, 2, "messages are counted from 1");
    if ((size_t)first > count)
        first = (lua_Integer)count + 1;
    lua_createtable(L, (int)(count - (size_t)first + 1), 0);
    for (size_t i = (size_t)first - 1; i < count; i++) {
        mh_push_addr(L, &mh_endpoint_message(endpoint, i)->from);
        lua_rawseti(L, -2, (lua_Integer)i + 2 - first);
    }
    return 1;
}

/* endpoint:reply(i, data) */
static int endpoint_reply(lua_State *L)
{
    struct mh_endpoint *endpoint = mh_check_open_endpoint(L, 1);
    size_t number = mh_check_endpoint_number(L, 2, mh_endpoint_count(endpoint), "message");
    size_t length;
    const char *data = luaL_checklstring(L, 3, &length);
    struct mh_error err;

    return mh_endpoint_reply(endpoint, number, data, length, &err) < 0 ? mh_raise(L, &err) : 0;
}

const luaL_Reg mh_endpoint_message_methods[] = {
    {"count", endpoint_count},
    {"message", endpoint_message},
    {"origins", endpoint_origins},
    {"reply", endpoint_reply},
    {NULL, NULL},
};
