#include "lan_fixture.h"

static void a_request_is_delivered_and_answered(void **state)
{
    run_task(state,
        "local r, s = receiver(1, 'ack'), sender(0)\n"
        "local number = s:send('hello', GROUP, PORT)\n"
        "assert(number == 1 and s:sent_count() == 1)\n"
        "await(s:changed(), function() return s:count() == 1 end)\n"
        "local count, first = s:deliveries(number, r)\n"
        "assert(count == 1 and first == 1)\n"
        "count, first = s:replies(number, {address(1)})\n"
        "assert(count == 1 and first == 1)\n"
        "count, first = s:replies(number, {address(2)})\n"
        "assert(count == 0 and first == nil)\n"
        "local message = r:message(1)\n"
        "assert(message.data == 'hello' and message.to == GROUP and message.ttl == 1)\n"
        "assert(message.from.address == address(0) and r:origins(1)[1] == address(0))\n"
        "assert(#r:origins(1) == 1 and #r:origins(2) == 0 and #r:origins(9) == 0)\n"
        "refuses('counted from 1', r.origins, r, 0)\n"
        "assert(message.from.port == select(2, s:socket():local_address()))\n"
        "assert(message.interface == INDEX[1] and message.truncated == false)\n"
        "assert(message.replied >= message.time and message.reply_error == nil)\n"
        "assert(s:answered_by(number, r) == true)\n"
        "assert(s:message(1).data == 'ack' and s:message(1).time >= message.replied)\n");
}

static void what_was_sent_departed(void **state)
{
    run_task(state, "local s = sender(0)\n"
                    "local before = core.now()\n"
                    "local sent = s:sent(s:send('hello', GROUP, PORT))\n"
                    "assert(sent.time >= before - 0.001 and sent.time <= core.now() + 0.001)\n"
                    "assert(sent.departed >= sent.time - 0.001 and sent.error == nil)\n"
                    "assert(sent.to == GROUP and sent.port == PORT and sent.length == 5)\n");
}

static void without_tracking_there_is_no_proof(void **state)
{
    run_task(state, "local s = core.endpoint(socket(0))\n"
                    "assert(s:sent(s:send('hello', GROUP, PORT)).departed == nil)\n");
}

static void only_members_get_it(void **state)
{
    run_task(state,
        "local one, two, s = receiver(1), core.endpoint(socket(2)), sender(0)\n"
        "two:socket():bind(nil, PORT)\n"
        "local number = s:send('hello', GROUP, PORT)\n"
        "await(core.traffic_changed(), function() return s:deliveries(number, one) == 1 end)\n"
        "core.drain()\n"
        "assert(s:deliveries(number, two) == 0 and two:count() == 0)\n");
}

static void deliveries_count_from_a_message_on(void **state)
{
    run_task(state, "local r, s = receiver(1), sender(0)\n"
                    "for i = 1, 3 do assert(s:send('same', GROUP, PORT) == i) end\n"
                    "await(r:changed(), function() return r:count() == 3 end)\n"
                    "for i = 1, 3 do\n"
                    "  local count, first = s:deliveries(i, r)\n"
                    "  assert(count == 1 and first == i)\n"
                    "end\n"
                    "assert(s:deliveries(1, r, 2) == 0 and s:deliveries(3, r, 3) == 1 and "
                    "s:deliveries(3, r, 9) == 0)\n"
                    "refuses('counted from 1', s.deliveries, s, 1, r, 0)\n"
                    "refuses('there is no send 4', s.deliveries, s, 4, r)\n"
                    "refuses('there is no message 4', r.message, r, 4)\n"
                    "refuses('there is no message 0', r.message, r, 0)\n");
}

static void a_reply_can_be_computed(void **state)
{
    run_task(state, "local r, s = receiver(1), sender(0)\n"
                    "s:send('hello', GROUP, PORT)\n"
                    "await(r:changed(), function() return r:count() == 1 end)\n"
                    "assert(r:message(1).replied == nil and not s:answered_by(1, r))\n"
                    "r:reply(1, r:message(1).data:upper())\n"
                    "await(s:changed(), function() return s:count() == 1 end)\n"
                    "assert(s:message(1).data == 'HELLO' and r:message(1).replied)\n"
                    "raises('EMSGSIZE', r.reply, r, 1, ('x'):rep(70000))\n"
                    "assert(r:message(1).reply_error == 'EMSGSIZE')\n");
}

static void drain_needs_no_loop(void **state)
{
    run_task(state,
        "local r, s = receiver(1, 'ack'), sender(0)\n"
        "local number = s:send('hello', GROUP, PORT)\n"
        "local deadline = core.now() + 5\n"
        "repeat core.drain() until s:count() == 1 or core.now() > deadline\n"
        "assert(s:deliveries(number, r) == 1 and s:replies(number, {address(1)}) == 1)\n");
}

