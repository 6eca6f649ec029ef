/* Who may go first: tasks, the sockets they wait for, the collector, the state. */
#include "vm_fixture.h"

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int closings; /* how many times a script called note_closing() */

static int note_closing(lua_State *L)
{
    (void)L;
    closings++;
    return 0;
}

static int netns = -1;

static int open_sockets(void **state)
{
    struct mh_vm_options options = {.event_fd = -1, .machine_netns_fd = netns};
    int r = open_vm_with(state, &options);
    if (r < 0)
        return r;
    closings = 0;
    lua_register(mh_vm_state(*state), "note_closing", note_closing);
    return luaL_dostring(mh_vm_state(*state),
        "function open() return core.socket(core.machine_netns(), 'ipv4') end\n"
        "function bound() local s = open(); s:bind('127.0.0.1', 0); return s end\n"
        "function poke(s)\n"
        "  local _, port = s:local_address()\n"
        "  local from <close> = open(); from:send('x', '127.0.0.1', port)\n"
        "end");
}

static int close_vm_counting(void **state)
{
    int forgotten = close_vm(state);
    return forgotten ? forgotten : closings - 1;
}

static void receive_times_out(void **state)
{
    spawn(*state, "local s <close> = bound()\n"
                  "local data, why = s:receive(100, 0.01)\n"
                  "assert(data == nil and why == 'timeout', why)");
    run(*state);
}

static void closing_wakes_the_receiver(void **state)
{
    spawn(*state, "S = bound()\n"
                  "local ok, why = pcall(S.receive, S)\n"
                  "assert(not ok and why.code == 'ECANCELED', tostring(why))");
    spawn(*state, "coroutine.yield(); S:close(); S:close(); S = nil");
    run(*state);
}

static void dropped_socket_is_collected(void **state)
{
    spawn(*state, "local function descriptors()\n"
                  "  return #core.list_directory('/proc/self/fd')\n"
                  "end\n"
                  "local before = descriptors()\n"
                  "for i = 1, 100 do bound(); collectgarbage() end\n"
                  "assert(descriptors() <= before, descriptors())");
    run(*state);
}

static void socket_left_open_is_closed_with_the_state(void **state)
{
    spawn(*state, "LEFT = bound(); core.spawn(function() LEFT:receive() end); core.sleep(0)\n"
                  "error('stop here')");
    run_failing(*state, -ECANCELED, "stop here");
}

static void parked_task_survives_shutdown(void **state)
{
    spawn(*state, "local s <close> = bound()\n"
                  "s:receive()\n"
                  "error('must not be reached')");
    spawn(*state, "local s = bound()\n"
                  "local guard <close> = setmetatable({}, {__close = function()\n"
                  "  note_closing(); s:close()\n"
                  "end})\n"
                  "s:receive()");
    spawn(*state, "core.condition():wait(100)");
    spawn(*state, "coroutine.yield(); error('stop here', 0)");
    run_failing(*state, -ECANCELED, "stop here");
    assert_int_equal(closings, 0); /* close_vm_counting() now cancels the parked tasks */
}

static void receiver_woken_by_data_finds_its_socket_closed(void **state)
{
    spawn(*state, "FIRST, SECOND = bound(), bound()\n"
                  "assert(FIRST:receive() == 'x'); SECOND:close(); FIRST:close(); RAN = true");
    spawn(*state, "local ok, why = pcall(SECOND.receive, SECOND)\n"
                  "assert(not ok and why.code == 'ECANCELED', tostring(why)); WOKE = true");
    spawn(*state, "coroutine.yield(); poke(FIRST); poke(SECOND)");
    run(*state);
    spawn(*state, "assert(RAN and WOKE)");
    run(*state);
}

static void busy_task_does_not_starve_the_loop(void **state)
{
    spawn(*state, "local s <close> = bound()\n"
                  "s:receive(1, 0.02); DONE = true");
    spawn(*state, "while not DONE do coroutine.yield() end");
    run(*state);
}

