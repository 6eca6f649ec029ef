#include "script/deadline.h"
#include "script/task.h"
#include "vm_fixture.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

/* within(seconds, f): what the runner does with a scenario. Returns pcall's results. */
static const char prelude[] =
    "function within(seconds, f, ...)\n"
    "  HANDLED = 0\n"
    "  core.deadline(seconds)\n"
    "  local before = core.now()\n"
    "  local ok, why = xpcall(f, function(e) HANDLED = HANDLED + 1; return e end, ...)\n"
    "  core.deadline(nil)\n"
    "  assert(core.now() - before < 60, 'took too long')\n"
    "  return ok, why\n"
    "end\n"
    "function times_out(f, ...)\n"
    "  local ok, why = within(0.03, f, ...)\n"
    "  assert(not ok and type(why) == 'table', tostring(why))\n"
    "  assert(why.code == 'DEADLINE' and why.operation == 'wait', why.code)\n"
    "  assert(why.message == \"the scenario's time is over\")\n"
    "  assert(getmetatable(why) == core.error_metatable)\n"
    "  assert(HANDLED == 1, 'the message handler ran ' .. HANDLED .. ' times')\n"
    "end\n";

static int open_vm_with_prelude(void **state)
{
    int r = open_vm(state);
    if (r == 0)
        r = luaL_dostring(mh_vm_state(*state), prelude);
    return r;
}

/* A task that the deadline ends just ends: that this one reached its own end has to be seen. */
static void run_to_its_end(struct mh_vm *vm)
{
    run(vm);
    assert_int_equal(lua_getglobal(mh_vm_state(vm), "ENDED"), LUA_TBOOLEAN);
    lua_pushnil(mh_vm_state(vm));
    lua_setglobal(mh_vm_state(vm), "ENDED");
    lua_pop(mh_vm_state(vm), 1);
}

static void run_code(void **state, const char *code)
{
    char whole[2048];

    snprintf(whole, sizeof(whole), "%s\nENDED = true", code);
    spawn(*state, whole);
    run_to_its_end(*state);
}

static void busy_loop_ends(void **state)
{
    run_code(state, "times_out(function() while true do end end)");
}

static void pcall_loop_ends(void **state)
{
    run_code(state,
        "times_out(function() while true do pcall(function() while true do end end) end end)");
    run_code(state, "times_out(function() while true do pcall(error) end end)");
    run_code(state, "times_out(function() while true do pcall(core.sleep, 10) end end)");
}

static void busy_coroutine_ends(void **state)
{
    run_code(state,
        "times_out(function()\n"
        "  local co = coroutine.wrap(function() coroutine.yield(); while true do end end)\n"
        "  co(); co()\n"
        "end)");
    run_code(state, "times_out(function()\n"
                    "  while true do\n"
                    "    coroutine.resume(coroutine.create(function()\n"
                    "      coroutine.wrap(function() while true do end end)()\n"
                    "    end))\n"
                    "  end\n"
                    "end)");
}

static void busy_closing_of_a_coroutine_ends(void **state)
{
    run_code(state, "times_out(function()\n"
                    "  local co = coroutine.create(function()\n"
                    "    local guard <close> = setmetatable({}, {__close = function()\n"
                    "      while true do end end})\n"
                    "    coroutine.yield()\n"
                    "  end)\n"
                    "  coroutine.resume(co)\n"
                    "  coroutine.close(co)\n"
                    "end)");
}

static void blocked_system_call_ends(void **state)
{
    int ends[2];
    char code[256];

    assert_int_equal(pipe(ends), 0);
    snprintf(code, sizeof(code),
        "local pipe <close> = assert(io.open('/dev/fd/%d'))\n"
        "times_out(function() pipe:read('a') end)",
        ends[0]);
    run_code(state, code);
    close(ends[0]);
    close(ends[1]);
}

static void parked_for_ever_ends(void **state)
{
    run_code(state, "times_out(function() core.condition():wait() end)");
    run_code(state, "times_out(core.sleep, 1000)");
}

static void later_waits_fail_at_once(void **state)
{
    run_code(state, "times_out(function()\n"
                    "  pcall(core.sleep, 100)\n"
                    "  core.sleep(100)\n"
                    "end)");
}

