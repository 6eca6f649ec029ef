/* core.Lab: the state of its switches, as the kernel has it. */
#include "lab/state.h"
#include "script/convert.h"
#include "script/guard.h"
#include "script/lab_box.h"

static const double seconds_per_centisecond = 0.01;

static void set_seconds(lua_State *L, const char *field, uint32_t centiseconds)
{
    if (centiseconds == 0)
        return;
    lua_pushnumber(L, centiseconds * seconds_per_centisecond);
    lua_setfield(L, -2, field);
}

static void set_boolean(lua_State *L, const char *field, bool value)
{
    lua_pushboolean(L, value);
    lua_setfield(L, -2, field);
}

static void set_address(lua_State *L, const char *field, const struct mh_addr *address)
{
    if (address->family == AF_UNSPEC)
        return;
    mh_push_addr(L, address);
    lua_setfield(L, -2, field);
}

static void set_port(lua_State *L, unsigned index)
{
    if (index == 0)
        return;
    lua_pushinteger(L, index);
    lua_setfield(L, -2, "port");
}

/* ---- the multicast table --------------------------------------------------------------------
 */

static void set_sources(
    lua_State *L, const struct mh_mdb_record *record, const struct mh_mdb_source *sources)
{
    lua_createtable(L, (int)record->source_count, 0);
    for (size_t i = 0; i < record->source_count; i++) {
        const struct mh_mdb_source *source = &sources[record->first_source + i];

        lua_createtable(L, 0, 2);
        set_address(L, "address", &source->address);
        set_seconds(L, "expires", source->timer);
        lua_seti(L, -2, (lua_Integer)i + 1);
    }
    lua_setfield(L, -2, "sources");
}

static void push_record(
    lua_State *L, const struct mh_mdb_record *record, const struct mh_mdb_source *sources)
{
    lua_createtable(L, 0, 12);
    set_port(L, record->port);
    set_address(L, "group", &record->group);
    set_address(L, "source", &record->source);
    if (record->has_mode) {
        lua_pushstring(L, record->excludes ? "exclude" : "include");
        lua_setfield(L, -2, "mode");
    }
    set_boolean(L, "permanent", record->permanent);
    set_boolean(L, "blocked", record->blocked);
    set_boolean(L, "fast_leave", record->fast_leave);
    set_boolean(L, "star_exclude", record->star_exclude);
    set_boolean(L, "offload", record->offload);
    if (record->protocol) {
        lua_pushstring(L, record->protocol);
        lua_setfield(L, -2, "protocol");
    }
    set_seconds(L, "expires", record->timer);
    set_sources(L, record, sources);
}

static void push_records(lua_State *L, const struct mh_mdb_dump *dump)
{
    lua_createtable(L, (int)dump->count, 0);
    for (size_t i = 0; i < dump->count; i++) {
        push_record(L, &dump->records[i], dump->sources);
        lua_seti(L, -2, (lua_Integer)i + 1);
    }
}

static void push_routers(lua_State *L, const struct mh_mdb_dump *dump)
{
    static const char *const types[] = {
        [MH_ROUTER_PORT_AUTOMATIC] = "automatic",
        [MH_ROUTER_PORT_PERMANENT] = "permanent",
        [MH_ROUTER_PORT_TEMPORARY] = "temporary",
    };

    lua_createtable(L, (int)dump->router_count, 0);
    for (size_t i = 0; i < dump->router_count; i++) {
        const struct mh_router_port *router = &dump->routers[i];

        lua_createtable(L, 0, 4);
        set_port(L, router->port);
        lua_pushstring(L,
            router->type < sizeof(types) / sizeof(types[0]) ? types[router->type] : "unknown");
        lua_setfield(L, -2, "type");
        set_seconds(L, "expires", router->timer);
        set_seconds(L, "expires6", router->timer6);
        lua_seti(L, -2, (lua_Integer)i + 1);
    }
}

/* lab:mdb(switch) -> entries, router ports */
static int lab_mdb(lua_State *L)
{
    struct mh_lab *lab = mh_check_built_lab(L);
    int number = mh_check_switch_number(L, 2);
    void **records = mh_push_guard(L);
    void **sources = mh_push_guard(L);
    void **routers = mh_push_guard(L);
    struct mh_mdb_dump dump;
    struct mh_error err;

    if (mh_lab_read_mdb(lab, number, &dump, &err) < 0)
        return mh_raise(L, &err);
    *records = dump.records;
    *sources = dump.sources;
    *routers = dump.routers;
    push_records(L, &dump);
    push_routers(L, &dump);
    return 2;
}

/* ---- querier and ports ----------------------------------------------------------------------
 */

static void set_querier(lua_State *L, const char *family, const struct mh_querier *querier)
{
    if (!querier->present)
        return;
    lua_createtable(L, 0, 4);
    set_boolean(L, "other", querier->other);
    set_address(L, "address", &querier->address);
    set_port(L, querier->port);
    set_seconds(L, "expires", querier->timer);
    lua_setfield(L, -2, family);
}

/* lab:querier(switch) -> {ipv4 = {...}, ipv6 = {...}} */
static int lab_querier(lua_State *L)
{
    struct mh_lab *lab = mh_check_built_lab(L);
    int number = mh_check_switch_number(L, 2);
    struct mh_querier queriers[2];
    struct mh_error err;

    if (mh_lab_read_querier(lab, number, queriers, &err) < 0)
        return mh_raise(L, &err);
    lua_createtable(L, 0, 2);
    set_querier(L, "ipv4", &queriers[0]);
    set_querier(L, "ipv6", &queriers[1]);
    return 1;
}

/* lab:port_states(switch) -> {{port =, forwarding =, floods =}, ...} */
static int lab_port_states(lua_State *L)
{
    enum { PORTS_MAX = 1024 }; /* BR_MAX_PORTS */
    struct mh_lab *lab = mh_check_built_lab(L);
    int number = mh_check_switch_number(L, 2);
    struct mh_port_state *states =
        lua_newuserdatauv(L, PORTS_MAX * sizeof(struct mh_port_state), 0);
    struct mh_error err;
    int count = mh_lab_read_ports(lab, number, states, PORTS_MAX, &err);

    if (count < 0)
        return mh_raise(L, &err);
    lua_createtable(L, count, 0);
    for (int i = 0; i < count; i++) {
        lua_createtable(L, 0, 3);
        lua_pushinteger(L, states[i].port);
        lua_setfield(L, -2, "port");
        set_boolean(L, "forwarding", states[i].forwarding);
        set_boolean(L, "floods", states[i].floods);
        lua_seti(L, -2, i + 1);
    }
    return 1;
}

const luaL_Reg mh_lab_state_methods[] = {
    {"mdb", lab_mdb},
    {"querier", lab_querier},
    {"port_states", lab_port_states},
    {NULL, NULL},
};
