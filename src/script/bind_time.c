/* core: the clock and the memory limit. */
#include "base/clock.h"
#include "script/bindings.h"
#include "script/memory.h"
#include "script/vm.h"

#include <lauxlib.h>

/* core.now() -> seconds */
static int core_now(lua_State *L)
{
    lua_pushnumber(L, (lua_Number)mh_clock_monotonic_ns() / 1e9);
    return 1;
}

/* core.memory_limit([bytes]) */
static int core_memory_limit(lua_State *L)
{
    struct mh_memory *memory = mh_vm_memory(mh_vm_of(L));

    if (lua_isnoneornil(L, 1)) {
        memory->limit = 0;
        return 0;
    }
    lua_Integer bytes = luaL_checkinteger(L, 1);
    luaL_argcheck(L, bytes > 0, 1, "bytes expected, more than zero");
    memory->limit = (size_t)bytes;
    return 0;
}

/* core.memory() -> used, peak */
static int core_memory(lua_State *L)
{
    const struct mh_memory *memory = mh_vm_memory(mh_vm_of(L));

    lua_pushinteger(L, (lua_Integer)memory->used);
    lua_pushinteger(L, (lua_Integer)memory->peak);
    return 2;
}

static const luaL_Reg functions[] = {
    {"now", core_now},
    {"memory_limit", core_memory_limit},
    {"memory", core_memory},
    {NULL, NULL},
};

void mh_bind_time(lua_State *L)
{
    luaL_setfuncs(L, functions, 0);
}
