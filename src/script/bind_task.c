/* core: tasks, what they wait for, and the deadline. */
#include "script/bindings.h"
#include "script/convert.h"
#include "script/task.h"
#include "script/vm.h"

#include <lauxlib.h>

static int sleep_ended(lua_State *L, int status, lua_KContext context)
{
    (void)status, (void)context;
    mh_task_outcome(L); /* raises at the deadline */
    return 0;
}

/* core.sleep(seconds) */
static int core_sleep(lua_State *L)
{
    luaL_checknumber(L, 1);
    return mh_task_park(L, NULL, mh_opt_timeout(L, 1), sleep_ended, 0);
}

/* core.spawn(function, ...) -> task */
static int core_spawn(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    struct mh_scheduler *scheduler = mh_vm_scheduler(mh_vm_of(L));
    int r = mh_scheduler_spawn(scheduler, L, lua_gettop(L) - 1);
    if (r < 0) {
        struct mh_error err;
        mh_error_set(&err, r, "spawn", "a task");
        return mh_raise(L, &err);
    }
    return 1;
}

/* core.condition() -> condition */
static int core_condition(lua_State *L)
{
    mh_push_condition(L);
    return 1;
}

/* core.deadline([seconds [, message]]) */
static int core_deadline(lua_State *L)
{
    int64_t timeout_ns = mh_opt_timeout(L, 1);
    struct mh_scheduler *scheduler = mh_vm_scheduler(mh_vm_of(L));
    uint64_t at_ns = timeout_ns < 0 ? 0 : uv_hrtime() + (uint64_t)timeout_ns;
    int r = mh_scheduler_deadline(scheduler, at_ns, luaL_optstring(L, 2, NULL));

    if (r < 0) {
        struct mh_error err;
        mh_error_set(&err, r, "arm", "the deadline");
        return mh_raise(L, &err);
    }
    return 0;
}

static const luaL_Reg functions[] = {
    {"sleep", core_sleep},
    {"spawn", core_spawn},
    {"condition", core_condition},
    {"deadline", core_deadline},
    {NULL, NULL},
};

void mh_bind_task(lua_State *L)
{
    luaL_setfuncs(L, functions, 0);
}
