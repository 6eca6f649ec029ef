/* The replaced functions behave as the reference manual says (Lua 5.4, section 6.2). */
#include "script/coroutine.h"
#include "vm_fixture.h"

static void run_code(void **state, const char *code)
{
    spawn(*state, code);
    run(*state);
}

static void values_go_in_and_out(void **state)
{
    run_code(state,
        "local co = coroutine.create(function(a, b)\n"
        "  local c, d = coroutine.yield(a + b, nil)\n"
        "  return c, d, 'end'\n"
        "end)\n"
        "local r = table.pack(coroutine.resume(co, 1, 2))\n"
        "assert(r.n == 3 and r[1] and r[2] == 3 and r[3] == nil)\n"
        "r = table.pack(coroutine.resume(co, nil, 4))\n"
        "assert(r.n == 4 and r[1] and r[2] == nil and r[3] == 4 and r[4] == 'end')\n"
        "assert(coroutine.status(co) == 'dead')\n"
        "local ok, why = coroutine.resume(co)\n"
        "assert(not ok and why == 'cannot resume dead coroutine', why)");
}

static void errors_come_back(void **state)
{
    run_code(state,
        "local object = {}\n"
        "local ok, why = coroutine.resume(coroutine.create(function() error(object) end))\n"
        "assert(not ok and why == object)\n"
        "ok, why = pcall(coroutine.wrap(function() error(object) end))\n"
        "assert(not ok and why == object)\n"
        "ok, why = pcall(coroutine.wrap(function() error('text', 0) end))\n"
        "assert(not ok and why:find('text$'), why)\n"
        "ok, why = pcall(coroutine.resume, coroutine.running())\n"
        "assert(not ok and why:find('only the scheduler'), why)\n"
        "ok, why = pcall(coroutine.resume, 'x')\n"
        "assert(not ok and why:find('coroutine expected'), why)");
}

static void self_resumption_is_refused(void **state)
{
    run_code(state, "local co\n"
                    "co = coroutine.create(function() return coroutine.resume(co) end)\n"
                    "local _, ok, why = coroutine.resume(co)\n"
                    "assert(not ok and why == 'cannot resume non-suspended coroutine', why)");
}

static void generators_work(void **state)
{
    run_code(state, "local sum = 0\n"
                    "for i in coroutine.wrap(function()\n"
                    "  for i = 1, 10 do coroutine.yield(i) end\n"
                    "end) do sum = sum + i end\n"
                    "assert(sum == 55)");
}

static void wrap_closes_the_variables_of_a_failed_coroutine(void **state)
{
    run_code(state,
        "local closed\n"
        "local f = coroutine.wrap(function()\n"
        "  local g <close> = setmetatable({}, {__close = function(_, e) closed = e end})\n"
        "  error('reason', 0)\n"
        "end)\n"
        "local ok, why = pcall(f)\n"
        "assert(not ok and why:find('reason') and closed == 'reason')");
}

static void close_closes(void **state)
{
    run_code(state,
        "local closed = false\n"
        "local function body()\n"
        "  local g <close> = setmetatable({}, {__close = function() closed = true end})\n"
        "  coroutine.yield()\n"
        "end\n"
        "local co = coroutine.create(body)\n"
        "coroutine.resume(co)\n"
        "assert(coroutine.close(co) and closed and coroutine.status(co) == 'dead')\n"
        "assert(coroutine.close(co))\n"
        "assert(coroutine.close(coroutine.create(body)))\n"
        "co = coroutine.create(function()\n"
        "  local g <close> = setmetatable({}, {__close = function() error('bad', 0) end})\n"
        "  coroutine.yield()\n"
        "end)\n"
        "coroutine.resume(co)\n"
        "local ok, why = coroutine.close(co)\n"
        "assert(ok == false and why == 'bad', why)\n"
        "co = coroutine.create(function() error('died', 0) end)\n"
        "coroutine.resume(co)\n"
        "ok, why = coroutine.close(co)\n"
        "assert(ok == false and why == 'died', why)\n"
        "co = coroutine.create(function() coroutine.close(co) end)\n"
        "ok, why = coroutine.resume(co)\n"
        "assert(not ok and why:find('cannot close a running coroutine'), why)");
}

static void many_values_do_not_overflow(void **state)
{
    run_code(state,
        "local n = 100000\n"
        "local values = table.pack(coroutine.resume(coroutine.create(function(...)\n"
        "  return ...\n"
        "end), table.unpack({}, 1, n)))\n"
        "assert(values.n == n + 1)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(values_go_in_and_out, open_vm, close_vm),
        cmocka_unit_test_setup_teardown(errors_come_back, open_vm, close_vm),
        cmocka_unit_test_setup_teardown(self_resumption_is_refused, open_vm, close_vm),
        cmocka_unit_test_setup_teardown(generators_work, open_vm, close_vm),
        cmocka_unit_test_setup_teardown(
            wrap_closes_the_variables_of_a_failed_coroutine, open_vm, close_vm),
        cmocka_unit_test_setup_teardown(close_closes, open_vm, close_vm),
        cmocka_unit_test_setup_teardown(many_values_do_not_overflow, open_vm, close_vm),
    };
    return cmocka_run_group_tests_name("script/coroutine", tests, NULL, NULL);
}
