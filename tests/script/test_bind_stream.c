#include "lan_fixture.h"

/* plan(fields): towards the group. ended(stream): waits for its end and reads what lies there.
 */
static void run_streams(void **state, const char *code)
{
    run_lua(mh_vm_state(*state),
        "function plan(fields)\n"
        "  local plan = {to = GROUP, port = PORT, size = 100, lockstep = not fields.rate}\n"
        "  for key, value in pairs(fields) do plan[key] = value end\n"
        "  return plan\n"
        "end\n"
        "function ended(stream)\n"
        "  await(stream:changed(), function() return not stream:status().running end)\n"
        "  core.drain()\n"
        "  return stream\n"
        "end\n");
    run_task(state, code);
}

static void members_get_all_and_others_nothing(void **state)
{
    run_streams(state,
        "local one, other, s = receiver(1), core.endpoint(socket(2)), sender(0)\n"
        "other:socket():bind(nil, PORT)\n"
        "local stream = ended(core.stream(s, plan {count = 2000}))\n"
        "local status = stream:status()\n"
        "assert(status.sent == 2000 and status.planned == 2000 and status.refused == 0)\n"
        "assert(status.offloaded == 0 and status.departed == status.sampled)\n"
        "assert(status.departed >= 1 and status.error == nil and not status.running)\n"
        "assert(status.last >= status.start and status.active >= 0)\n"
        "local got = stream:account(one)\n"
        "assert(got.received == 2000 and got.bytes == 200000 and got.duplicated == 0)\n"
        "assert(got.reordered == 0 and got.corrupted == 0 and not got.incomplete)\n"
        "assert(got.ttl_min == 1 and got.ttl_max == 1 and got.last >= got.first)\n"
        "assert(got.latency.min <= got.latency.p50 and got.latency.p50 <= got.latency.max)\n"
        "assert(got.latency.min > 0 and got.latency.mean > 0)\n"
        "assert(table.pack(stream:counts(one))[1] == 2000 and one:probes() == 2000)\n"
        "assert(one:count() == 0 and other:probes() == 0 and other:count() == 0)\n"
        "local nothing = stream:account(other)\n"
        "assert(nothing.received == 0 and nothing.latency == nil and nothing.first == nil)\n"
        "assert(#stream:series(other) == 0)\n"
        "local sum = 0\n"
        "for _, n in ipairs(stream:series(one)) do sum = sum + n end\n"
        "assert(sum == 2000)\n"
        "for _, n in ipairs(stream:series()) do sum = sum - n end\n"
        "assert(sum == 0)\n");
}

static void a_paced_stream_keeps_its_rate(void **state)
{
    run_streams(state,
        "local r, s = receiver(1), sender(0)\n"
        "local stream = ended(core.stream(s, plan {rate = 1000, duration = 0.05}))\n"
        "local status = stream:status()\n"
        "assert(status.sent == 50 and status.active >= 0.049)\n"
        "assert(stream:account(r).received == 50)\n");
}

static void gaps_are_told(void **state)
{
    run_streams(state,
        "local r, s = receiver(1), sender(0)\n"
        "local stream = core.stream(s, plan {rate = 2000})\n"
        "await(core.traffic_changed(), function() return stream:counts(r) >= 20 end)\n"
        "r:socket():leave(GROUP, INDEX[1])\n"
        "local left = stream:status().sent\n"
        "await(core.traffic_changed(), function()\n"
        "  return stream:status().sent >= left + 100\n"
        "end)\n"
        "r:socket():join(GROUP, INDEX[1])\n"
        "local before = stream:counts(r)\n"
        "await(core.traffic_changed(), function() return stream:counts(r) > before + 20 end)\n"
        "stream:stop()\n"
        "core.drain()\n"
        "local gaps, count, longest = stream:gaps(r, 10)\n"
        "assert(count >= 1 and #gaps == count)\n"
        "local lost = 0\n"
        "for _, gap in ipairs(gaps) do lost = lost + gap.lost end\n"
        "assert(stream:counts(r) + lost == stream:status().sent)\n"
        "assert(longest.duration == gaps[1].duration and gaps[1].at > 0 and gaps[1].duration > "
        "0 and gaps[1].first > "
        "1)\n"
        "assert(#stream:gaps(r, 0) == 0)\n"
        "local span, missing, most = stream:loss_runs(r)\n"
        "assert(span - missing == stream:counts(r) and missing <= lost)\n"
        "assert(most >= 50 and most <= missing)\n");
}