static void the_socket_is_lent(void **state)
{
    run_task(state,
        "local r = receiver(1)\n"
        "local lent = r:socket()\n"
        "assert(lent == r:socket() and lent:family() == FAMILY and not lent:closed())\n"
        "lent:join(OTHER, INDEX[1])\n"
        "assert(#lent:memberships() == 2)\n"
        "refuses('logged by its receiver', lent.receive, lent)\n"
        "refuses('belongs to a receiver', lent.close, lent)\n"
        "refuses('belongs to an endpoint already', core.endpoint, lent)\n"
        "do local unclosed <close> = lent end\n"
        "assert(not r:socket():closed())\n");
}

static void a_lent_socket_lives_as_long_as_its_endpoint(void **state)
{
    run_task(state, "local lent = receiver(1):socket()\n"
                    "collectgarbage()\n"
                    "collectgarbage()\n"
                    "assert(lent:get('reuse_addr') == true)\n"
                    "local r = receiver(2)\n"
                    "lent = r:socket()\n"
                    "r:close()\n"
                    "assert(lent:closed())\n"
                    "refuses('socket is closed', lent.get, lent, 'tos')\n");
}

static void sends_of_a_lent_socket_are_not_logged(void **state)
{
    run_task(state, "local r, s = receiver(1), sender(0)\n"
                    "assert(s:socket():send('beside', GROUP, PORT) == 6)\n"
                    "local number = s:send('logged', GROUP, PORT)\n"
                    "await(r:changed(), function() return r:count() == 2 end)\n"
                    "assert(s:sent_count() == 1 and s:sent(number).departed)\n"
                    "local count, first = s:deliveries(number, r)\n"
                    "assert(count == 1 and first == 2)\n");
}

static void a_closed_endpoint_can_still_be_asked(void **state)
{
    run_task(state,
        "local r, s = receiver(1, 'ack'), sender(0)\n"
        "local number = s:send('hello', GROUP, PORT)\n"
        "await(s:changed(), function() return s:count() == 1 end)\n"
        "r:close(); r:close(); s:close()\n"
        "assert(r:count() == 1 and r:message(1).data == 'hello' and r:drops() == 0)\n"
        "assert(s:deliveries(number, r) == 1 and s:sent(number).departed)\n"
        "refuses('endpoint is closed', s.send, s, 'x', GROUP, PORT)\n"
        "refuses('endpoint is closed', r.reply, r, 1, 'x')\n");
}

static void closing_wakes_who_waits(void **state)
{
    run_task(state, "local r, seen = receiver(1)\n"
                    "core.spawn(function()\n"
                    "  local changed = r:changed()\n"
                    "  raises('ECANCELED', changed.wait, changed)\n"
                    "  seen = true\n"
                    "end)\n"
                    "core.sleep(0)\n"
                    "r:close()\n"
                    "core.sleep(0)\n"
                    "assert(seen)\n");
}

static void waiting_ends_at_its_timeout(void **state)
{
    run_task(state, "local r = receiver(1)\n"
                    "local ok, why = r:changed():wait(0.01)\n"
                    "assert(ok == nil and why == 'timeout')\n"
                    "ok, why = core.traffic_changed():wait(0.01)\n"
                    "assert(ok == nil and why == 'timeout')\n");
}

static void a_failed_send_raises_and_is_not_logged(void **state)
{
    run_task(state,
        "local s = sender(0)\n"
        "raises('EMSGSIZE', s.send, s, ('x'):rep(70000), GROUP, PORT)\n"
        "assert(s:sent_count() == 0)\n"
        "refuses('reply: string expected, got table', core.endpoint, socket(0), {reply = {}})\n"
        "local kept = socket(0)\n"
        "refuses('#2 to', core.endpoint, kept, {sources = {'x'}})\n"
        "assert(not kept:closed())\n");
}

static void dropped_endpoints_are_collected(void **state)
{
    run_task(state, "local first = socket(0):fd()\n"
                    "for _ = 1, 50 do core.endpoint(socket(0), {reply = 'x'}):socket(); "
                    "collectgarbage() end\n"
                    "collectgarbage(); collectgarbage()\n"
                    "assert(socket(0):fd() <= first + 3)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LAN_TEST(a_request_is_delivered_and_answered),
        LAN_TEST(what_was_sent_departed),
        LAN_TEST(without_tracking_there_is_no_proof),
        LAN_TEST(only_members_get_it),
        LAN_TEST(deliveries_count_from_a_message_on),
        LAN_TEST(a_reply_can_be_computed),
        LAN_TEST(drain_needs_no_loop),
        LAN_TEST(the_socket_is_lent),
        LAN_TEST(a_lent_socket_lives_as_long_as_its_endpoint),
        LAN_TEST(sends_of_a_lent_socket_are_not_logged),
        LAN_TEST(a_closed_endpoint_can_still_be_asked),
        LAN_TEST(closing_wakes_who_waits),
        LAN_TEST(waiting_ends_at_its_timeout),
        LAN_TEST(a_failed_send_raises_and_is_not_logged),
        LAN_TEST(dropped_endpoints_are_collected),
    };
    if (!enter_sandbox())
        return TEST_SKIPPED;
    return cmocka_run_group_tests_name("script/bind_endpoint", tests, NULL, NULL);
}
