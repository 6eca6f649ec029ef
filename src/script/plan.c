#include "script/plan.h"

#include <lauxlib.h>

#include <stdlib.h>
#include <string.h>

/* The value is on top of the stack. */
static void fail_field(lua_State *L, int arg, const char *field, const char *expected)
{
    luaL_argerror(L, arg,
        lua_pushfstring(
            L, "%s: %s expected, got %s", field, expected, luaL_tolstring(L, -1, NULL)));
}

/* Each leaves the stack as it was; the table keeps the string alive. */
static const char *string_field(lua_State *L, int arg, const char *field)
{
    if (lua_getfield(L, arg, field) != LUA_TSTRING)
        fail_field(L, arg, field, "string");
    const char *text = lua_tostring(L, -1);
    lua_pop(L, 1);
    return text;
}

static bool boolean_field(lua_State *L, int arg, const char *field)
{
    lua_getfield(L, arg, field);
    bool value = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return value;
}

static lua_Integer integer_field(
    lua_State *L, int arg, const char *field, lua_Integer most, lua_Integer otherwise)
{
    lua_Integer value = otherwise;
    int is_integer = true;

    if (lua_getfield(L, arg, field) != LUA_TNIL)
        value = lua_tointegerx(L, -1, &is_integer);
    if (!is_integer || value < 0 || value > most) {
        const char *expected = lua_pushfstring(L, "integer from 0 to %I", most);
        lua_insert(L, -2);
        fail_field(L, arg, field, expected);
    }
    lua_pop(L, 1);
    return value;
}

static const struct {
    const char *field;
    size_t offset;
} timers[] = {
    {"query_interval", offsetof(struct mh_switch_plan, query_interval)},
    {"query_response_interval", offsetof(struct mh_switch_plan, query_response_interval)},
    {"last_member_interval", offsetof(struct mh_switch_plan, last_member_interval)},
    {"startup_query_interval", offsetof(struct mh_switch_plan, startup_query_interval)},
    {"membership_interval", offsetof(struct mh_switch_plan, membership_interval)},
    {"querier_interval", offsetof(struct mh_switch_plan, querier_interval)},
};

enum { TIMERS = sizeof(timers) / sizeof(timers[0]) };

static enum mh_flood flood_field(lua_State *L, int arg)
{
    enum mh_flood flood = MH_FLOOD_AUTO;

    if (lua_getfield(L, arg, "flood_unknown") != LUA_TNIL)
        flood = lua_toboolean(L, -1) ? MH_FLOOD_ON : MH_FLOOD_OFF;
    lua_pop(L, 1);
    return flood;
}

/* "10.0.0.1/24". */
static bool parse_prefix(const char *text, struct mh_addr *ret_address, uint8_t *ret_length)
{
    char address[MH_ADDR_TEXT_MAX];
    char *end;
    const char *slash = strchr(text, '/');

    if (!slash || slash == text || (size_t)(slash - text) >= sizeof(address))
        return false;
    memcpy(address, text, (size_t)(slash - text));
    address[slash - text] = '\0';
    if (mh_addr_parse(address, ret_address) < 0)
        return false;
    unsigned long length = strtoul(slash + 1, &end, 10);
    *ret_length = (uint8_t)length;
    return slash[1] >= '0' && slash[1] <= '9' && *end == '\0' &&
           length <= (ret_address->family == AF_INET6 ? 128 : 32);
}

void mh_prefix_field(lua_State *L, int arg, const char *field, sa_family_t family,
    struct mh_addr *ret_address, uint8_t *ret_length)
{
    int type = lua_getfield(L, arg, field);

    *ret_address = (struct mh_addr){.family = AF_UNSPEC};
    *ret_length = 0;
    if (type != LUA_TNIL &&
        (type != LUA_TSTRING || !parse_prefix(lua_tostring(L, -1), ret_address, ret_length) ||
            ret_address->family != family))
        fail_field(L, arg, field,
            family == AF_INET6 ? "IPv6 address/prefix length" : "IPv4 address/prefix length");
    lua_pop(L, 1);
}