static void who_heard_nothing_has_one_gap(void **state)
{
    run_streams(state, "local r, s = core.endpoint(socket(1)), sender(0)\n"
                       "local stream = ended(core.stream(s, plan {count = 10}))\n"
                       "local gaps, count = stream:gaps(r, 5)\n"
                       "assert(count == 1 and gaps[1].lost == 10 and gaps[1].first == 1)\n"
                       "assert(math.abs(gaps[1].at - stream:status().start) < 0.001)\n");
}

static void offload_counts_the_same(void **state)
{
    run_streams(state, "local one, other, s = receiver(1), receiver(2), sender(0)\n"
                       "assert(one:coalesce(true))\n"
                       "local stream = ended(core.stream(s, plan {size = 1000, count = 3000, "
                       "offload = true}))\n"
                       "assert(stream:status().offloaded > 2900)\n"
                       "assert(stream:counts(one) == 3000 and stream:counts(other) == 3000)\n");
}

static void a_capture_has_its_probes(void **state)
{
    run_streams(state,
        "local c = core.capture(1 << 20)\n"
        "c:add(NETNS[1], INDEX[1])\n"
        "c:add(NETNS[0], INDEX[0])\n"
        "local r, s = receiver(1), sender(0)\n"
        "ended(core.stream(s, plan {count = 3}))\n"
        "local stream = ended(core.stream(s, plan {size = 3000, count = 4}))\n"
        "local short = ended(core.stream(s, plan {size = 18, count = 2}))\n"
        "s:send('no probe, if as long as one', GROUP, PORT)\n"
        "await(core.traffic_changed(), function() c:read() return r:count() == 1 end)\n"
        "c:read()\n"
        "local packets, numbers, ways = stream:sightings(c, c:count())\n"
        "assert(#packets == 8 and #numbers == 8 and #ways == 8, #packets)\n"
        "local next_of, before = {}, 0\n"
        "for i, way in ipairs(ways) do\n"
        "  next_of[way] = (next_of[way] or 0) + 1\n"
        "  assert(numbers[i] == next_of[way] and packets[i] > before)\n"
        "  before = packets[i]\n"
        "  local packet = c:packet(packets[i])\n"
        "  assert((packet.ip or packet.ip6).destination == GROUP and packet.udp)\n"
        "end\n"
        "assert(#stream:sightings(c, packets[8] - 1) == 7)\n"
        "packets, numbers = short:sightings(c, c:count())\n"
        "assert(#packets == 4, #packets)\n"
        "table.sort(numbers)\n"
        "assert(table.concat(numbers) == '1122')\n"
        "assert(#stream:sightings(c, 0) == 0)\n"
        "refuses('a count of packets', stream.sightings, stream, c, c:count() + 1)\n"
        "c:close()\n"
        "refuses('capture is closed', stream.sightings, stream, c, 0)\n");
}

static void what_is_wrong_is_refused(void **state)
{
    run_streams(state,
        "local s = sender(0)\n"
        "refuses('too small', core.stream, s, plan {size = 17})\n"
        "refuses('size: 0 to', core.stream, s, plan {size = 70000})\n"
        "refuses('count: 0 to', core.stream, s, plan {count = -1})\n"
        "refuses('rate: out of range', core.stream, s, plan {rate = 1e9})\n"
        "refuses('rate: out of range', core.stream, s, plan {rate = 0 / 0})\n"
        "refuses('duration: out of range', core.stream, s, plan {duration = -1})\n"
        "local other = FAMILY == 'ipv6' and '239.1.1.1' or 'ff15::1'\n"
        "raises('EAFNOSUPPORT', core.stream, s, plan {to = other})\n"
        "s:close()\n"
        "refuses('endpoint is closed', core.stream, s, plan {})\n");
}

static void a_stream_outlives_nothing(void **state)
{
    run_streams(state,
        "local r, s = receiver(1), sender(0)\n"
        "local stream = core.stream(s, plan {})\n"
        "await(core.traffic_changed(), function() return stream:counts(r) > 100 end)\n"
        "s:close()\n"
        "assert(not stream:status().running)\n"
        "local forgotten = core.stream(sender(0), plan {})\n"
        "forgotten = nil\n"
        "collectgarbage()\n"
        "left_running = core.stream(sender(0), plan {})\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LAN_TEST(members_get_all_and_others_nothing),
        LAN_TEST(a_paced_stream_keeps_its_rate),
        LAN_TEST(gaps_are_told),
        LAN_TEST(who_heard_nothing_has_one_gap),
        LAN_TEST(offload_counts_the_same),
        LAN_TEST(a_capture_has_its_probes),
        LAN_TEST(what_is_wrong_is_refused),
        LAN_TEST(a_stream_outlives_nothing),
    };
    return enter_sandbox()
               ? cmocka_run_group_tests_name("script/bind_stream", tests, NULL, NULL)
               : TEST_SKIPPED;
}
