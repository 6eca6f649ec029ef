-- Who queries a LAN: a switch and a host hold elections.
--
--     source     member     bystander     querier
--        |          |           |            |
--    ----+----------+-----------+------------+----  lan: queries, too
--
-- The querier with the lowest address wins; the others fall silent, and take over when they have
-- not heard it for the other querier present interval. A Linux bridge asks over IPv4 from
-- 0.0.0.0 and so loses to everybody; over IPv6 its link-local address counts as any other.
-- Members are heard and everybody else is left out, whoever asks.
-- RFC 3376 section 6.6.2, RFC 3810 section 7.6.2, RFC 4541 section 2.1.1.

local families = {"ipv4", "ipv6"}
local lowest = {ipv6 = "fe80::1"}

local lab = topology("a switch and a querier", function(net)
  local lan = net:switch("lan", {querier_interval = 1, query_interval = 1})
  for _, name in ipairs{"source", "member", "bystander", "querier"} do net:host(name, lan) end
end)

scenario("a host with a lower address queries, and the switch takes over when it stops",
  {topology = lab, each = families}, function(t)
  local source, member, bystander, host = t:hosts("source", "member", "bystander", "querier")
  local lan = t.net.switches.lan
  local group, port = t:group{family = t.case}, t:port()
  member:receiver{group = group, port = port}
  bystander:receiver{port = port}
  local sender = source:sender{group = group, port = port}
  expect(lan):has_querier(lan, {family = t.case, within = 5})

  local querier = host:querier{family = t.case, interval = 0.4, source = lowest[t.case]}
  expect(lan):has_querier(host, {family = t.case, within = 5})
  expect(querier.elected):is_true()

  t:step("members are heard, whoever asks")
  -- Linux floods, from the first query of a stranger on, for the response interval that it names.
  expect(eventually(function() return querier.sent >= 3 end, {within = 5})):is_true()
  expect(lan):forwards(group, {to = {member}, within = 3})
  expect(sender:send("while the host asks")):crosses{member}

  t:step("it falls silent")
  querier:stop()
  expect(lan):has_querier(lan, {family = t.case, within = 5})
  expect(lan):forwards(group, {to = {member}, within = 5})
  expect(sender:send("while the switch asks")):crosses{member}
end)

local routed = topology("a switch and a router", function(net)
  local lan = net:switch("lan", {querier_interval = 1, query_interval = 1})
  local up = net:switch("up")
  for _, name in ipairs{"source", "member", "bystander"} do net:host(name, lan) end
  net:router("router", {lan, up})
end)

scenario("a router queries, and the switch takes over when it dies",
  {topology = routed, each = families}, function(t)
  local source, member, bystander, router = t:hosts("source", "member", "bystander", "router")
  local lan = t.net.switches.lan
  local group, port = t:group{family = t.case}, t:port()
  member:receiver{group = group, port = port}
  bystander:receiver{port = port}
  router:querier{family = t.case, interface = "eth0", interval = 0.4, source = lowest[t.case]}
  expect(lan):has_querier(router, {family = t.case, within = 5})

  t:step("it dies")
  router:pause()
  expect(lan):has_querier(lan, {family = t.case, within = 5})
  expect(lan):forwards(group, {to = {member, router}, within = 5}) -- a router's port gets all
  local sent = source:sender{group = group, port = port}:send("while the switch asks")
  expect(sent):crosses{member, router}
end)

scenario("a host with a higher address stays silent", {topology = lab}, function(t)
  local host, lan = t:hosts("querier"), t.net.switches.lan
  local querier = host:querier{family = "ipv6", interval = 0.4,
    source = "fe80::ffff:ffff:ffff:ffff"}
  expect(eventually(function() return not querier.elected end, {within = 5})):is_true()
  expect(lan):has_querier(lan, {family = "ipv6", within = 5})
  expect(querier.querier):equals(lan:querier("ipv6").address)

  t:step("until the switch asks no more")
  lan:set{querier = false}
  expect(eventually(function() return querier.elected end, {within = 10})):is_true()
  expect(lan):has_querier(host, {family = "ipv6"})
end)

scenario("of two hosts the lower one asks", {topology = lab, each = families}, function(t)
  local low, high = t:hosts("source", "querier")
  local lan = t.net.switches.lan
  lan:set{querier = false}
  local second = high:querier{family = t.case, interval = 0.4}
  expect(lan):has_querier(high, {family = t.case})
  local first = low:querier{family = t.case, interval = 0.4}
  expect(lan):has_querier(low, {family = t.case})
  expect(eventually(function() return not second.elected end)):is_true()
  expect(first.elected):is_true()

  t:step("the other one takes over")
  first:stop()
  expect(eventually(function() return second.elected end, {within = 5})):is_true()
  expect(lan):has_querier(high, {family = t.case, within = 5})
end)
