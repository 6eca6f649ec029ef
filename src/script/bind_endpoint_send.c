/* core.Endpoint: what went out, who got it and who answered. */
#include "script/addr_list.h"
#include "script/convert.h"
#include "script/endpoint_box.h"

/* endpoint:send(data, address, port) -> number */
static int endpoint_send(lua_State *L)
{
    struct mh_endpoint *endpoint = mh_check_open_endpoint(L, 1);
    size_t length;
    const char *data = luaL_checklstring(L, 2, &length);
    struct mh_addr to = mh_check_addr(L, 3);
    uint16_t port = mh_check_port(L, 4);
    struct mh_error err;

    int number = mh_endpoint_send(endpoint, &to, port, data, length, &err);
    if (number < 0)
        return mh_raise(L, &err);
    lua_pushinteger(L, (lua_Integer)number + 1);
    return 1;
}

/* endpoint:sent(number) */
static int endpoint_sent(lua_State *L)
{
    struct mh_endpoint *endpoint = mh_check_endpoint(L, 1);
    size_t number = mh_check_endpoint_number(L, 2, mh_endpoint_sent_count(endpoint), "send");
    const struct mh_sent *sent = mh_endpoint_sent(endpoint, number);

    lua_createtable(L, 0, 6);
    mh_push_time(L, sent->time_ns);
    lua_setfield(L, -2, "time");
    if (sent->departed_ns) {
        mh_push_time(L, sent->departed_ns);
        lua_setfield(L, -2, "departed");
    }
    if (sent->error) {
        lua_pushstring(L, mh_error_name(sent->error));
        lua_setfield(L, -2, "error");
    }
    mh_push_addr(L, &sent->to);
    lua_setfield(L, -2, "to");
    lua_pushinteger(L, sent->port);
    lua_setfield(L, -2, "port");
    lua_pushinteger(L, (lua_Integer)sent->length);
    lua_setfield(L, -2, "length");
    return 1;
}

static int endpoint_sent_count(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)mh_endpoint_sent_count(mh_check_endpoint(L, 1)));
    return 1;
}

/* ---- who got it -----------------------------------------------------------------------------
 */

static int push_found(lua_State *L, size_t count, size_t first)
{
    lua_pushinteger(L, (lua_Integer)count);
    if (count == 0)
        return 1;
    lua_pushinteger(L, (lua_Integer)first + 1);
    return 2;
}

/* endpoint:deliveries(number, receiver [, since]) -> count, first or nil */
static int endpoint_deliveries(lua_State *L)
{
    struct mh_endpoint *sender = mh_check_endpoint(L, 1);
    size_t number = mh_check_endpoint_number(L, 2, mh_endpoint_sent_count(sender), "send");
    struct mh_endpoint *receiver = mh_check_endpoint(L, 3);
    lua_Integer since = luaL_optinteger(L, 4, 1);
    size_t first = 0;

    luaL_argcheck(L, since >= 1, 4, "messages are counted from 1");
    size_t count = mh_endpoint_deliveries(sender, number, receiver, (size_t)since - 1, &first);
    return push_found(L, count, first);
}

/* endpoint:answered_by(number, receiver): did it get this send, and answer it? */
static int endpoint_answered_by(lua_State *L)
{
    struct mh_endpoint *sender = mh_check_endpoint(L, 1);
    size_t number = mh_check_endpoint_number(L, 2, mh_endpoint_sent_count(sender), "send");
    struct mh_endpoint *receiver = mh_check_endpoint(L, 3);
    size_t first;

    size_t count = mh_endpoint_deliveries(sender, number, receiver, 0, &first);
    lua_pushboolean(L, count > 0 && mh_endpoint_message(receiver, first)->reply_time_ns);
    return 1;
}

/* endpoint:replies(number, addresses) -> count, first or nil */
static int endpoint_replies(lua_State *L)
{
    struct mh_endpoint *sender = mh_check_endpoint(L, 1);
    size_t number = mh_check_endpoint_number(L, 2, mh_endpoint_sent_count(sender), "send");
    luaL_checktype(L, 3, LUA_TTABLE);
    size_t address_count, first = 0;
    const struct mh_addr *addresses = mh_check_addr_list(L, 3, 3, &address_count);

    size_t count = mh_endpoint_replies(sender, number, addresses, address_count, &first);
    return push_found(L, count, first);
}

const luaL_Reg mh_endpoint_send_methods[] = {
    {"send", endpoint_send},
    {"sent", endpoint_sent},
    {"sent_count", endpoint_sent_count},
    {"deliveries", endpoint_deliveries},
    {"answered_by", endpoint_answered_by},
    {"replies", endpoint_replies},
    {NULL, NULL},
};
