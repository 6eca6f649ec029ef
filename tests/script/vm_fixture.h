/* A Lua state with its scheduler, as a scenario has it, and the verbs that tests drive it with.
 */
#pragma once

#include "script/task.h"
#include "script/vm.h"
#include "test.h"

#include <lauxlib.h>

#include <errno.h>
#include <string.h>

/* Handles that were left open fail the teardown, and with it the test. */
static inline int open_vm_with(void **state, const struct mh_vm_options *options)
{
    struct mh_vm *vm;
    struct mh_error err;

    if (mh_vm_new(options, &vm, &err) < 0)
        return -1;
    lua_State *L = mh_vm_state(vm);
    /* Collect at every chance: a lifetime bug should not need luck to show. */
    lua_gc(L, LUA_GCINC, 1, 1000, 0);
    if (luaL_dostring(L, "core = require 'mcast.core'") != LUA_OK)
        return -1;
    *state = vm;
    return 0;
}

static inline int open_vm(void **state)
{
    struct mh_vm_options options = {.event_fd = -1, .machine_netns_fd = -1};
    return open_vm_with(state, &options);
}

static inline int close_vm(void **state)
{
    return mh_vm_free(*state);
}

static inline void spawn(struct mh_vm *vm, const char *code)
{
    lua_State *L = mh_vm_state(vm);

    if (luaL_loadstring(L, code) != LUA_OK)
        fail_msg("%s", lua_tostring(L, -1));
    assert_int_equal(mh_scheduler_spawn(mh_vm_scheduler(vm), L, 0), 0);
    lua_pop(L, 1);
}

static inline void run(struct mh_vm *vm)
{
    if (mh_scheduler_run(mh_vm_scheduler(vm)) < 0)
        fail_msg("%s", lua_tostring(mh_vm_state(vm), -1));
}

/* Runs until `code` comes out of the scheduler, with `words` in the message. */
static inline void run_failing(struct mh_vm *vm, int code, const char *words)
{
    lua_State *L = mh_vm_state(vm);

    assert_int_equal(mh_scheduler_run(mh_vm_scheduler(vm)), code);
    if (!strstr(lua_tostring(L, -1), words))
        fail_msg("'%s' is not in: %s", words, lua_tostring(L, -1));
    lua_pop(L, 1);
}
