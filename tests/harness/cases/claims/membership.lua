-- Who is a member is read from the kernel.
-- expect: exit 1
-- expect: failed "it is no member" host 'a': expected member of 239.1.2.3, seen no membership (15)
-- expect: failed "it is a member of another group" host 'a': expected member of 239.1.2.3, seen member of 239.1.2.4 on eth0 (21)
-- expect: failed "it is a member, but not for this source" host 'a': expected member of 232.1.2.3 with source 192.0.2.2, seen member of 232.1.2.3 on eth0 (include {"192.0.2.1"}) (27)
-- expect: failed "it is a member, but not there" host 'a': expected member of 239.1.2.3 on lo, seen member of 239.1.2.3 on eth0 (33)
-- expect: failed "it is a member after all, in IPv6" host 'a': expected not a member of ff0e::1:2:3, seen member of ff0e::1:2:3 on eth0 (45)
-- expect: failed "it is a member after all" host 'a': expected not a member of 239.1.2.3, seen member of 239.1.2.3 on eth0 (39)
-- expect: inconclusive "a host without a network" host 'a': inconclusive, because host 'a' has no interface that is up and speaks IGMP (51)
-- expect: inconclusive "an interface that is down" host 'a': inconclusive, because eth0 of host 'a' is down or does not speak IGMP (57)
-- expect: inconclusive "nobody can tell" host 'a': inconclusive, because the kernel tells which groups were joined, not which sources of them: several programs joined this one, with different filters (67)

scenario("it is no member", function(t)
  local a = t:hosts("a")
  expect(a):is_member("239.1.2.3", {within = 0.1})
end)

scenario("it is a member of another group", function(t)
  local a = t:hosts("a")
  a:receiver{group = "239.1.2.4", port = 5000}
  expect(a):is_member("239.1.2.3", {within = 0.1})
end)

scenario("it is a member, but not for this source", function(t)
  local a = t:hosts("a")
  a:receiver{group = "232.1.2.3", source = "192.0.2.1", port = 5000}
  expect(a):is_member("232.1.2.3", {source = "192.0.2.2", within = 0.1})
end)

scenario("it is a member, but not there", function(t)
  local a = t:hosts("a")
  a:receiver{group = "239.1.2.3", port = 5000, interface = "eth0"}
  expect(a):is_member("239.1.2.3", {interface = "lo", within = 0.1})
end)

scenario("it is a member after all", function(t)
  local a = t:hosts("a")
  a:receiver{group = "239.1.2.3", port = 5000}
  expect(a):is_not_member("239.1.2.3", {within = 0.1})
end)

scenario("it is a member after all, in IPv6", function(t)
  local a = t:hosts("a")
  a:receiver{group = "ff0e::1:2:3", port = 5000}
  expect(a):is_not_member("ff0e::1:2:3", {within = 0.1})
end)

scenario("a host without a network", {topology = topology("alone", function(net)
  net:host("a")
end)}, function(t)
  expect(t:hosts("a")):is_not_member("239.1.2.3", {within = 0.1})
end)

scenario("an interface that is down", function(t)
  local a = t:hosts("a")
  a:run{"ip", "link", "set", "dev", "eth0", "down"}
  expect(a):is_not_member("239.1.2.3", {interface = "eth0", within = 0.1})
end)

scenario("nobody can tell", function(t)
  local a = t:hosts("a")
  local core = require "mcast.core"
  local one <close> = core.socket(a:_get_stack().netns, "ipv4")
  local other <close> = core.socket(a:_get_stack().netns, "ipv4")
  one:join("232.1.2.3", a.eth0.index, "192.0.2.1")
  other:join("232.1.2.3", a.eth0.index, "192.0.2.2")
  expect(a):is_member("232.1.2.3", {source = "192.0.2.3", within = 0.1})
end)
