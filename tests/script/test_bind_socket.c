#include "lan_fixture.h"

static void receives_what_the_group_is_sent(void **state)
{
    run_task(state,
        "local s, r = socket(0), member(1)\n"
        "assert(s:send('a\\0b', GROUP, PORT) == 3)\n"
        "local data, from, port, info = r:receive(nil, 5)\n"
        "assert(data == 'a\\0b' and from == address(0), from)\n"
        "assert(port == select(2, s:local_address()))\n"
        "assert(info.to == GROUP and info.interface == INDEX[1] and info.ttl == 1)\n"
        "assert(info.truncated == false and math.abs(info.time - core.now()) < 5)\n");
}

static void receive_is_cut_to_what_was_asked_for(void **state)
{
    run_task(state, "local s, r = socket(0), member(1)\n"
                    "s:send('hello', GROUP, PORT)\n"
                    "local data, _, _, info = r:receive(4, 5)\n"
                    "assert(data == 'hell' and info.truncated == true)\n"
                    "s:send('', GROUP, PORT)\n"
                    "local empty = r:receive(nil, 5)\n"
                    "assert(empty == '')\n");
}

static void receive_ends_at_its_timeout(void **state)
{
    run_task(state, "local r = member(1)\n"
                    "local before = core.now()\n"
                    "local data, why = r:receive(nil, 0.01)\n"
                    "assert(data == nil and why == 'timeout' and core.now() - before >= 0.01)\n"
                    "data, why = r:receive(nil, 0)\n"
                    "assert(data == nil and why == 'timeout')\n");
}

static void what_lies_waiting_is_never_late(void **state)
{
    run_task(state, "local s, r = socket(0), member(1)\n"
                    "s:send('x', GROUP, PORT)\n"
                    "local data, deadline = nil, core.now() + 5\n"
                    "repeat data = r:receive(nil, 0) until data or core.now() > deadline\n"
                    "assert(data == 'x')\n");
}

static void several_tasks_may_receive(void **state)
{
    run_task(state,
        "local s, r, got = socket(0), member(1), {}\n"
        "for i = 1, 3 do\n"
        "  core.spawn(function() table.insert(got, (assert(r:receive(nil, 5)))) end)\n"
        "end\n"
        "core.sleep(0)\n"
        "s:send('1', GROUP, PORT)\n"
        "await(core.condition(), function() if #got < 1 then core.sleep(0.001) end "
        "return true end)\n"
        "s:send('2', GROUP, PORT)\n"
        "s:send('3', GROUP, PORT)\n"
        "local deadline = core.now() + 5\n"
        "while #got < 3 do core.sleep(0.001); assert(core.now() < deadline) end\n"
        "table.sort(got)\n"
        "assert(table.concat(got) == '123')\n");
}

static void closing_wakes_who_receives(void **state)
{
    run_task(state, "local r, seen = member(1), 0\n"
                    "for i = 1, 2 do\n"
                    "  core.spawn(function()\n"
                    "    local e = raises('ECANCELED', r.receive, r)\n"
                    "    assert(e.message:find('closed while waiting'), e.message)\n"
                    "    seen = seen + 1\n"
                    "  end)\n"
                    "end\n"
                    "core.sleep(0)\n"
                    "r:close()\n"
                    "r:close()\n"
                    "core.sleep(0)\n"
                    "assert(seen == 2 and r:closed())\n");
}

static void taking_it_over_wakes_who_receives(void **state)
{
    run_task(state,
        "local r, seen = member(1)\n"
        "core.spawn(function() raises('ECANCELED', r.receive, r); seen = true end)\n"
        "core.sleep(0)\n"
        "local endpoint <close> = core.endpoint(r)\n"
        "core.sleep(0)\n"
        "assert(seen and r:closed())\n"
        "refuses('socket is closed', core.endpoint, r)\n");
}

static void who_was_woken_by_data_finds_it_closed(void **state)
{
    run_task(state,
        "local s, one, two, woke = socket(0), member(1), member(2)\n"
        "core.spawn(function() assert(one:receive(nil, 5) == 'x'); two:close() end)\n"
        "core.spawn(function() local ok, e = pcall(two.receive, two, nil, 5)\n"
        "  woke = ok and e == 'x' or e.code == 'ECANCELED' end)\n"
        "core.sleep(0)\n"
        "s:send('x', GROUP, PORT)\n"
        "local deadline = core.now() + 5\n"
        "while woke == nil do core.sleep(0.001); assert(core.now() < deadline) end\n"
        "assert(woke)\n");
}

static void options_are_what_was_set(void **state)
{
    run_task(state,
        "local s = socket(0)\n"
        "for _, option in ipairs {'reuse_addr', 'reuse_port', 'multicast_loop', "
        "'multicast_all'} do\n"
        "  for _, value in ipairs {true, false} do\n"
        "    s:set(option, value)\n"
        "    assert(s:get(option) == value, option)\n"
        "  end\n"
        "  refuses(option .. ': true or false expected', s.set, s, option, 1)\n"
        "end\n"
        "for option, value in pairs {multicast_ttl = 7, unicast_ttl = 9, tos = 16} do\n"
        "  s:set(option, value)\n"
        "  assert(s:get(option) == value, option)\n"
        "  refuses(option .. ': integer expected', s.set, s, option, true)\n"
        "  refuses(option .. ': integer expected', s.set, s, option, 'x')\n"
        "  refuses(option .. ': integer expected', s.set, s, option, 1.5)\n"
        "  refuses(option .. ': integer expected', s.set, s, option, 2^40)\n"
        "end\n"
        "s:set('receive_buffer', 100000)\n"
        "assert(s:get('receive_buffer') >= 100000)\n"
        "refuses(\"there is no socket option 'ttl'\", s.set, s, 'ttl', 1)\n"
        "local e = raises('EINVAL', s.set, s, 'multicast_ttl', 256)\n"
        "assert(e.message:find('255'), e.message)\n"
        "assert(s:get('multicast_ttl') == 7)\n");
}

