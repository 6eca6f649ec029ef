#include "script/task.h"
#include "vm_fixture.h"

static void waking_is_in_the_order_of_parking(void **state)
{
    spawn(*state,
        "local c, order = core.condition(), {}\n"
        "for i = 1, 5 do\n"
        "  core.spawn(function() assert(c:wait() == true); order[#order + 1] = i end)\n"
        "end\n"
        "core.sleep(0)\n"
        "c:signal()\n"
        "core.sleep(0)\n"
        "assert(table.concat(order) == '12345', table.concat(order))");
    run(*state);
}

static void signal_wakes_only_who_waits_now(void **state)
{
    spawn(*state, "local c = core.condition()\n"
                  "c:signal()\n"
                  "local ok, why = c:wait(0.002)\n"
                  "assert(ok == nil and why == 'timeout')");
    run(*state);
}

static void wait_never_ends_early(void **state)
{
    spawn(*state, "for _, timeout in ipairs {0, 0.0001, 0.001, 0.0015, 0.0104} do\n"
                  "  local before = core.now()\n"
                  "  local ok, why = core.condition():wait(timeout)\n"
                  "  assert(not ok and why == 'timeout')\n"
                  "  assert(core.now() - before >= timeout, timeout)\n"
                  "end");
    run(*state);
}

/* The loop's clock stands still while Lua runs, and a timer counts from it. */
static void wait_after_busy_lua_never_ends_early(void **state)
{
    spawn(*state, "local before = core.now()\n"
                  "while core.now() - before < 0.02 do end\n"
                  "before = core.now()\n"
                  "core.sleep(0.01)\n"
                  "assert(core.now() - before >= 0.01)");
    run(*state);
}

static void signal_in_the_turn_of_the_timeout_wins(void **state)
{
    spawn(*state, "local c = core.condition()\n"
                  "core.spawn(function() c:signal() end)\n"
                  "assert(c:wait(0) == true)");
    run(*state);
}

static void arguments_reach_the_task(void **state)
{
    spawn(*state, "local a, b, n\n"
                  "core.spawn(function(...) a, b = ...; n = select('#', ...) end, 1, nil)\n"
                  "core.sleep(0)\n"
                  "assert(a == 1 and b == nil and n == 2)");
    run(*state);
}

static void cancelling_runs_closing_variables(void **state)
{
    spawn(*state, "local closed = 0\n"
                  "local task = core.spawn(function()\n"
                  "  local guard <close> = setmetatable({}, {__close = function()\n"
                  "    closed = closed + 1\n"
                  "    local ok, why = pcall(core.sleep, 1)\n"
                  "    assert(not ok and why:find('only a task may wait'), why)\n"
                  "    closed = closed + 1\n"
                  "  end})\n"
                  "  core.condition():wait()\n"
                  "  error('must not be reached')\n"
                  "end)\n"
                  "core.sleep(0)\n"
                  "assert(task:alive())\n"
                  "task:cancel()\n"
                  "assert(closed == 2 and not task:alive())\n"
                  "task:cancel()");
    run(*state);
}

static void cancelled_while_queued_it_never_runs(void **state)
{
    spawn(*state, "local task = core.spawn(error, 'must not be reached')\n"
                  "task:cancel()\n"
                  "local c = core.condition()\n"
                  "local woken = core.spawn(function() c:wait(); error('nor here') end)\n"
                  "core.sleep(0)\n"
                  "c:signal(); woken:cancel(); core.sleep(0)");
    run(*state);
}

static void closing_variable_may_cancel_its_own_task(void **state)
{
    spawn(*state, "local task\n"
                  "task = core.spawn(function()\n"
                  "  local guard <close> = setmetatable({}, {__close = function()\n"
                  "    task:cancel() end})\n"
                  "  core.condition():wait()\n"
                  "end)\n"
                  "core.sleep(0); task:cancel(); assert(not task:alive())");
    run(*state);
}

