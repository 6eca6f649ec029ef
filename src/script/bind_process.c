/* core.Process: a program on a host. */
#include "loop/child_process.h"
#include "net/netns.h"
#include "script/bindings.h"
#include "script/class.h"
#include "script/convert.h"
#include "script/mountns_box.h"
#include "script/netns_box.h"
#include "script/signal_name.h"
#include "script/vm.h"

#include <lauxlib.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PROCESS_TYPE "mcast.core.process"
#define CHILDREN_TYPE "mcast.core.children"

/* NULL once closed, so closing twice is harmless. Its user value is the condition. */
struct process_box {
    struct mh_child_process *child;
    struct mh_condition *changed;
};

/* Registry key: only its address counts. */
static const char children_key;

/* ---- starting ---- */

static int children_close(lua_State *L)
{
    struct mh_children **children = luaL_checkudata(L, 1, CHILDREN_TYPE);

    *children = mh_children_free(*children);
    return 0;
}

/* Made with the first program. Lua finalizes what was made last first, so that it outlives
 * every process. */
static struct mh_children *get_children(lua_State *L)
{
    struct mh_error err;

    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &children_key) == LUA_TNIL) {
        lua_pop(L, 1);
        struct mh_children **box = lua_newuserdatauv(L, sizeof(*box), 0);
        *box = NULL;
        luaL_setmetatable(L, CHILDREN_TYPE);
        int r = mh_children_new(mh_vm_loop(mh_vm_of(L)), box);
        if (r < 0) {
            mh_error_set(&err, r, "watch", "for the end of programs");
            mh_raise(L, &err);
        }
        lua_pushvalue(L, -1);
        lua_rawsetp(L, LUA_REGISTRYINDEX, &children_key);
    }
    struct mh_children *children = *(struct mh_children **)lua_touserdata(L, -1);
    lua_pop(L, 1);
    return children;
}

/* The strings of a list, as C wants them; both are on the stack from here on. `extra` more are
 * in front, to be filled in. */
static const char **push_strings(lua_State *L, int plan, const char *field, size_t extra)
{
    lua_getfield(L, plan, field);
    luaL_argexpected(L, lua_istable(L, -1), plan, field);
    int list = lua_gettop(L);
    size_t count = (size_t)luaL_len(L, list);
    const char **strings = lua_newuserdatauv(L, (extra + count + 1) * sizeof(*strings), 0);

    for (size_t i = 0; i < count; i++) {
        lua_geti(L, list, (lua_Integer)i + 1);
        luaL_argexpected(L, lua_type(L, -1) == LUA_TSTRING, plan, field);
        strings[extra + i] = lua_tostring(L, -1); /* the list keeps it */
        lua_pop(L, 1);
    }
    strings[extra + count] = NULL;
    return strings;
}

static bool has_same_name(const char *variable, const char *other)
{
    size_t length = strcspn(variable, "=") + 1;
    return strncmp(variable, other, length) == 0;
}

static bool is_replaced(const char *variable, const char *const *given)
{
    for (; *given; given++) {
        if (has_same_name(*given, variable))
            return true;
    }
    return false;
}

/* Our own, without the variables that the plan gives anew, and these. */
static const char *const *push_environment(lua_State *L, int plan)
{
    size_t inherited = 0, kept = 0;
    while (environ && environ[inherited])
        inherited++;

    const char **all = push_strings(L, plan, "environment", inherited);
    for (size_t i = 0; i < inherited; i++) {
        if (!is_replaced(environ[i], all + inherited))
            all[kept++] = environ[i];
    }
    size_t next = inherited;
    while (all[next])
        all[kept++] = all[next++];
    all[kept] = NULL;
    return all;
}

static const char *push_optional(lua_State *L, int plan, const char *field, size_t *ret_length)
{
    lua_getfield(L, plan, field);
    return luaL_optlstring(L, -1, NULL, ret_length);
}

static void on_changed(void *context)
{
    const struct process_box *box = context;
    mh_condition_signal(box->changed, 0);
}

static struct process_box *push_box(lua_State *L)
{
    struct process_box *box = lua_newuserdatauv(L, sizeof(*box), 1);

    box->child = NULL;
    luaL_setmetatable(L, PROCESS_TYPE);
    box->changed = mh_push_condition(L);
    lua_setiuservalue(L, -2, 1);
    return box;
}

/* What a child needs of its parent. */
struct launch {
    struct mh_children *children;
    struct mh_program program;
    struct process_box *box;
};

static int start_here(const struct launch *launch, struct mh_error *err)
{
    return mh_child_process_start(
        launch->children, &launch->program, on_changed, launch->box, &launch->box->child, err);
}

/* NULL: with the files of this process. */
static int start_among(
    const struct mh_mountns *mounts, const struct launch *launch, struct mh_error *err)
{
    struct mh_mountns home;
    if (!mounts)
        return start_here(launch, err);

    int r = mh_mountns_visit(mounts, &home, err);
    if (r < 0)
        return r;
    r = start_here(launch, err);
    int back = mh_mountns_return(&home, r < 0 ? NULL : err);
    return r < 0 ? r : back;
}

