-- Without a querier a snooping switch floods; with one it stops.
--
--      source      member      bystander
--         |           |            |
--     ----+-----------+------------+----  lan    snoops, does not query
--
-- Nobody renews a table in a LAN without queries, so that a switch must not rely on it: it floods
-- what nobody joined, and even the groups that it knows members of. When a querier comes, a Linux
-- bridge floods for one more query response interval, in which the members answer; switch:set
-- returns when that is over.
-- RFC 4541 section 2.1.2 (3), br_multicast_querier_exists() of Linux.

local families = {"ipv4", "ipv6"}

local lab = topology("a LAN without a querier", function(net)
  local lan = net:switch("lan", {querier = false})
  for _, name in ipairs{"source", "member", "bystander"} do net:host(name, lan) end
end)

scenario("unknown multicast floods until there is a querier", {topology = lab, each = families},
  function(t)
  local source, member, bystander = t:hosts("source", "member", "bystander")
  local group, port = t:group{family = t.case}, t:port()
  local lan = t.net.switches.lan
  local sender = source:sender{group = group, port = port}

  t:step("no querier")
  expect(lan:querier(t.case)):is_nil()
  expect(lan):forwards(group, {to = {source, member, bystander}})
  expect(sender:send("everywhere")):crosses{member, bystander}

  t:step("the switch becomes querier")
  lan:set{querier = true}
  expect(lan):has_querier(lan, {family = t.case})
  expect(lan):forwards(group, {to = {}})
  expect(sender:send("nowhere")):crosses{}

  t:step("and stops to be it")
  lan:set{querier = false}
  expect(sender:send("everywhere, again")):crosses{member, bystander}
end)

scenario("so do groups with members", {topology = lab, each = families}, function(t)
  local source, member, bystander = t:hosts("source", "member", "bystander")
  local group, port = t:group{family = t.case}, t:port()
  local lan = t.net.switches.lan
  member:receiver{group = group, port = port}
  bystander:receiver{port = port}
  local sender = source:sender{group = group, port = port}

  t:step("the switch knows the member, and floods")
  expect(#lan:mdb()):is_at_least(1)
  local sent = sender:send("on every wire")
  expect(sent):crosses{member, bystander}
  expect(sent):reaches{member}

  t:step("with a querier it relies on its table")
  lan:set{querier = true}
  expect(lan):forwards(group, {to = {member}})
  expect(sender:send("on one wire")):crosses{member}
end)
