#include "script/coroutine.h"

#include "script/lua_compat.h"

#include <lauxlib.h>

/* Lua's own functions, except that the scheduler is told which thread runs. Their behaviour is
 * that of the reference manual, section 6.2. */

static struct mh_scheduler *scheduler_of(lua_State *L)
{
    return lua_touserdata(L, lua_upvalueindex(1));
}

static lua_State *check_coroutine(lua_State *L, int arg)
{
    lua_State *thread = lua_tothread(L, arg);

    luaL_argexpected(L, thread, arg, "coroutine");
    luaL_argcheck(L, !mh_task_owns(thread), arg, "only the scheduler may resume a task");
    return thread;
}

/* Returns the number of results moved to L, or -1 with the error on top of it. */
static int resume(lua_State *L, lua_State *thread, int argument_count)
{
    int result_count;

    if (!lua_checkstack(thread, argument_count)) {
        lua_pushliteral(L, "too many arguments to resume");
        return -1;
    }
    lua_xmove(L, thread, argument_count);
    lua_State *before = mh_scheduler_enter(scheduler_of(L), thread);
    int status = lua_resume(thread, L, argument_count, &result_count);
    mh_scheduler_enter(scheduler_of(L), before);
    if (status != LUA_OK && status != LUA_YIELD) {
        lua_xmove(thread, L, 1);
        return -1;
    }
    if (!lua_checkstack(L, result_count + 1)) {
        lua_pop(thread, result_count);
        lua_pushliteral(L, "too many results to resume");
        return -1;
    }
    lua_xmove(thread, L, result_count);
    return result_count;
}

static int close_thread(lua_State *L, lua_State *thread)
{
    lua_State *before = mh_scheduler_enter(scheduler_of(L), thread);
    int status = mh_lua_close_thread(thread, L);
    mh_scheduler_enter(scheduler_of(L), before);
    return status;
}

/* coroutine.resume(thread, ...) -> true, ... | false, error */
static int coroutine_resume(lua_State *L)
{
    lua_State *thread = check_coroutine(L, 1);
    int result_count = resume(L, thread, lua_gettop(L) - 1);
    bool succeeded = result_count >= 0;

    if (!succeeded)
        result_count = 1;
    lua_pushboolean(L, succeeded);
    lua_insert(L, -(result_count + 1));
    return result_count + 1;
}

/* Adds the position, as Lua does to the errors that it passes on. */
static int raise_from(lua_State *L, lua_State *thread)
{
    int status = lua_status(thread);

    if (status != LUA_OK && status != LUA_YIELD) {
        status = close_thread(L, thread);
        lua_xmove(thread, L, 1); /* perhaps the error of a closing variable */
    }
    if (status != LUA_ERRMEM && lua_type(L, -1) == LUA_TSTRING) {
        luaL_where(L, 1);
        lua_insert(L, -2);
        lua_concat(L, 2);
    }
    return lua_error(L);
}

static int call_wrapped(lua_State *L)
{
    lua_State *thread = lua_tothread(L, lua_upvalueindex(2));
    int result_count = resume(L, thread, lua_gettop(L));

    return result_count >= 0 ? result_count : raise_from(L, thread);
}

/* coroutine.wrap(function) -> function */
static int coroutine_wrap(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_State *thread = lua_newthread(L);
    lua_pushvalue(L, 1);
    lua_xmove(L, thread, 1);
    lua_pushcclosure(L, call_wrapped, 2);
    return 1;
}

/* coroutine.close(thread) -> true | false, error */
static int coroutine_close(lua_State *L)
{
    lua_State *thread = check_coroutine(L, 1);
    lua_Debug frame;

    if (thread == L || (lua_status(thread) == LUA_OK && lua_getstack(thread, 0, &frame)))
        return luaL_error(L, "cannot close a running coroutine");
    int status = close_thread(L, thread);
    lua_pushboolean(L, status == LUA_OK);
    if (status == LUA_OK)
        return 1;
    lua_xmove(thread, L, 1);
    return 2;
}

static const luaL_Reg functions[] = {
    {"resume", coroutine_resume},
    {"wrap", coroutine_wrap},
    {"close", coroutine_close},
    {NULL, NULL},
};

void mh_coroutine_install(lua_State *L, struct mh_scheduler *scheduler)
{
    lua_getglobal(L, "coroutine");
    lua_pushlightuserdata(L, scheduler);
    luaL_setfuncs(L, functions, 1);
    lua_pop(L, 1);
}