static void device_and_addresses(void **state)
{
    run_task(state, "local s = core.socket(NETNS[0], FAMILY)\n"
                    "assert(s:family() == FAMILY and s:fd() > 2 and s:drops() == 0)\n"
                    "assert(s:device() == nil)\n"
                    "s:set_device('eth0')\n"
                    "assert(s:device() == 'eth0')\n"
                    "s:set_device(nil)\n"
                    "assert(s:device() == nil)\n"
                    "raises('ENODEV', s.set_device, s, 'eth9')\n"
                    "local any, port = s:bind(nil, 0)\n"
                    "assert((any == '0.0.0.0' or any == '::') and port > 0)\n"
                    "local again, same = s:local_address()\n"
                    "assert(again == any and same == port)\n"
                    "assert(s:multicast_if() == nil)\n"
                    "s:set_multicast_if(INDEX[0])\n"
                    "assert(s:multicast_if() == INDEX[0])\n"
                    "refuses('port from 0 to 65535', s.bind, s, nil, 65536)\n"
                    "refuses(\"address expected, got 'x'\", s.bind, s, 'x', 0)\n");
}

static void memberships_and_filters(void **state)
{
    run_task(state,
        "local s = socket(1)\n"
        "s:join(GROUP, INDEX[1])\n"
        "local list = s:memberships()\n"
        "assert(#list == 1 and list[1].group == GROUP and list[1].interface == INDEX[1])\n"
        "assert(list[1].mode == 'exclude' and #list[1].sources == 0)\n"
        "s:block(GROUP, INDEX[1], address(0))\n"
        "local mode, sources = s:filter(GROUP, INDEX[1])\n"
        "assert(mode == 'exclude' and #sources == 1 and sources[1] == address(0))\n"
        "s:unblock(GROUP, INDEX[1], address(0))\n"
        "assert(#select(2, s:filter(GROUP, INDEX[1])) == 0)\n"
        "s:set_filter(GROUP, INDEX[1], 'include', {address(0), address(2)})\n"
        "mode, sources = s:filter(GROUP, INDEX[1])\n"
        "assert(mode == 'include' and #sources == 2)\n"
        "refuses(\"element 2: IPv4 or IPv6 address expected, got '7'\",\n"
        "  s.set_filter, s, GROUP, INDEX[1], 'include', {address(0), 7})\n"
        /* times the size of an address this is nothing, in 64 bits */
        "s:set_filter(GROUP, INDEX[1], 'include', setmetatable({address(0)}, {\n"
        "  __len = function() return 1 << 61 end, __index = function() return address(2) "
        "end}))\n"
        "assert(#select(2, s:filter(GROUP, INDEX[1])) == 1)\n"
        "refuses(\"invalid option 'both'\", s.set_filter, s, GROUP, INDEX[1], 'both', {})\n"
        "raises('EINVAL', s.leave, s, OTHER, 0)\n"
        "raises('EADDRNOTAVAIL', s.leave, s, OTHER, INDEX[1])\n"
        "s:join(OTHER, INDEX[1], address(0))\n"
        "assert(s:filter(OTHER, INDEX[1]) == 'include' and #s:memberships() == 2)\n"
        "s:leave(OTHER, INDEX[1], address(0))\n"
        "s:leave(GROUP, INDEX[1])\n"
        "assert(#s:memberships() == 0)\n");
}

static void a_closed_socket_says_so(void **state)
{
    run_task(state, "local s = socket(0)\n"
                    "do local closing <close> = s end\n"
                    "assert(s:closed())\n"
                    "refuses('socket is closed', s.receive, s)\n"
                    "refuses('socket is closed', s.send, s, 'x', GROUP, PORT)\n"
                    "refuses('socket is closed', s.get, s, 'tos')\n"
                    "refuses('socket is closed', s.join, s, GROUP, INDEX[0])\n");
}

static void a_dropped_socket_is_collected(void **state)
{
    run_task(state, "local first = socket(0):fd()\n"
                    "for _ = 1, 50 do socket(0); collectgarbage() end\n"
                    "collectgarbage()\n"
                    "assert(socket(0):fd() <= first + 2)\n");
}

static void a_parked_task_survives_shutdown(void **state)
{
    spawn(*state, "core.spawn(function() local r = member(1); r:receive() end)\n"
                  "LEFT = member(2)\n"
                  "core.sleep(0)\n"
                  "core.sleep(0.02)\n"
                  "error('stop here', 0)\n");
    run_failing(*state, -ECANCELED, "stop here");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LAN_TEST(receives_what_the_group_is_sent),
        LAN_TEST(receive_is_cut_to_what_was_asked_for),
        LAN_TEST(receive_ends_at_its_timeout),
        LAN_TEST(what_lies_waiting_is_never_late),
        LAN_TEST(several_tasks_may_receive),
        LAN_TEST(closing_wakes_who_receives),
        LAN_TEST(taking_it_over_wakes_who_receives),
        LAN_TEST(who_was_woken_by_data_finds_it_closed),
        LAN_TEST(options_are_what_was_set),
        LAN_TEST(device_and_addresses),
        LAN_TEST(memberships_and_filters),
        LAN_TEST(a_closed_socket_says_so),
        LAN_TEST(a_dropped_socket_is_collected),
        LAN_TEST(a_parked_task_survives_shutdown),
    };
    if (!enter_sandbox())
        return TEST_SKIPPED;
    return cmocka_run_group_tests_name("script/bind_socket", tests, NULL, NULL);
}
