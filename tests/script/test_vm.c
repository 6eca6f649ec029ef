#include "script/vm.h"
#include "vm_fixture.h"

#include <lualib.h>
#include <uv.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define MODULE(name, path, text)                                                               \
    {                                                                                          \
        name, text, sizeof(text) - 1, path, NULL, 0                                            \
    }

static const struct mh_embedded_module modules[] = {
    MODULE("mcast.answer", "mcast/answer.lua",
        "local answer = {}\n"
        "function answer.length(text) return #text end\n"
        "function answer.waits(text)\n"
        "  require('mcast.core').sleep(0.001); return tonumber(text)\n"
        "end\n"
        "function answer.spawns()\n"
        "  require('mcast.core').spawn(function() require('mcast.core').sleep(0.001); DONE = 1 "
        "end)\n"
        "  return 7\n"
        "end\n"
        "function answer.fails() error('the reason') end\n"
        "function answer.fails_waiting() require('mcast.core').sleep(0); error {} end\n"
        "return answer\n"),
    MODULE("mcast", "mcast/init.lua", "return {path = select(2, ...), name = ...}"),
    MODULE("mcast.where", "mcast/where.lua", "return debug.getinfo(1, 'S').short_src"),
    MODULE("mcast.broken", "mcast/broken.lua", "return return"),
    {0},
};

static int open_library(void **state)
{
    struct mh_vm_options options = {.event_fd = -1, .machine_netns_fd = -1, .modules = modules};
    return open_vm_with(state, &options);
}

static int call(
    void **state, const char *function, const char *text, bool as_task, struct mh_error *err)
{
    int status = -1;
    int r = mh_vm_call(*state, "mcast.answer", function, text, as_task, &status, err);
    return r < 0 ? r : status;
}

static void call_returns_the_functions_integer(void **state)
{
    struct mh_error err;
    assert_int_equal(call(state, "length", "four", false, &err), 4);
    assert_int_equal(call(state, "length", "fives", true, &err), 5);
    assert_int_equal(lua_gettop(mh_vm_state(*state)), 0);
}

static void call_as_task_may_wait(void **state)
{
    struct mh_error err;
    assert_int_equal(call(state, "waits", "42", true, &err), 42);
    assert_int_equal(call(state, "waits", "42", false, &err), -ECANCELED);
    assert_non_null(strstr(err.message, "only a task may wait"));
}

static void call_runs_until_every_task_has_ended(void **state)
{
    struct mh_error err;
    lua_State *L = mh_vm_state(*state);

    assert_int_equal(call(state, "spawns", "", true, &err), 7);
    assert_int_equal(lua_getglobal(L, "DONE"), LUA_TNUMBER);
    lua_pop(L, 1);
}

static void failure_comes_with_message_and_traceback(void **state)
{
    struct mh_error err;

    for (int as_task = 0; as_task <= 1; as_task++) {
        assert_int_equal(call(state, "fails", "", as_task, &err), -ECANCELED);
        assert_int_equal(err.code, -ECANCELED);
        assert_string_equal(err.operation, "fails");
        assert_ptr_equal(
            strstr(err.message, "builtin:mcast/answer.lua:10: the reason"), err.message);
        assert_non_null(strstr(err.message, "stack traceback"));
    }
    assert_int_equal(call(state, "fails_waiting", "", true, &err), -ECANCELED);
    assert_non_null(strstr(err.message, "table: 0x"));
    assert_int_equal(call(state, "missing", "", false, &err), -ECANCELED);
    assert_int_equal(call(state, "fails", "", false, NULL), -ECANCELED);
}

static void run_code(void **state, const char *code)
{
    if (luaL_dostring(mh_vm_state(*state), code) != LUA_OK)
        fail_msg("%s", lua_tostring(mh_vm_state(*state), -1));
}

