-- What a router routes is read from the kernel's forwarding cache.
-- expect: exit 1
-- expect: failed "there is no route" router 'r': expected a route of 239.1.2.3, seen no route of the group (29)
-- expect: failed "a route for another source" router 'r': expected a route (10.1.0.2, 239.1.2.3), seen (10.1.0.1, 239.1.2.3) from eth0 to eth1 (35)
-- expect: failed "a route to elsewhere" router 'r': expected a route of ff0e::1:2:3 to eth0, seen (*, ff0e::1:2:3) from eth0 to eth1 (47)
-- expect: failed "a route from elsewhere" router 'r': expected a route of 239.1.2.3 from eth1, seen (*, 239.1.2.3) from eth0 to eth1 (41)
-- expect: failed "it routes after all" router 'r': expected no route of 239.1.2.3 to eth1, seen (*, 239.1.2.3) from eth0 to eth1 (53)
-- expect: inconclusive "nothing routes there" router 'r': inconclusive, because nothing routes IPv4 multicast on router 'r': neither a route of ours nor a daemon (57)
-- expect: broken "a host is no router" expect(host): there is no claim 'routes' (known: contains, equals, exists, is_at_least, is_at_most, is_false, is_member, is_nil, is_not_member, is_true, matches and near) (67)
-- expect: inconclusive "nothing routes IPv6 there" router 'r': inconclusive, because nothing routes IPv6 multicast on router 'r': neither a route of ours nor a daemon (63)
-- expect: broken "of no group" expect(router):routes: group: missing; expected a multicast address (224.0.0.0/4 or ff00::/8) (71)
-- expect: broken "two thresholds for one output" router:mroute: to: eth1 of host 'r' is named twice, with different TTL thresholds (75)
-- expect: broken "a threshold of IPv6" router:mroute: ttl_threshold: the kernel has none for IPv6 (79)
-- expect: broken "an output's unknown option" router:mroute: to: unknown option 'threshold' (did you mean 'ttl_threshold'?) (83)
-- expect: failed "a route to one of two" router 'r': expected a route of 239.1.2.3 to eth1 and eth0, seen (10.1.0.1, 239.1.2.3) from eth0 to eth1 (89)
-- expect: failed "a route to nowhere" router 'r': expected a route of 239.1.2.3, seen (10.1.0.1, 239.1.2.3) from eth0 to nowhere (97)

local lab = topology("a router", function(net)
  local left, right = net:switch("left"), net:switch("right")
  net:router("r", {left, right})
  net:host("source", left)
  net:host("stranger", left)
  net:host("member", right)
end)

local group = "239.1.2.3"

scenario("there is no route", {topology = lab}, function(t)
  expect(t:hosts("r")):routes{group = group, within = 0.1}
end)

scenario("a route for another source", {topology = lab}, function(t)
  local r = t:hosts("r")
  r:mroute{group = group, source = "10.1.0.1", to = {"right"}}
  expect(r):routes{group = group, source = t:hosts("stranger"), within = 0.1}
end)

scenario("a route from elsewhere", {topology = lab}, function(t)
  local r = t:hosts("r")
  r:mroute{group = group, from = "left", to = {"right"}}
  expect(r):routes{group = group, from = "right", within = 0.1}
end)

scenario("a route to elsewhere", {topology = lab}, function(t)
  local r = t:hosts("r")
  r:mroute{group = "ff0e::1:2:3", from = "left", to = {"right"}}
  expect(r):routes({group = "ff0e::1:2:3", to = {"left"}}, {within = 0.1})
end)

scenario("it routes after all", {topology = lab}, function(t)
  local r = t:hosts("r")
  r:mroute{group = group, from = "left", to = {{"right", ttl_threshold = 5}}}
  expect(r):does_not_route{group = group, to = {"member"}, within = 0.1}
end)

scenario("nothing routes there", {topology = lab}, function(t)
  expect(t:hosts("r")):does_not_route{group = group}
end)

scenario("nothing routes IPv6 there", {topology = lab}, function(t)
  local r = t:hosts("r")
  r:mroute{group = group, from = "left", to = {"right"}}
  expect(r):does_not_route{group = "ff0e::1:2:3"}
end)

scenario("a host is no router", {topology = lab}, function(t)
  expect(t:hosts("source")):routes{group = group}
end)

scenario("of no group", {topology = lab}, function(t)
  expect(t:hosts("r")):routes{to = {"right"}}
end)

scenario("two thresholds for one output", {topology = lab}, function(t)
  t:hosts("r"):mroute{group = group, from = "left", to = {"right", {"member", ttl_threshold = 3}}}
end)

scenario("a threshold of IPv6", {topology = lab}, function(t)
  t:hosts("r"):mroute{group = "ff0e::1", from = "left", to = {"right", ttl_threshold = 3}}
end)

scenario("an output's unknown option", {topology = lab}, function(t)
  t:hosts("r"):mroute{group = group, from = "left", to = {{"right", threshold = 3}}}
end)

scenario("a route to one of two", {topology = lab}, function(t)
  local r = t:hosts("r")
  r:mroute{group = group, source = "10.1.0.1", from = "left", to = {"right"}}
  expect(r):routes{group = group, to = {"right", "left"}, within = 0.1}
end)

scenario("a route to nowhere", {topology = lab}, function(t)
  local r = t:hosts("r")
  local kernel <close> = require "mcast.core".mroute(r:_get_stack().netns, "ipv4")
  kernel:add{source = "10.1.0.1", group = group, incoming = r.eth0.index, outputs = {}}
  expect(r):does_not_route{group = group}
  expect(r):routes{group = group, within = 0.1}
end)
