#include "lan_fixture.h"

static void keeps_packets_that_pass_the_filter(void **state)
{
    run_task(state,
        "local c = core.capture(1 << 20, core.frame_filter('udp dst port ' .. PORT))\n"
        "c:add(NETNS[1], INDEX[1])\n"
        "local r, s = receiver(1), sender(0)\n"
        "s:send('hello', GROUP, PORT)\n"
        "await(c:changed(), function() return c:count() == 1 end)\n"
        "local packet = c:packet(1)\n"
        "local ip = packet.ip or packet.ip6\n"
        "assert(ip.source == address(0) and ip.destination == GROUP)\n"
        "assert(packet.udp.destination_port == PORT and packet.udp.payload == 'hello')\n"
        "assert(packet.udp.checksum_valid)\n"
        "assert(packet.direction == 'in' and packet.interface == INDEX[1])\n"
        "assert(packet.time == c:time(1) and math.abs(packet.time - core.now()) < 5)\n"
        "assert(c:find(core.frame_filter('udp'), 1) == 1)\n"
        "assert(c:find(core.frame_filter('igmp'), 1) == nil)\n"
        "assert(c:find(core.frame_filter('udp'), 2) == nil)\n"
        "refuses('there is no packet 2', c.packet, c, 2)\n"
        "local losses = c:losses()\n"
        "assert(losses.kernel_drops == 0 and losses.unkept == 0 and losses.downs == 0)\n"
        "c:clear()\n"
        "assert(c:count() == 0)\n");
}

/* One task's reading must not keep the packets from another that waits. */
static void reading_tells_who_waits(void **state)
{
    run_task(state,
        "local c = core.capture(1 << 20, core.frame_filter('udp dst port ' .. PORT))\n"
        "c:add(NETNS[1], INDEX[1])\n"
        "local r, s, seen = receiver(1), sender(0), false\n"
        "core.spawn(function() seen = c:changed():wait(5) end)\n"
        "core.sleep(0)\n"
        "s:send('hello', GROUP, PORT)\n"
        "local deadline = core.now() + 5\n"
        "while c:count() == 0 and core.now() < deadline do c:read() end\n"
        "while not seen and core.now() < deadline do core.sleep(0) end\n"
        "assert(seen)\n");
}

static void stops_and_closes(void **state)
{
    run_task(state, "local c <close> = core.capture(1 << 20)\n"
                    "c:add(NETNS[1], INDEX[1])\n"
                    "c:stop(); c:stop()\n"
                    "assert(c:read() == 0)\n"
                    "c:close(); c:close()\n"
                    "refuses('capture is closed', c.count, c)\n"
                    "raises('ENODEV', function() core.capture(1):add(NETNS[1], 77) end)\n"
                    "raises('EINVAL', core.frame_filter, 'udp and')\n"
                    "for _ = 1, 20 do core.capture(1):add(NETNS[1], INDEX[1]) end\n"
                    "collectgarbage(); collectgarbage()\n");
}

static void saves_packets_of_several(void **state)
{
    run_task(state,
        "local a, b = core.capture(1 << 20), core.capture(1 << 20)\n"
        "a:add(NETNS[0], INDEX[0])\n"
        "b:add(NETNS[1], INDEX[1])\n"
        "local r, s = receiver(1), sender(0)\n"
        "s:send('hello', GROUP, PORT)\n"
        "local udp = core.frame_filter('udp dst port ' .. PORT)\n"
        "await(b:changed(), function() a:read() return b:find(udp, 1) and a:find(udp, 1) end)\n"
        "local parts = {\n"
        "  {capture = a, count = a:count(), interfaces = {{index = INDEX[0], name = "
        "'a:eth0'}}, comments = {}},\n"
        "  {capture = b, count = b:count(), interfaces = {{index = INDEX[1], name = "
        "'b:eth0'}},\n"
        "    comments = {[1] = 'look here'}}}\n"
        "local path = os.tmpname()\n"
        "assert(core.save_packets(path, parts) == parts[1].count + parts[2].count)\n"
        "local text = io.open(path, 'rb'):read('a')\n"
        "os.remove(path)\n"
        "assert(text:find('a:eth0', 1, true) and text:find('look here', 1, true))\n"
        "raises('ENOENT', core.save_packets, '/nowhere/x', parts)\n"
        "raises('ENOSPC', core.save_packets, '/dev/full', parts)\n"
        "refuses('table expected', core.save_packets, path, 'x')\n"
        "b:close()\n"
        "refuses('capture is closed', core.save_packets, path, parts)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LAN_TEST(keeps_packets_that_pass_the_filter),
        LAN_TEST(reading_tells_who_waits),
        LAN_TEST(stops_and_closes),
        LAN_TEST(saves_packets_of_several),
    };
    if (!enter_sandbox())
        return TEST_SKIPPED;
    return cmocka_run_group_tests_name("script/bind_capture", tests, NULL, NULL);
}