static void modules_are_found_by_require(void **state)
{
    run_code(state, "assert(require 'mcast.where' == 'builtin:mcast/where.lua')\n"
                    "assert(require('mcast').name == 'mcast')\n"
                    "assert(require('mcast').path == 'builtin:mcast/init.lua')\n"
                    "local ok, why = pcall(require, 'mcast.broken')\n"
                    "assert(not ok and why:find('builtin:mcast/broken.lua:1'), why)\n"
                    "ok, why = pcall(require, 'mcast.nowhere')\n"
                    "assert(not ok and why:find('in the library of mcast%-harness'), why)");
}

/* The code is on the stack of `L`. */
static struct mh_embedded_module compiled(lua_State *L, struct mh_embedded_module module)
{
    luaL_openlibs(L);
    assert_int_equal(luaL_dostring(L, "return string.dump(load 'return [[compiled]]')"), 0);
    module.code = lua_tolstring(L, -1, &module.code_length);
    return module;
}

static void compiled_modules_are_not_compiled_again(void **state)
{
    (void)state;
    lua_State *L = luaL_newstate();
    struct mh_embedded_module library[2] = {compiled(L, modules[1])};
    struct mh_vm_options options = {.event_fd = -1, .machine_netns_fd = -1, .modules = library};
    void *vm = NULL;

    assert_int_equal(open_vm_with(&vm, &options), 0);
    run_code(&vm, "local made, path = require 'mcast'\n"
                  "assert(made == 'compiled' and path == 'builtin:mcast/init.lua')\n"
                  "assert(core.builtin_source('mcast'):find '^return {path')");
    assert_int_equal(mh_vm_free(vm), 0);
    lua_close(L);
}

static void source_of_a_module_is_text(void **state)
{
    run_code(state, "local text, path = core.builtin_source 'mcast.where'\n"
                    "assert(text:find '^return debug' and path == 'builtin:mcast/where.lua')\n"
                    "assert(core.builtin_source 'mcast.nowhere' == nil)");
}

static void write_file(const char *directory, const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof(path), "%s/%s", directory, name);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void folder_replaces_modules(void **state)
{
    (void)state;
    char directory[] = "/tmp/mh-vm-XXXXXX", inner[64], command[128];
    assert_non_null(mkdtemp(directory));
    snprintf(inner, sizeof(inner), "%s/mcast", directory);
    assert_int_equal(mkdir(inner, 0700), 0);
    write_file(inner, "init.lua", "return 'replaced ' .. select(2, ...)");
    write_file(inner, "where.lua", "return debug.getinfo(1, 'S').source");
    write_file(inner, "empty.lua", "");

    void *vm = NULL;
    struct mh_vm_options options = {
        .event_fd = -1, .machine_netns_fd = -1, .modules = modules, .lua_directory = directory};
    assert_int_equal(open_vm_with(&vm, &options), 0);
    lua_pushstring(mh_vm_state(vm), directory);
    lua_setglobal(mh_vm_state(vm), "directory");
    run_code(&vm, "assert(require 'mcast' == 'replaced ' .. directory .. '/mcast/init.lua')\n"
                  "assert(require 'mcast.where' == '=' .. directory .. '/mcast/where.lua')\n"
                  "assert(core.builtin_source 'mcast.empty' == '')\n"
                  "assert(require 'mcast.answer'.length 'x' == 1)");
    assert_int_equal(mh_vm_free(vm), 0);
    snprintf(command, sizeof(command), "rm -r %s", directory);
    assert_int_equal(system(command), 0);
}

/* package.path comes last: it works, and nothing in it shadows the library. */
static void files_beside_a_scenario_are_found_last(void **state)
{
    char directory[] = "/tmp/mh-vm-XXXXXX", inner[64], command[128];
    assert_non_null(mkdtemp(directory));
    snprintf(inner, sizeof(inner), "%s/mcast", directory);
    assert_int_equal(mkdir(inner, 0700), 0);
    write_file(inner, "where.lua", "return 'shadow'");
    write_file(directory, "beside.lua", "return 'beside'");

    lua_pushfstring(mh_vm_state(*state), "package.path = '%s/?.lua'", directory);
    run_code(state, lua_tostring(mh_vm_state(*state), -1));
    run_code(state, "assert(require 'mcast.where' == 'builtin:mcast/where.lua')\n"
                    "assert(require 'beside' == 'beside')");
    snprintf(command, sizeof(command), "rm -r %s", directory);
    assert_int_equal(system(command), 0);
}