/* The first one runs while the deadline is past and not yet handled. */
static void other_tasks_end_too(void **state)
{
    spawn(*state, "local ok, why = pcall(function() core.condition():wait() end)\n"
                  "TOLD = why"); /* the outermost function is spared */
    spawn(*state, "RUDE = core.spawn(function() while true do pcall(core.sleep, 1) end end)\n"
                  "YIELDING = core.spawn(function() while true do coroutine.yield() end end)\n"
                  "local function end_it() core.deadline(0) end\n"
                  "local ok, why = within(1000, function()\n"
                  "  core.spawn(function() pcall(end_it) end)\n"
                  "  core.condition():wait()\n"
                  "end)\n"
                  "assert(not ok and why.code == 'DEADLINE', tostring(why))\n"
                  "assert(TOLD and TOLD.code == 'DEADLINE', tostring(TOLD))\n"
                  "RUDE:cancel(); YIELDING:cancel(); ENDED = true");
    run_to_its_end(*state);
}

static void busy_outermost_function_of_a_task_ends(void **state)
{
    run_code(state, "local task = core.spawn(function()\n"
                    "  core.deadline(0.03)\n"
                    "  while true do end\n"
                    "end)\n"
                    "local ok, why = within(1000, core.sleep, 1000)\n"
                    "assert(not ok and why.code == 'DEADLINE', tostring(why))\n"
                    "core.sleep(0)\n"
                    "assert(not task:alive())");
}

static void armed_anew_the_clean_up_may_wait(void **state)
{
    run_code(state, "times_out(function() while true do end end)\n"
                    "local ok, why = within(100, function()\n"
                    "  for i = 1, 10000 do local x = {} end\n"
                    "  core.sleep(0.001)\n"
                    "  return 'cleaned'\n"
                    "end)\n"
                    "assert(ok and why == 'cleaned', tostring(why))\n"
                    "times_out(function() while true do end end)");
}

static void another_task_may_bring_it_forward(void **state)
{
    run_code(state, "local function end_it() core.deadline(0) end\n"
                    "core.spawn(function() pcall(end_it) end)\n"
                    "local ok, why = within(100, function() core.condition():wait() end)\n"
                    "assert(not ok and why.code == 'DEADLINE', tostring(why))\n"
                    "ok, why = within(100, function() end_it(); core.condition():wait() end)\n"
                    "assert(not ok and why.code == 'DEADLINE', tostring(why))\n"
                    "ok, why = within(100, function() core.sleep(0.001); return 'fine' end)\n"
                    "assert(ok and why == 'fine', tostring(why))");
}

static void disarmed_it_does_not_fire(void **state)
{
    run_code(state, "core.deadline(0.01); core.deadline(nil); core.sleep(0.03)");
}

static void unhandled_it_ends_the_run(void **state)
{
    spawn(*state, "core.deadline(0.01); (function() core.sleep(100) end)()");
    run_failing(*state, -ECANCELED, "the scenario's time is over");
}

static struct mh_scheduler *volatile interrupted;

static void on_term(int number)
{
    (void)number;
    mh_scheduler_interrupt(interrupted);
}

static int raise_term(lua_State *L)
{
    (void)L;
    return raise(SIGTERM);
}

static void interruption_has_its_own_code(void **state)
{
    struct mh_vm *vm = *state;

    interrupted = mh_vm_scheduler(vm);
    signal(SIGTERM, on_term);
    lua_register(mh_vm_state(vm), "raise_term", raise_term);
    run_code(state,
        "local ok, why = within(100, function() raise_term(); while true do end end)\n"
        "assert(not ok and why.code == 'INTERRUPTED', tostring(why))\n"
        "core.spawn(raise_term)\n"
        "ok, why = within(100, function() core.condition():wait() end)\n"
        "assert(not ok and why.code == 'INTERRUPTED', tostring(why))");
    signal(SIGTERM, SIG_DFL);
}

/* ---- what does not notice ---- */

static volatile sig_atomic_t guard_ticks;

static void note_ticks(void *context, int ticks)
{
    assert_ptr_equal(context, &guard_ticks);
    guard_ticks = ticks;
}

/* await_ticks(n): a function that no hook can end, until the guard was called n times. */
static int await_ticks(lua_State *L)
{
    while (guard_ticks < luaL_checkinteger(L, 1))
        pause();
    return 0;
}

static struct mh_deadline *guarded(struct mh_vm *vm)
{
    struct mh_deadline *deadline = mh_scheduler_deadline_of(mh_vm_scheduler(vm));

    guard_ticks = 0;
    deadline->guard = note_ticks;
    deadline->guard_context = (void *)&guard_ticks;
    lua_register(mh_vm_state(vm), "await_ticks", await_ticks);
    return deadline;
}

