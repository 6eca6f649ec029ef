/* core.Condition: something that tasks wait for. */
#include "script/convert.h"

#include <lauxlib.h>

#include <errno.h>

#define CONDITION_TYPE "mcast.core.condition"

/* A task that waits has the condition on its stack, so none is collected while somebody waits.
 */
static struct mh_condition *check_condition(lua_State *L)
{
    return luaL_checkudata(L, 1, CONDITION_TYPE);
}

/* condition:signal() */
static int condition_signal(lua_State *L)
{
    mh_condition_signal(check_condition(L), 0);
    return 0;
}

static int wait_ended(lua_State *L, int status, lua_KContext context)
{
    (void)status, (void)context;
    int outcome = mh_task_outcome(L);

    if (outcome == -ETIMEDOUT) {
        luaL_pushfail(L);
        lua_pushliteral(L, "timeout");
        return 2;
    }
    if (outcome < 0) {
        struct mh_error err;
        mh_error_set(&err, outcome, "wait", "for what was closed meanwhile");
        return mh_raise(L, &err);
    }
    lua_pushboolean(L, true);
    return 1;
}

/* condition:wait([timeout]) -> true | nil, "timeout" */
static int condition_wait(lua_State *L)
{
    struct mh_condition *condition = check_condition(L);
    return mh_task_park(L, condition, mh_opt_timeout(L, 2), wait_ended, 0);
}

static const luaL_Reg methods[] = {
    {"signal", condition_signal},
    {"wait", condition_wait},
    {NULL, NULL},
};

struct mh_condition *mh_push_condition(lua_State *L)
{
    struct mh_condition *condition = lua_newuserdatauv(L, sizeof(*condition), 0);
    *condition = (struct mh_condition){0};
    if (luaL_newmetatable(L, CONDITION_TYPE)) {
        luaL_newlib(L, methods);
        lua_setfield(L, -2, "__index");
    }
    lua_setmetatable(L, -2);
    return condition;
}