static int open_extra(lua_State *L)
{
    lua_pushliteral(L, "extra");
    return 1;
}

static void preloaded_modules_are_found(void **state)
{
    mh_vm_preload(*state, "mcast.extra", open_extra);
    run_code(state, "assert(require 'mcast.extra' == 'extra')");
}

static void error_metatable_names_the_message(void **state)
{
    run_code(state,
        "local ok, why = pcall(core.real_path, '/nowhere')\n"
        "assert(getmetatable(why) == core.error_metatable)\n"
        "assert(why.code == 'ENOENT' and why.operation == 'resolve')\n"
        "assert(tostring(why) == 'resolve /nowhere: No such file or directory (ENOENT)',\n"
        "  tostring(why))");
}

static void forgotten_handle_is_counted(void **state)
{
    (void)state;
    void *vm = NULL;
    uv_timer_t timer;

    assert_int_equal(open_library(&vm), 0);
    uv_timer_init(mh_vm_loop(vm), &timer);
    assert_int_equal(mh_vm_free(vm), 1);
    assert_int_equal(mh_vm_free(NULL), 0);
}

/* The supervisor's state. */
static void without_a_loop_there_is_nothing_that_needs_one(void **state)
{
    (void)state;
    struct mh_vm_options options = {
        .event_fd = -1, .machine_netns_fd = -1, .without_loop = true};
    void *vm = NULL;

    assert_int_equal(open_vm_with(&vm, &options), 0);
    assert_null(mh_vm_loop(vm));
    assert_null(mh_vm_traffic(vm));
    assert_null(mh_vm_scheduler(vm));
    assert_int_equal(
        luaL_dostring(mh_vm_state(vm),
            "assert(core.now() > 0 and core.json_encode {} and core.machine())\n"
            "assert(not core.sleep and not core.spawn and not core.lab and not core.socket)\n"
            "assert(coroutine.wrap(function() return 7 end)() == 7)"),
        LUA_OK);
    assert_int_equal(mh_vm_free(vm), 0);
}

static void finalizers_may_run_coroutines_at_the_end(void **state)
{
    run_code(state, "KEPT = setmetatable({}, {__gc = function()\n"
                    "  coroutine.wrap(function() pcall(core.sleep, 1) end)()\n"
                    "  pcall(core.spawn, print)\n"
                    "end})");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            call_returns_the_functions_integer, open_library, close_vm),
        cmocka_unit_test_setup_teardown(call_as_task_may_wait, open_library, close_vm),
        cmocka_unit_test_setup_teardown(
            call_runs_until_every_task_has_ended, open_library, close_vm),
        cmocka_unit_test_setup_teardown(
            failure_comes_with_message_and_traceback, open_library, close_vm),
        cmocka_unit_test_setup_teardown(modules_are_found_by_require, open_library, close_vm),
        cmocka_unit_test(compiled_modules_are_not_compiled_again),
        cmocka_unit_test_setup_teardown(source_of_a_module_is_text, open_library, close_vm),
        cmocka_unit_test_setup_teardown(folder_replaces_modules, open_library, close_vm),
        cmocka_unit_test_setup_teardown(
            files_beside_a_scenario_are_found_last, open_library, close_vm),
        cmocka_unit_test_setup_teardown(preloaded_modules_are_found, open_library, close_vm),
        cmocka_unit_test_setup_teardown(
            error_metatable_names_the_message, open_library, close_vm),
        cmocka_unit_test_setup_teardown(forgotten_handle_is_counted, open_library, close_vm),
        cmocka_unit_test(without_a_loop_there_is_nothing_that_needs_one),
        cmocka_unit_test_setup_teardown(
            finalizers_may_run_coroutines_at_the_end, open_library, close_vm),
    };
    return cmocka_run_group_tests_name("script/vm", tests, NULL, NULL);
}
