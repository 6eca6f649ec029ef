#include "script/memory.h"
#include "vm_fixture.h"

#include <stdlib.h>

static void limit_bounds_growth_and_never_shrinking(void **state)
{
    (void)state;
    struct mh_memory memory = {.limit = 1000};

    void *block = mh_memory_alloc(&memory, NULL, LUA_TTABLE, 800);
    assert_non_null(block);
    assert_null(mh_memory_alloc(&memory, block, 800, 1001));
    assert_null(mh_memory_alloc(&memory, NULL, 0, 201));
    assert_int_equal(memory.used, 800);
    memory.limit = 100;
    block = mh_memory_alloc(&memory, block, 800, 500);
    assert_non_null(block);
    assert_int_equal(memory.used, 500);
    assert_int_equal(memory.peak, 800);
    assert_null(mh_memory_alloc(&memory, block, 500, 0));
    assert_int_equal(memory.used, 0);
}

static void state_counts_what_it_uses(void **state)
{
    spawn(*state, "collectgarbage()\n"
                  "local before = core.memory()\n"
                  "local block = ('x'):rep(1000000)\n"
                  "local used, peak = core.memory()\n"
                  "assert(used - before >= 1000000 and peak >= used)\n"
                  "block = nil; collectgarbage()\n"
                  "local after, still = core.memory()\n"
                  "assert(after < before + 10000)\n"
                  "assert(still >= peak and still < peak + 10000)");
    run(*state);
}

static void exhausted_memory_is_an_error_that_is_survived(void **state)
{
    spawn(*state,
        "core.memory_limit(core.memory() + 500000)\n"
        "for _, f in ipairs {\n"
        "  function() local t = {}; while true do t[#t + 1] = {} end end,\n"
        "  function() local s = 'x'; while true do s = s .. s end end,\n"
        "  function() local c = {}; while true do c[#c + 1] = core.condition() end end,\n"
        "  function() core.json_encode {('\\0'):rep(100000)} end,\n"
        "} do\n"
        "  local ok, why = pcall(f)\n"
        "  assert(not ok and why == 'not enough memory', why)\n"
        "  collectgarbage()\n"
        "end\n"
        "local used, peak = core.memory()\n"
        "core.memory_limit(nil)\n"
        "assert(#('x'):rep(4000000) == 4000000)");
    run(*state);
}

/* Everything that raising, tracing and cancelling need must do without memory. */
static void no_memory_at_all_does_not_crash(void **state)
{
    spawn(*state, "local guard <close> = setmetatable({}, {__close = function()\n"
                  "  local t = {{}, {}} end})\n"
                  "core.condition():wait()");
    spawn(*state,
        "core.sleep(0); core.memory_limit(1); local t = {}; while true do t[#t + 1] = {} end");
    run_failing(*state, -ECANCELED, "not enough memory");
}

static void tasks_that_exhaust_memory_are_survived(void **state)
{
    spawn(*state, "core.memory_limit(core.memory() + 500000)\n"
                  "local ok, why = pcall(function()\n"
                  "  while true do core.spawn(core.sleep, 100) end\n"
                  "end)\n"
                  "assert(not ok and why:find('not enough memory'), why)\n"
                  "error('enough', 0)");
    assert_int_equal(mh_scheduler_run(mh_vm_scheduler(*state)), -ECANCELED);
    lua_pop(mh_vm_state(*state), 1);
}

static void deadline_without_memory_still_ends_a_loop(void **state)
{
    spawn(*state, "local function body()\n"
                  "  core.memory_limit(1)\n"
                  "  while true do pcall(core.sleep, 1) end\n"
                  "end\n"
                  "core.deadline(0.02)\n"
                  "local ok, why = pcall(body)\n"
                  "core.deadline(nil); core.memory_limit(nil)\n"
                  "assert(not ok and why, tostring(why))");
    run(*state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            limit_bounds_growth_and_never_shrinking, open_vm, close_vm),
        cmocka_unit_test_setup_teardown(state_counts_what_it_uses, open_vm, close_vm),
        cmocka_unit_test_setup_teardown(
            exhausted_memory_is_an_error_that_is_survived, open_vm, close_vm),
        cmocka_unit_test_setup_teardown(no_memory_at_all_does_not_crash, open_vm, close_vm),
        cmocka_unit_test_setup_teardown(
            tasks_that_exhaust_memory_are_survived, open_vm, close_vm),
        cmocka_unit_test_setup_teardown(
            deadline_without_memory_still_ends_a_loop, open_vm, close_vm),
    };
    return cmocka_run_group_tests_name("script/memory", tests, NULL, NULL);
}
