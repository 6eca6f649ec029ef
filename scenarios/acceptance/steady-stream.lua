-- A steady slow stream outlives every timer of the network that carries it.
--
--     source         member        forgetful       bystander
--     20 probes      answers       joins, but      bound to the port,
--     per second     queries       its reports     member of nothing
--        |              |          get lost           |
--    ----+--------------+-------------+---------------+----  lan (snooping, querier)
--
-- Most faults of snooping networks come minutes after the join, when the first timer runs out: no
-- querier, queries that get lost, reports that nobody sends. The timers are scaled: the membership
-- interval is 2.5 s in place of 260 s, and the stream lasts for two of them. With the RFC's:
-- mcast-harness run steady-stream.lua --param seconds=600 --param timers=rfc --timeout 700
-- RFC 3376 sections 8.2 to 8.5, RFC 3810 section 9, RFC 4541 section 2.1.1.

local seconds = param("seconds", 6, "how long the stream lasts")
local timers = param("timers", "scaled", "scaled, or rfc")
local families = {"ipv4", "ipv6"}
local reports = {ipv4 = "igmp", ipv6 = "mld"}
local scaled = {query_interval = 1, startup_query_interval = 1, query_response_interval = 0.1,
  membership_interval = 2.5, querier_interval = 2.5}

local lab = topology("a LAN with short timers", function(net)
  local lan = net:switch("lan", timers == "rfc" and {timers = "rfc"} or scaled)
  for _, name in ipairs{"source", "member", "forgetful", "bystander"} do net:host(name, lan) end
end)

if timers ~= "scaled" and timers ~= "rfc" then
  error(('param timers: expected "scaled" or "rfc", got %q'):format(timers))
end
-- RFC 3376 section 8.4: (2 x 125) + 10 s.
local membership = timers == "rfc" and 260 or scaled.membership_interval
if seconds <= membership then
  error(("param seconds: %g s do not outlive a membership, which lasts for %g s with %s timers")
    :format(seconds, membership, timers))
end

local options = {topology = lab, each = families, timeout = seconds + 30}

scenario("a member that answers gets all of it", options, function(t)
  local source, member, bystander = t:hosts("source", "member", "bystander")
  local group, port = t:group{family = t.case}, t:port()
  member:receiver{group = group, port = port}
  local deaf = bystander:receiver{port = port, family = t.case}
  local wire = bystander:observer{group = group}

  local flow = source:sender{group = group, port = port}:stream{rate = 20, duration = seconds}
  expect(flow):reaches({member}, {longest_gap = 0})
  expect(deaf):receives_nothing()
  expect(wire):sees_nothing()
  expect(t.net.switches.lan):has_querier(t.net.switches.lan, {family = t.case})
end)

scenario("one that does not answer goes dark", options, function(t)
  local source, member, forgetful = t:hosts("source", "member", "forgetful")
  local group, port = t:group{family = t.case}, t:port()
  member:receiver{group = group, port = port}
  local forgotten = forgetful:receiver{group = group, port = port}
  local sender = source:sender{group = group, port = port}
  expect(sender:send("both are there")):reaches{member, forgetful}

  t:step("its reports get lost")
  forgetful.eth0:impair{loss = 1, only = reports[t.case], direction = "out"}
  local flow = sender:stream{rate = 20, duration = seconds}:wait()
  expect(flow:at(member).lost):equals(0)
  expect(flow:at(forgotten).received):is_at_least(1)
  expect(flow:at(forgotten).lost):is_at_least(20)
  expect(forgetful):is_member(group)
end)
