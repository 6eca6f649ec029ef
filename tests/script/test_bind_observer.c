#include "lan_fixture.h"

static void sees_what_the_network_delivered_and_nothing_else(void **state)
{
    run_task(state,
        "local r, s = receiver(1), sender(0)\n"
        "local there, elsewhere = core.observer(NETNS[1], INDEX[1], GROUP), "
        "core.observer(NETNS[2], INDEX[2], GROUP)\n"
        "s:send('hello', GROUP, PORT)\n"
        "await(there:changed(), function() return there:count() == 1 end)\n"
        "core.drain()\n"
        "assert(elsewhere:count() == 0 and elsewhere:drops() == 0)\n"
        "local frame = there:frame(1)\n"
        "assert(frame.source == address(0) and frame.group == GROUP and frame.protocol == 17)\n"
        "assert(frame.port == PORT and frame.length == 5 and frame.ttl == 1)\n"
        "assert(frame.source_port == select(2, s:socket():local_address()))\n"
        "assert(math.abs(frame.time - core.now()) < 5)\n"
        "refuses('there is no frame 2', there.frame, there, 2)\n");
}

static void every_group_when_none_is_given(void **state)
{
    run_task(state,
        "local o, s = core.observer(NETNS[1], INDEX[1]), sender(0)\n"
        "local r = receiver(1)\n"
        "s:send('hello', GROUP, PORT)\n"
        "await(o:changed(), function()\n"
        "  for i = 1, o:count() do if o:frame(i).group == GROUP then return true end end\n"
        "end)\n");
}

static void closing_is_final(void **state)
{
    run_task(state, "local o <close> = core.observer(NETNS[1], INDEX[1], GROUP)\n"
                    "o:close(); o:close()\n"
                    "refuses('observer is closed', o.count, o)\n"
                    "raises('ENODEV', core.observer, NETNS[1], 77)\n");
}

static void dropped_observers_are_collected(void **state)
{
    run_task(state,
        "local first = socket(0):fd()\n"
        "for _ = 1, 50 do core.observer(NETNS[1], INDEX[1], GROUP); collectgarbage() end\n"
        "collectgarbage(); collectgarbage()\n"
        "local deadline = core.now() + 5\n" /* they are closed by threads */
        "repeat collectgarbage() until socket(0):fd() <= first + 2 or core.now() > deadline\n"
        "assert(socket(0):fd() <= first + 2)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LAN_TEST(sees_what_the_network_delivered_and_nothing_else),
        LAN_TEST(every_group_when_none_is_given),
        LAN_TEST(closing_is_final),
        LAN_TEST(dropped_observers_are_collected),
    };
    if (!enter_sandbox())
        return TEST_SKIPPED;
    return cmocka_run_group_tests_name("script/bind_observer", tests, NULL, NULL);
}
