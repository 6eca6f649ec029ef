-- Failover: for how long a stream is dark while a router or a querier is replaced.
--
--     source     near                                  member     bystander
--        |         |                                       |           |
--    ----+---------+----+---+----  left        right  --+--+--+--------+----
--                       |   |                           |     |
--                       |   +------------ r1 -----------+     |
--                       +---------------- r2 -----------------+
--                                    (in waiting)
--
-- A stream runs all the time, and what its receivers miss is the answer: the longest gap is the
-- time in the dark. A router in waiting that gets its route when the first one dies stands for every
-- protocol that does the same by itself (PIM's designated router, VRRP). A member on the stream's
-- own LAN must not notice. A querier that is replaced carries no traffic: nobody is to notice.
-- RFC 3376 section 6.6.2, RFC 7761 section 4.3.

local families = {"ipv4", "ipv6"}
local allowed = param("dark", 1.0, "seconds in the dark that are allowed")
-- A membership outlasts the silence of a querier (RFC 3376 sections 8.4 and 8.5): with equal times, the
-- first answer to the new one may come after the end of what the last answer to the old one began.
local timers = {query_interval = 1, startup_query_interval = 1, membership_interval = 3,
  querier_interval = 2}

local routed = topology("two LANs, two routers", function(net)
  local left, right = net:switch("left"), net:switch("right")
  for _, name in ipairs{"r1", "r2"} do net:router(name, {left, right}) end
  for _, name in ipairs{"source", "near"} do net:host(name, left) end
  for _, name in ipairs{"member", "bystander"} do net:host(name, right) end
end)

local bridged = topology("two switches, both to be querier", function(net)
  local left, right = net:switch("left", timers), net:switch("right", timers)
  net:link(left, right)
  for _, name in ipairs{"source", "near"} do net:host(name, left) end
  for _, name in ipairs{"member", "bystander"} do net:host(name, right) end
end)

--- Members near and far, a stream to both, and one who must get nothing.
local function open(t)
  local source, near, member, bystander = t:hosts("source", "near", "member", "bystander")
  local group, port = t:group{family = t.case}, t:port()
  for _, host in ipairs{near, member} do host:receiver{group = group, port = port} end
  local deaf = bystander:receiver{port = port, family = t.case}
  return source:sender{group = group, port = port, ttl = 2}, group, deaf, near, member
end

--- Another `count` datagrams of the stream.
local function await_more(flow, host, count)
  local before = flow:at(host).received
  return eventually(function() return flow:at(host).received >= before + count end, {within = 5})
end

scenario("a router is replaced", {topology = routed, each = families}, function(t)
  local sender, group, deaf, near, member = open(t)
  local r1, r2, source = t:hosts("r1", "r2", "source")
  r1:mroute{group = group, source = source, from = "left", to = {"right"}}
  local flow = sender:stream{rate = 1000}
  expect(await_more(flow, member, 100)):is_true()

  t:step("r1 dies")
  r1:interface("eth0"):down()
  local sent = flow.sent
  expect(eventually(function() return flow.sent >= sent + 100 end)):is_true()
  t:step("r2 takes over")
  r2:mroute{group = group, source = source, from = "left", to = {"right"}}
  expect(await_more(flow, member, 100)):is_true()
  flow:stop()

  local got = flow:at(member)
  t:log("the stream was dark for %.0f ms: %d lost", got.longest_gap * 1000, got.lost)
  expect(got.lost):is_at_least(100)
  expect(flow):reaches({near, member}, {loss = got.lost, longest_gap = allowed})
  expect(flow:at(near).lost):equals(0)
  expect(deaf):receives_nothing()
end)

scenario("a router dies, and nobody takes over", {topology = routed, each = families}, function(t)
  local sender, group, _, near, member = open(t)
  local r1, source = t:hosts("r1", "source")
  r1:mroute{group = group, source = source, from = "left", to = {"right"}}
  local flow = sender:stream{rate = 1000}
  expect(await_more(flow, member, 100)):is_true()

  t:step("r1 dies")
  r1:interface("eth0"):down()
  expect(await_more(flow, near, 300)):is_true()
  expect(flow:stop():at(near).lost):equals(0)
  expect(flow:at(member).lost):is_at_least(250)
  expect(sender:send("who is left?")):reaches{near}
end)

scenario("a querier is replaced", {topology = bridged, each = families, timeout = 60}, function(t)
  local sender, _, deaf, near, member = open(t)
  local left, right = t.net.switches.left, t.net.switches.right
  expect(left):has_querier(left, {family = t.case})
  local flow = sender:stream{rate = 100}
  expect(await_more(flow, member, 10)):is_true()

  t:step("the querier dies")
  left:set{querier = false}
  expect(left):has_querier(right, {family = t.case, within = 10})
  t:step("longer than a membership lasts without a query")
  expect(await_more(flow, member, 350)):is_true()
  flow:stop()

  expect(flow):reaches({near, member}, {longest_gap = 0})
  expect(deaf):receives_nothing()
end)