static void task_cannot_cancel_itself(void **state)
{
    spawn(*state, "local task\n"
                  "task = core.spawn(function() SELF = {pcall(task.cancel, task)} end)\n"
                  "core.sleep(0)\n"
                  "assert(not SELF[1] and SELF[2]:find('cannot cancel itself'), SELF[2])");
    run(*state);
}

static void escaped_error_ends_the_run_with_its_traceback(void **state)
{
    spawn(*state, "local function deep() error('the reason') end\n"
                  "core.sleep(0); deep()");
    run_failing(*state, -ECANCELED, "the reason");
    spawn(*state, "local function deeper() error('again') end deeper()");
    run_failing(*state, -ECANCELED, "'deeper'");
}

static void error_object_that_cannot_be_told_is_survived(void **state)
{
    spawn(*state, "error(setmetatable({}, {__tostring = function() error('worse') end}))");
    run_failing(*state, -ECANCELED, "worse");
}

static void wrong_arguments_are_named(void **state)
{
    spawn(*state, "for _, bad in ipairs {-1, 0/0, 'x', {}} do\n"
                  "  local ok, why = pcall(core.sleep, bad)\n"
                  "  assert(not ok and why:find('bad argument #1'), why)\n"
                  "end\n"
                  "local ok, why = pcall(core.spawn, 3)\n"
                  "assert(not ok and why:find('function expected'), why)");
    run(*state);
}

static int signal_cancelled(lua_State *L)
{
    mh_vm_push_traffic_changed(L);
    mh_condition_signal(lua_touserdata(L, -1), -ECANCELED);
    return 0;
}

static void closed_object_wakes_with_an_error_object(void **state)
{
    struct mh_vm *vm = *state;
    lua_State *L = mh_vm_state(vm);

    mh_vm_push_traffic_changed(L);
    lua_setglobal(L, "changed");
    lua_register(L, "signal_cancelled", signal_cancelled);
    spawn(vm, "local ok, why = pcall(changed.wait, changed)\n"
              "assert(not ok and why.code == 'ECANCELED' and why.operation == 'wait')\n"
              "assert(getmetatable(why) == core.error_metatable)\n"
              "DONE = true");
    spawn(vm, "signal_cancelled(); core.sleep(0); assert(DONE)");
    run(vm);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(waking_is_in_the_order_of_parking, open_vm, close_vm),
        cmocka_unit_test_setup_teardown(signal_wakes_only_who_waits_now, open_vm, close_vm),
        cmocka_unit_test_setup_teardown(wait_never_ends_early, open_vm, close_vm),
        cmocka_unit_test_setup_teardown(
            wait_after_busy_lua_never_ends_early, open_vm, close_vm),
        cmocka_unit_test_setup_teardown(
            signal_in_the_turn_of_the_timeout_wins, open_vm, close_vm),
        cmocka_unit_test_setup_teardown(arguments_reach_the_task, open_vm, close_vm),
        cmocka_unit_test_setup_teardown(cancelling_runs_closing_variables, open_vm, close_vm),
        cmocka_unit_test_setup_teardown(
            cancelled_while_queued_it_never_runs, open_vm, close_vm),
        cmocka_unit_test_setup_teardown(
            closing_variable_may_cancel_its_own_task, open_vm, close_vm),
        cmocka_unit_test_setup_teardown(task_cannot_cancel_itself, open_vm, close_vm),
        cmocka_unit_test_setup_teardown(
            escaped_error_ends_the_run_with_its_traceback, open_vm, close_vm),
        cmocka_unit_test_setup_teardown(
            error_object_that_cannot_be_told_is_survived, open_vm, close_vm),
        cmocka_unit_test_setup_teardown(wrong_arguments_are_named, open_vm, close_vm),
        cmocka_unit_test_setup_teardown(
            closed_object_wakes_with_an_error_object, open_vm, close_vm),
    };
    return cmocka_run_group_tests_name("script/task", tests, NULL, NULL);
}
