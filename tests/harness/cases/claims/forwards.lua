-- Where a switch sends a group is read from the kernel's tables, exactly.
-- expect: exit 1
-- expect: failed "nobody has it" switch 'lan': expected 239.1.2.3 to a, seen to nobody: a has no entry for it (44)
-- expect: failed "another has it, too" switch 'lan': expected 239.1.2.3 to a, seen to a and b: b has it (49)
-- expect: failed "it is pruned after all" switch 'lan': expected 239.1.2.3 to nobody, seen to a: a has it (54)
-- expect: failed "it floods, for want of a querier" switch 'lan': expected 239.1.2.3 to a from 10.1.0.1, seen to a and b: all is flooded, because there is no IGMP querier (59)
-- expect: failed "it floods, for it does not snoop" switch 'lan': expected ff0e::1:2:3 to nobody, seen to source, a and b: all is flooded, because it does not snoop (63)
-- expect: failed "the link's own groups flood" switch 'lan': expected 224.0.0.251 to a, seen to a, source and b: all is flooded, because no switch learns this group (67)
-- expect: failed "a router gets all" switch 'lan': expected 239.1.2.3 to nobody, seen to r: r is behind a router port, which gets all (71)
-- expect: failed "one source is blocked" switch 'lan': expected 239.1.2.3 to a, seen to nobody from 10.1.0.1 and to a from any other source (name a source): a blocks 10.1.0.1 (76)
-- expect: failed "another source is not asked for" switch 'lan': expected 232.1.2.3 to a from 10.1.0.77, seen to nobody: a wants other sources (81)
-- expect: inconclusive "nobody is there" switch 'empty': inconclusive, because there is nobody to whom switch 'empty' could forward (86)
-- expect: failed "the querier is another one" switch 'lan': expected as IGMP querier host 'b', seen the switch itself (0.0.0.0) (90)
-- expect: failed "the querier is not that host" switch 'lan': expected as MLD querier host 'a', seen the switch itself (fe80::53:0:0:2) (94)
-- expect: failed "there is no querier" switch 'lan': expected as IGMP querier any, seen none (98)
-- expect: broken "a host of another switch" expect(switch):forwards: to: host 'alone' is not attached to switch 'lan' (102)
-- expect: broken "back to the source" expect(switch):forwards: to: host 'a' is the source: a switch sends nothing back to where it came from (106)
-- expect: broken "to whom" expect(switch):forwards: to: missing; expected a list of hosts (none: {}) (110)
-- expect: inconclusive "a querier that has just come" switch 'lan': inconclusive, because its querier has come while the claim waited, and until its query response interval is over it may flood (for <number> s yet) (116)
-- expect: passed "a querier that came a moment ago"
-- expect: inconclusive "a port that is down" switch 'lan': inconclusive, because the port of eth0 of host 'a' is down (128)
-- expect: failed "it floods, but not to a dead port" switch 'lan': expected 239.1.2.3 to a and b from 10.1.0.1, seen to b: a has a port that is down or kept from flooding (133)
-- expect: inconclusive "a host that queries since a moment ago" switch 'lan': inconclusive, because its querier has come while the claim waited, and until its query response interval is over it may flood (for <number> s yet) (143)

local function lan(options)
  return topology("a LAN", function(net)
    local switch = net:switch("lan", options)
    for _, name in ipairs{"source", "a", "b"} do net:host(name, switch) end
  end)
end

local routed = topology("a LAN with a router", function(net)
  local switch = net:switch("lan")
  for _, name in ipairs{"source", "a"} do net:host(name, switch) end
  local elsewhere = net:switch("elsewhere")
  net:router("r", {switch, elsewhere})
  net:host("alone", elsewhere)
  net:switch("empty")
end)

local group = "239.1.2.3"

scenario("nobody has it", {topology = lan()}, function(t)
  expect(t.net.switches.lan):forwards(group, {to = {"a"}, within = 0.1})
end)

scenario("another has it, too", {topology = lan()}, function(t)
  for _, name in ipairs{"a", "b"} do t:hosts(name):receiver{group = group, port = 5000} end
  expect(t.net.switches.lan):forwards(group, {to = {"a"}, within = 0.1})
end)

