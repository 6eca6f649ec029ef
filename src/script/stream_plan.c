#include "script/stream_plan.h"

#include "script/addr_list.h"
#include "script/convert.h"
#include "traffic/pace.h"

/* The field as an integer; 0 when it is nil. */
static uint64_t opt_count(lua_State *L, int arg, const char *name, lua_Integer max)
{
    lua_getfield(L, arg, name);
    lua_Integer value = luaL_optinteger(L, -1, 0);
    lua_pop(L, 1);
    if (value < 0 || value > max)
        luaL_argerror(L, arg, lua_pushfstring(L, "%s: 0 to %I expected", name, max));
    return (uint64_t)value;
}

/* The field times `unit`, rounded; 0 when it is nil. */
static uint64_t opt_scaled(lua_State *L, int arg, const char *name, double unit, uint64_t max)
{
    lua_getfield(L, arg, name);
    double value = luaL_optnumber(L, -1, 0) * unit;
    lua_pop(L, 1);
    if (!(value >= 0) || value > (double)max)
        luaL_argerror(L, arg, lua_pushfstring(L, "%s: out of range", name));
    return (uint64_t)(value + 0.5);
}

/* Word for word what Lua says, and what of it C takes. */
static enum mh_shape_kind shape_kind_field(lua_State *L, int arg)
{
    static const char *const names[] = {"none", "constant", "poisson", "on/off", NULL};
    static const enum mh_shape_kind kinds[] = {
        MH_SHAPE_NONE, MH_SHAPE_CONSTANT, MH_SHAPE_POISSON, MH_SHAPE_ON_OFF};

    lua_getfield(L, arg, "shape");
    int found = luaL_checkoption(L, lua_gettop(L), "none", names);
    lua_pop(L, 1);
    return kinds[found];
}

/* Its walk would be longer than anybody waits for. */
static bool is_shape_sparse(const struct mh_shape *shape, uint64_t rate_upps)
{
    double period_s = ((double)shape->on_ns + (double)shape->off_ns) / 1e9;

    return (double)rate_upps / 1e6 * period_s * MH_SHAPE_PERIODS_MAX < 1;
}

/* The plan has its rate and burst. */
static struct mh_shape check_shape(lua_State *L, int arg, const struct mh_stream_plan *plan)
{
    static const uint64_t day_ns = UINT64_C(86400000000000);
    struct mh_shape shape = {.kind = shape_kind_field(L, arg)};

    if (shape.kind == MH_SHAPE_NONE)
        return shape;
    luaL_argcheck(L, plan->rate_upps > 0 && plan->burst <= 1, arg,
        "shape: needs a rate, and has no burst");
    shape.seed = opt_count(L, arg, "seed", LUA_MAXINTEGER);
    if (shape.kind != MH_SHAPE_ON_OFF)
        return shape;
    shape.on_ns = opt_scaled(L, arg, "on", 1e9, day_ns);
    shape.off_ns = opt_scaled(L, arg, "off", 1e9, day_ns);
    luaL_argcheck(L, shape.on_ns > 0 && !is_shape_sparse(&shape, plan->rate_upps), arg,
        "shape: too few packets in its periods");
    return shape;
}

struct mh_stream_plan mh_check_stream_plan(lua_State *L, int arg)
{
    static const uint64_t century_ns = UINT64_C(3155760000000000000);
    struct mh_stream_plan plan = {.port = 0};

    luaL_checktype(L, arg, LUA_TTABLE);
    lua_getfield(L, arg, "to");
    plan.to = mh_check_addr(L, lua_gettop(L));
    lua_getfield(L, arg, "port");
    plan.port = mh_check_port(L, lua_gettop(L));
    lua_getfield(L, arg, "offload");
    plan.offload = lua_toboolean(L, -1);
    lua_getfield(L, arg, "lockstep");
    plan.lockstep = lua_toboolean(L, -1);
    lua_pop(L, 4);
    plan.size = (size_t)opt_count(L, arg, "size", UINT16_MAX);
    luaL_argcheck(L, plan.size >= MH_PROBE_SIZE_MIN, arg, "size: too small for a probe");
    plan.burst = opt_count(L, arg, "burst", UINT32_MAX);
    plan.count = opt_count(L, arg, "count", (lua_Integer)MH_NUMBER_MAX);
    plan.rate_upps = opt_scaled(L, arg, "rate", 1e6, MH_PACE_RATE_MAX_UPPS);
    plan.duration_ns = opt_scaled(L, arg, "duration", 1e9, century_ns);
    plan.shape = check_shape(L, arg, &plan);
    return plan;
}