static void guard_is_called_until_somebody_acts(void **state)
{
    struct mh_deadline *deadline = guarded(*state);

    run_code(state, "times_out(function() await_ticks(3) end)");
    assert_int_equal(deadline->ticks, 0);
    assert_true(guard_ticks >= 3);
    run_code(state, "times_out(function() while true do end end)");
}

/* await_signals(n) counts what comes, whoever is called. */
static int await_signals(lua_State *L)
{
    for (lua_Integer left = luaL_checkinteger(L, 1); left > 0; left--)
        pause();
    return 0;
}

static void guard_is_not_called_while_held(void **state)
{
    struct mh_deadline *deadline = guarded(*state);

    lua_register(mh_vm_state(*state), "await_signals", await_signals);
    deadline->is_held = true;
    run_code(state, "times_out(function() await_signals(3) end)");
    assert_int_equal(guard_ticks, 0);
    deadline->is_held = false;
    run_code(state, "times_out(function() await_ticks(1) end)");
}

static char place[64];

static int note_place(lua_State *L)
{
    struct mh_scheduler *scheduler = mh_vm_scheduler(mh_vm_of(L));
    char file[32] = "nowhere";
    int line = mh_deadline_place(mh_scheduler_deadline_of(scheduler), file, sizeof(file));

    snprintf(place, sizeof(place), "%s:%d", file, line);
    return 0;
}

static void place_is_the_users_innermost_line(void **state)
{
    lua_register(mh_vm_state(*state), "note_place", note_place);
    run_code(state, "load('\\n\\nnote_place()', '@users.lua')()");
    assert_string_equal(place, "users.lua:3");
    run_code(state, "local ours = load('note_place()', '=ours')\n"
                    "load('local ours = ...\\nours()', '@users.lua')(ours)");
    assert_string_equal(place, "users.lua:2");
    run_code(state, "load('note_place()', '=ours')()");
    assert_string_equal(place, "nowhere:0");
}

static void message_stays_until_there_is_another(void **state)
{
    const struct mh_deadline *deadline =
        mh_scheduler_deadline_of(mh_vm_scheduler((struct mh_vm *)*state));

    run_code(state, "core.deadline(100, 'timed out after 100 s'); core.deadline(50)");
    assert_string_equal(deadline->message, "timed out after 100 s");
    run_code(state, "core.deadline(100, 'another'); core.deadline(nil)");
    assert_string_equal(deadline->message, "another");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(busy_loop_ends, open_vm_with_prelude, close_vm),
        cmocka_unit_test_setup_teardown(pcall_loop_ends, open_vm_with_prelude, close_vm),
        cmocka_unit_test_setup_teardown(busy_coroutine_ends, open_vm_with_prelude, close_vm),
        cmocka_unit_test_setup_teardown(
            busy_closing_of_a_coroutine_ends, open_vm_with_prelude, close_vm),
        cmocka_unit_test_setup_teardown(
            blocked_system_call_ends, open_vm_with_prelude, close_vm),
        cmocka_unit_test_setup_teardown(parked_for_ever_ends, open_vm_with_prelude, close_vm),
        cmocka_unit_test_setup_teardown(
            later_waits_fail_at_once, open_vm_with_prelude, close_vm),
        cmocka_unit_test_setup_teardown(other_tasks_end_too, open_vm_with_prelude, close_vm),
        cmocka_unit_test_setup_teardown(
            busy_outermost_function_of_a_task_ends, open_vm_with_prelude, close_vm),
        cmocka_unit_test_setup_teardown(
            armed_anew_the_clean_up_may_wait, open_vm_with_prelude, close_vm),
        cmocka_unit_test_setup_teardown(
            another_task_may_bring_it_forward, open_vm_with_prelude, close_vm),
        cmocka_unit_test_setup_teardown(
            disarmed_it_does_not_fire, open_vm_with_prelude, close_vm),
        cmocka_unit_test_setup_teardown(
            unhandled_it_ends_the_run, open_vm_with_prelude, close_vm),
        cmocka_unit_test_setup_teardown(
            interruption_has_its_own_code, open_vm_with_prelude, close_vm),
        cmocka_unit_test_setup_teardown(
            guard_is_called_until_somebody_acts, open_vm_with_prelude, close_vm),
        cmocka_unit_test_setup_teardown(
            guard_is_not_called_while_held, open_vm_with_prelude, close_vm),
        cmocka_unit_test_setup_teardown(
            place_is_the_users_innermost_line, open_vm_with_prelude, close_vm),
        cmocka_unit_test_setup_teardown(
            message_stays_until_there_is_another, open_vm_with_prelude, close_vm),
    };
    return cmocka_run_group_tests_name("script/deadline", tests, NULL, NULL);
}