static void tasks_that_wake_each_other_do_not_starve_the_loop(void **state)
{
    spawn(*state,
        "local ping, pong = core.condition(), core.condition()\n"
        "core.spawn(function() while not DONE do ping:wait(1); pong:signal() end end)\n"
        "core.spawn(function() while not DONE do ping:signal(); pong:wait(1) end end)\n"
        "core.sleep(0.02); DONE = true");
    run(*state);
}

static void hopeless_wait_is_reported(void **state)
{
    spawn(*state, "core.condition():wait()");
    run_failing(*state, -EDEADLK, "nothing is left to wake one");
}

static void only_the_scheduler_may_resume_a_task(void **state)
{
    spawn(*state, "TASK = coroutine.running()\n"
                  "S = bound()\n"
                  "assert(S:receive() == 'x'); RECEIVED = true");
    spawn(*state, "coroutine.yield()\n"
                  "for _, f in ipairs {coroutine.resume, coroutine.close} do\n"
                  "  local ok, why = pcall(f, TASK)\n"
                  "  assert(not ok and why:find('only the scheduler'), why)\n"
                  "end");
    spawn(*state, "coroutine.yield(); coroutine.yield(); poke(S)\n"
                  "core.sleep(0.01); assert(RECEIVED)");
    run(*state);
}

static void only_tasks_may_wait(void **state)
{
    spawn(*state,
        "local s <close> = bound()\n"
        "local ok, why = coroutine.resume(coroutine.create(function() s:receive() end))\n"
        "assert(not ok and why:find('only a task may wait'), why)\n"
        "ok, why = pcall(string.gsub, 'x', 'x', function() s:receive() end)\n"
        "assert(not ok and why:find('only a task may wait'), why)\n"
        "local data\n"
        "ok, data, why = pcall(s.receive, s, 1, 0.005)\n"
        "assert(ok and data == nil and why == 'timeout')");
    run(*state);
}

static void nobody_waits_outside_of_tasks(void **state)
{
    struct mh_vm *vm = *state;
    lua_State *L = mh_vm_state(vm);

    assert_int_not_equal(luaL_dostring(L, "core.sleep(1)"), LUA_OK);
    assert_non_null(strstr(lua_tostring(L, -1), "only a task may wait"));
}

static int bring_loopback_up(void)
{
    struct ifreq request;
    memset(&request, 0, sizeof(request));
    strcpy(request.ifr_name, "lo");
    request.ifr_flags = IFF_UP;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int r = ioctl(fd, SIOCSIFFLAGS, &request);
    close(fd);
    return r;
}

/* A network of our own, in a user namespace of our own where we are not root. */
static bool enter_network(void)
{
    if (unshare(CLONE_NEWNET) < 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
        return false;
    netns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    return netns >= 0 && bring_loopback_up() == 0;
}

int main(void)
{
    if (!enter_network())
        return TEST_SKIPPED;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(receive_times_out, open_sockets, close_vm),
        cmocka_unit_test_setup_teardown(closing_wakes_the_receiver, open_sockets, close_vm),
        cmocka_unit_test_setup_teardown(dropped_socket_is_collected, open_sockets, close_vm),
        cmocka_unit_test_setup_teardown(
            socket_left_open_is_closed_with_the_state, open_sockets, close_vm),
        cmocka_unit_test_setup_teardown(
            parked_task_survives_shutdown, open_sockets, close_vm_counting),
        cmocka_unit_test_setup_teardown(
            receiver_woken_by_data_finds_its_socket_closed, open_sockets, close_vm),
        cmocka_unit_test_setup_teardown(
            busy_task_does_not_starve_the_loop, open_sockets, close_vm),
        cmocka_unit_test_setup_teardown(
            tasks_that_wake_each_other_do_not_starve_the_loop, open_sockets, close_vm),
        cmocka_unit_test_setup_teardown(hopeless_wait_is_reported, open_sockets, close_vm),
        cmocka_unit_test_setup_teardown(
            only_the_scheduler_may_resume_a_task, open_sockets, close_vm),
        cmocka_unit_test_setup_teardown(only_tasks_may_wait, open_sockets, close_vm),
        cmocka_unit_test_setup_teardown(nobody_waits_outside_of_tasks, open_sockets, close_vm),
    };
    return cmocka_run_group_tests_name("script/lifetime", tests, NULL, NULL);
}
