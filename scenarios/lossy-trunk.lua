-- A link between two switches that loses what the switches live by: queries one way, reports the other way.
--
--     source     near                      far     bystander
--        |         |                        |          |
--    ----+---------+------ left ══x═══ right+----------+----
--                       (querier)     (querier in waiting)
--
-- Multicast snooping over several switches hangs on few and small messages. If the queries get lost, the other
-- switch believes that the querier has died and asks itself (RFC 3376 section 8.5, RFC 3810 section 9.5): two
-- queriers then, each for those who hear it, and nobody misses anything. If the reports get lost, the switch
-- before the link does not know the members behind it and sends them nothing (RFC 4541 section 2.1.1), though
-- their own switch has learnt of them. Data itself would cross. The link is the harness's own; what it loses is
-- named by filters.

local families = {"ipv4", "ipv6"}
local timers = {query_interval = 1, startup_query_interval = 1, querier_interval = 3}
-- MLD stands behind a hop-by-hop option of 8 bytes: its type is byte 48 of the IPv6 packet.
local queries = {ipv4 = "igmp[0] = 0x11", ipv6 = "mld and ip6[48] = 130"}
local reports = {ipv4 = "igmp and igmp[0] != 0x11", ipv6 = "mld and ip6[48] != 130"}

local two_switches = topology("two switches", function(net)
  local left, right = net:switch("left", timers), net:switch("right", timers)
  net:link(left, right)
  for _, name in ipairs{"source", "near"} do net:host(name, left) end
  for _, name in ipairs{"far", "bystander"} do net:host(name, right) end
end)

scenario("queries are lost, and the other switch asks", {topology = two_switches, each = families},
  function(t)
  local source, near, far, bystander = t:hosts("source", "near", "far", "bystander")
  local left, right = t.net.switches.left, t.net.switches.right
  local group, port = t:group{family = t.case}, t:port()
  near:receiver{group = group, port = port, reply = "ack"}
  far:receiver{group = group, port = port, reply = "ack"}
  bystander:receiver{port = port}
  expect(right):has_querier(left, {family = t.case})

  local lossy = t.net.trunks["left--right"]:impair{loss = 1, only = queries[t.case], from = left}
  expect(right):has_querier(right, {family = t.case, within = 15})
  expect(left):has_querier(left, {family = t.case})
  local sent = source:sender{group = group, port = port}:send("to members on both sides")
  expect(sent):reaches{near, far}
  expect(sent):acknowledged_by{near, far}

  t:step("the link is repaired, and the lower address asks alone")
  lossy:clear()
  expect(right):has_querier(left, {family = t.case, within = 15})
end)

scenario("reports are lost, and members behind the link get nothing",
  {topology = two_switches, each = families}, function(t)
  local source, near, far = t:hosts("source", "near", "far")
  local left, right = t.net.switches.left, t.net.switches.right
  local group, port = t:group{family = t.case}, t:port()
  local link = t.net.trunks["left--right"]
  local lossy = link:impair{loss = 1, only = reports[t.case], from = right}
  near:receiver{group = group, port = port}
  far:receiver{group = group, port = port, ready = false}
  expect(right):forwards(group, {source = source, to = {far}, within = 10})
  expect(eventually(function() return lossy.dropped > 0 end, {within = 10})):is_true()

  local sender = source:sender{group = group, port = port}
  expect(left):forwards(group, {source = source, to = {near}})
  expect(sender:send("to the near one only")):reaches{near}

  t:step("the link is repaired, and the next query brings the reports across")
  lossy:clear()
  expect(left):forwards(group, {source = source, to = {near, right}, within = 10})
  expect(sender:send("to both")):reaches{near, far}
end)