struct mh_switch_plan mh_check_switch_plan(lua_State *L, int arg)
{
    luaL_checktype(L, arg, LUA_TTABLE);
    struct mh_switch_plan plan = {
        .name = string_field(L, arg, "name"),
        .snooping = boolean_field(L, arg, "snooping"),
        .querier = boolean_field(L, arg, "querier"),
        .igmp_version = (uint8_t)integer_field(L, arg, "igmp_version", UINT8_MAX, 3),
        .mld_version = (uint8_t)integer_field(L, arg, "mld_version", UINT8_MAX, 2),
        .fast_leave = boolean_field(L, arg, "fast_leave"),
        .flood_unknown = flood_field(L, arg),
    };

    for (size_t i = 0; i < TIMERS; i++) {
        uint32_t value = (uint32_t)integer_field(L, arg, timers[i].field, UINT32_MAX, 0);
        memcpy((char *)&plan + timers[i].offset, &value, sizeof(value));
    }
    mh_prefix_field(L, arg, "address", AF_INET, &plan.address, &plan.prefix_length);
    return plan;
}

void mh_push_switch_plan(lua_State *L, const struct mh_switch_plan *plan)
{
    lua_newtable(L);
    lua_pushstring(L, plan->name);
    lua_setfield(L, -2, "name");
    lua_pushboolean(L, plan->snooping);
    lua_setfield(L, -2, "snooping");
    lua_pushboolean(L, plan->querier);
    lua_setfield(L, -2, "querier");
    lua_pushinteger(L, plan->igmp_version);
    lua_setfield(L, -2, "igmp_version");
    lua_pushinteger(L, plan->mld_version);
    lua_setfield(L, -2, "mld_version");
    lua_pushboolean(L, plan->fast_leave);
    lua_setfield(L, -2, "fast_leave");
    if (plan->flood_unknown != MH_FLOOD_AUTO) {
        lua_pushboolean(L, plan->flood_unknown == MH_FLOOD_ON);
        lua_setfield(L, -2, "flood_unknown");
    }
    for (size_t i = 0; i < TIMERS; i++) {
        uint32_t value;
        memcpy(&value, (const char *)plan + timers[i].offset, sizeof(value));
        lua_pushinteger(L, value);
        lua_setfield(L, -2, timers[i].field);
    }
}

static int number_field(lua_State *L, int arg, const char *field, int count)
{
    lua_Integer number = integer_field(L, arg, field, INT32_MAX, INT32_MAX);

    if (number < 0 || number >= count)
        luaL_argerror(L, arg, lua_pushfstring(L, "%s: there is none of that number", field));
    return (int)number;
}

static struct mh_port_plan port_plan(lua_State *L, int arg, int host, int attached_switch)
{
    struct mh_port_plan plan = {
        .host = host,
        .attached_switch = attached_switch,
        .interface = string_field(L, arg, "interface"),
        .mtu = (int)integer_field(L, arg, "mtu", INT32_MAX, 0),
        .default_multicast = boolean_field(L, arg, "default_multicast"),
        .impairable = boolean_field(L, arg, "impairable"),
    };

    mh_prefix_field(L, arg, "address", AF_INET, &plan.address, &plan.prefix_length);
    mh_prefix_field(L, arg, "address6", AF_INET6, &plan.address6, &plan.prefix_length6);
    return plan;
}

struct mh_port_plan mh_check_end_plan(lua_State *L, int arg, int hosts)
{
    luaL_checktype(L, arg, LUA_TTABLE);
    return port_plan(L, arg, number_field(L, arg, "host", hosts), MH_NO_SWITCH);
}

struct mh_port_plan mh_check_port_plan(lua_State *L, int arg, int hosts, int switches)
{
    luaL_checktype(L, arg, LUA_TTABLE);
    int host = number_field(L, arg, "host", hosts);
    int attached_switch = number_field(L, arg, "switch", switches);

    return port_plan(L, arg, host, attached_switch);
}

struct mh_route_plan mh_check_route_plan(lua_State *L, int arg, int ports)
{
    luaL_checktype(L, arg, LUA_TTABLE);
    struct mh_route_plan plan = {.port = number_field(L, arg, "port", ports)};
    const char *to = string_field(L, arg, "to");

    if (!parse_prefix(to, &plan.destination, &plan.prefix_length))
        luaL_argerror(L, arg, "to: address/prefix length expected");
    if (mh_addr_parse(string_field(L, arg, "gateway"), &plan.gateway) < 0)
        luaL_argerror(L, arg, "gateway: address expected");
    return plan;
}