/* A child inherits the namespaces of the thread that starts it. */
static int start_in(int netns, const struct mh_mountns *mounts, const struct launch *launch,
    struct mh_error *err)
{
    int home;
    int r = mh_netns_visit(netns, &home, err);
    if (r < 0)
        return r;
    r = start_among(mounts, launch, err);
    int back = mh_netns_return(home, r < 0 ? NULL : err);
    return r < 0 ? r : back;
}

static const struct mh_mountns *push_mounts(lua_State *L, int plan)
{
    lua_getfield(L, plan, "mounts");
    return mh_opt_mountns(L, lua_gettop(L));
}

/* core.process(netns, plan) */
static int process_start(lua_State *L)
{
    int netns = mh_check_netns(L, 1);
    luaL_checktype(L, 2, LUA_TTABLE);
    struct launch launch = {.children = get_children(L)};
    struct mh_program *program = &launch.program;
    program->arguments = push_strings(L, 2, "arguments", 0);
    program->environment = push_environment(L, 2);
    program->directory = push_optional(L, 2, "directory", NULL);
    luaL_argcheck(L, program->arguments[0], 2, "no command");
    program->input = push_optional(L, 2, "input", &program->input_length);
    const struct mh_mountns *mounts = push_mounts(L, 2);
    launch.box = push_box(L);
    struct mh_error err;

    if (start_in(netns, mounts, &launch, &err) < 0)
        return mh_raise(L, &err);
    return 1;
}

/* ---- methods ---- */

static struct mh_child_process *check_open(lua_State *L)
{
    const struct process_box *box = luaL_checkudata(L, 1, PROCESS_TYPE);

    luaL_argcheck(L, box->child, 1, "process is closed");
    return box->child;
}

/* __close: a program that is left behind by an error. What it wrote stays to be read. */
static int process_abandon(lua_State *L)
{
    const struct process_box *box = luaL_checkudata(L, 1, PROCESS_TYPE);

    if (box->child)
        mh_child_process_kill(box->child, SIGKILL);
    return 0;
}

/* process:close() and __gc. Runs no Lua and never throws. */
static int process_close(lua_State *L)
{
    struct process_box *box = luaL_checkudata(L, 1, PROCESS_TYPE);

    box->child = mh_child_process_close(box->child);
    return 0;
}

static int process_pid(lua_State *L)
{
    lua_pushinteger(L, mh_child_process_pid(check_open(L)));
    return 1;
}

/* process:kill(signal): one that has ended is left alone */
static int process_kill(lua_State *L)
{
    const struct mh_child_process *child = check_open(L);
    int r = mh_child_process_kill(child, mh_check_signal(L, 2));

    if (r < 0 && r != -ESRCH) {
        struct mh_error err;
        mh_error_set(&err, r, "signal", "process %d", (int)mh_child_process_pid(child));
        return mh_raise(L, &err);
    }
    return 0;
}

/* process:ended() -> {time, status | nil, signal | nil} | nil */
static int process_ended(lua_State *L)
{
    const struct mh_child_end *end = mh_child_process_end(check_open(L));

    if (!end) {
        luaL_pushfail(L);
        return 1;
    }
    lua_createtable(L, 0, 2);
    lua_pushnumber(L, (lua_Number)end->time_ns / 1e9);
    lua_setfield(L, -2, "time");
    if (end->status >= 0) {
        lua_pushinteger(L, end->status);
        lua_setfield(L, -2, "status");
    } else {
        mh_push_signal_name(L, end->signal);
        lua_setfield(L, -2, "signal");
    }
    return 1;
}

/* process:is_over() */
static int process_is_over(lua_State *L)
{
    lua_pushboolean(L, mh_child_process_is_over(check_open(L)));
    return 1;
}

/* process:output(["stdout" | "stderr"]) */
static int process_output(lua_State *L)
{
    static const char *const names[] = {
        [MH_OUTPUT_BOTH] = "both",
        [MH_OUTPUT_STDOUT] = "stdout",
        [MH_OUTPUT_STDERR] = "stderr",
        NULL,
    };
    const struct mh_child_process *child = check_open(L);
    enum mh_output which = (enum mh_output)luaL_checkoption(L, 2, "both", names);
    size_t length;
    const char *bytes = mh_child_process_output(child, which, &length);

    lua_pushlstring(L, bytes, length);
    return 1;
}

/* process:changed() */
static int process_changed(lua_State *L)
{
    check_open(L);
    lua_getiuservalue(L, 1, 1);
    return 1;
}

static const luaL_Reg methods[] = {
    {"close", process_close},
    {"pid", process_pid},
    {"kill", process_kill},
    {"ended", process_ended},
    {"is_over", process_is_over},
    {"output", process_output},
    {"changed", process_changed},
    {NULL, NULL},
};

static const luaL_Reg metamethods[] = {
    {"__close", process_abandon},
    {"__gc", process_close},
    {NULL, NULL},
};

static const luaL_Reg children_metamethods[] = {
    {"__gc", children_close},
    {NULL, NULL},
};

static const luaL_Reg functions[] = {
    {"process", process_start},
    {"signals", mh_signal_names},
    {NULL, NULL},
};

void mh_bind_process(lua_State *L)
{
    mh_class_define(L, CHILDREN_TYPE, NULL, children_metamethods);
    mh_class_define(L, PROCESS_TYPE, methods, metamethods);

    luaL_setfuncs(L, functions, 0);
}