scenario("it is pruned after all", {topology = lan()}, function(t)
  t:hosts("a"):receiver{group = group, port = 5000}
  expect(t.net.switches.lan):forwards(group, {to = {}, within = 0.1})
end)

scenario("it floods, for want of a querier", {topology = lan{querier = false}}, function(t)
  t:hosts("a"):receiver{group = group, port = 5000}
  expect(t.net.switches.lan):forwards(group, {to = {"a"}, source = t:hosts("source"), within = 0.1})
end)

scenario("it floods, for it does not snoop", {topology = lan{snooping = false}}, function(t)
  expect(t.net.switches.lan):forwards("ff0e::1:2:3", {to = {}, within = 0.1})
end)

scenario("the link's own groups flood", {topology = lan()}, function(t)
  expect(t.net.switches.lan):forwards("224.0.0.251", {to = {"a"}, within = 0.1})
end)

scenario("a router gets all", {topology = routed}, function(t)
  expect(t.net.switches.lan):forwards(group, {to = {}, within = 0.1})
end)

scenario("one source is blocked", {topology = lan()}, function(t)
  t:hosts("a"):receiver{group = group, port = 5000, exclude = {"10.1.0.1"}}
  expect(t.net.switches.lan):forwards(group, {to = {"a"}, within = 0.1})
end)

scenario("another source is not asked for", {topology = lan()}, function(t)
  t:hosts("a"):receiver{group = "232.1.2.3", port = 5000, source = "10.1.0.1"}
  expect(t.net.switches.lan):forwards("232.1.2.3",
    {to = {"a"}, source = "10.1.0.77", within = 0.1})
end)

scenario("nobody is there", {topology = routed}, function(t)
  expect(t.net.switches.empty):forwards(group, {to = {}})
end)

scenario("the querier is another one", {topology = lan()}, function(t)
  expect(t.net.switches.lan):has_querier(t:hosts("b"), {within = 0.1})
end)

scenario("the querier is not that host", {topology = lan()}, function(t)
  expect(t.net.switches.lan):has_querier(t:hosts("a"), {within = 0.1, family = "ipv6"})
end)

scenario("there is no querier", {topology = lan{querier = false}}, function(t)
  expect(t.net.switches.lan):has_querier{within = 0.1}
end)

scenario("a host of another switch", {topology = routed}, function(t)
  expect(t.net.switches.lan):forwards(group, {to = {"alone"}})
end)

scenario("back to the source", {topology = lan()}, function(t)
  expect(t.net.switches.lan):forwards(group, {to = {"a"}, source = t:hosts("a")})
end)

scenario("to whom", {topology = lan()}, function(t)
  expect(t.net.switches.lan):forwards(group)
end)

scenario("a querier that has just come", {topology = lan{query_response_interval = 10}}, function(t)
  local switch = t.net.switches.lan
  switch._querier_kinds.ipv4 = "none" -- as if it had been seen without one
  expect(switch):forwards(group, {to = {}, within = 0.1})
end)

scenario("a querier that came a moment ago", {topology = lan{query_response_interval = 0.2}},
  function(t)
  local switch = t.net.switches.lan
  switch._querier_kinds.ipv4 = "none"
  expect(switch):forwards(group, {to = {}})
end)

scenario("a port that is down", {topology = lan()}, function(t)
  t:hosts("a"):run{"ip", "link", "set", "dev", "eth0", "down"}
  expect(t.net.switches.lan):forwards(group, {to = {}})
end)

scenario("it floods, but not to a dead port", {topology = lan{snooping = false}}, function(t)
  t:hosts("a"):run{"ip", "link", "set", "dev", "eth0", "down"}
  expect(t.net.switches.lan):forwards(group, {to = {"a", "b"}, source = t:hosts("source"),
    within = 0.1})
end)

scenario("a host that queries since a moment ago", {topology = lan{querier = false}}, function(t)
  local switch = t.net.switches.lan
  t:hosts("a"):querier{interval = 20, max_response = 10}
  -- Without a claim that would have seen the switch before.
  eventually(function() return t.net._lab:querier(switch._number).ipv4 end)
  expect(switch):has_querier(t:hosts("a"))
  expect(switch):forwards(group, {to = {}, within = 0.1})
end)
