-- Mixes of traffic that cannot be: the option, the value, what was expected.
-- expect: exit 1
-- expect: broken "an unknown option" mcast.traffic.mix: unknown option 'weight' (did you mean 'weights'?) (31)
-- expect: broken "nobody sends" mcast.traffic.mix: from: missing; expected a host, or a list of hosts (36)
-- expect: broken "what is no host" mcast.traffic.mix: from: expected a host, or a list of hosts, got "a" (41)
-- expect: broken "a host twice" mcast.traffic.mix: from: host 'a' is there twice (46)
-- expect: broken "no groups" mcast.traffic.mix: groups: missing; expected how many (1 to 1000), or a list of multicast addresses (51)
-- expect: broken "too many groups" mcast.traffic.mix: groups: expected how many (1 to 1000), or a list of multicast addresses, got 1001 (56)
-- expect: broken "a group that is none" mcast.traffic.mix: groups: expected how many (1 to 1000), or a list of multicast addresses, got "10.0.0.1" (61)
-- expect: broken "a group twice" mcast.traffic.mix: groups: 239.1.1.1 is there twice (66)
-- expect: broken "a family of what has one" mcast.traffic.mix: family: is of fresh groups (groups = 1); those of a list have theirs (71)
-- expect: broken "a port that is none" mcast.traffic.mix: port: expected an integer from 1 to 65535, got 0 (76)
-- expect: broken "no rate" mcast.traffic.mix: rate: missing; expected packets per second, above 0 and at most 100000000, or a string with a unit such as "10mbit" (bits of payload per second) or "5kpps" (81)
-- expect: broken "a rate too small to share" mcast.traffic.mix: rate: expected at least 1e-06 packets per second for each group, and at most 100000000 in all, got 0.0001 (86)
-- expect: broken "too few weights" mcast.traffic.mix: weights: expected one per group, 3, got 2 (91)
-- expect: broken "a weight of nothing" mcast.traffic.mix: weights: expected "uniform", "zipf" or a list of numbers above 0, one per group, got 0 (96)
-- expect: broken "unknown weights" mcast.traffic.mix: weights: expected "uniform", "zipf" or a list of numbers above 0, one per group, got "zip" (101)
-- expect: broken "an unknown shape" mcast.traffic.mix: shape: expected "constant", "poisson" or mean seconds such as {on = 0.1, off = 0.2}, got "square" (106)
-- expect: broken "half a shape" mcast.traffic.mix: shape: off: missing; expected mean seconds from 1e-06 to 3600 (111)
-- expect: broken "never on" mcast.traffic.mix: shape: on: expected mean seconds from 1e-06 to 3600, got 0 (116)
-- expect: broken "periods too short" mcast.traffic.mix: shape: a group with 0.5 packets per second would send less than one in 1000 periods of 0.0001 s on and 0.0001 s off: give longer ones, or a higher rate (121)
-- expect: broken "too small for a probe" mcast.traffic.mix: size: expected 18 to 65507 bytes of payload (a probe carries its run, flow, number, time and check sum in 18; more than the MTU carries travels in fragments), got 17 (126)
-- expect: broken "too few to share" mcast.traffic.mix: count: 5 packets are too few for 4 groups with these weights: at least 9 leave one for each (131)
-- expect: broken "a count and a duration" mcast.traffic.mix: count and duration: give one of them, or neither to send until it is stopped (136)
-- expect: broken "no time at all" mcast.traffic.mix: duration: expected a number of seconds above 0, got 0 (141)
-- expect: broken "a TTL that is none" mcast.traffic.mix: ttl: expected an integer from 0 to 255, got 256 (146)
-- expect: broken "a seed that is none" mcast.traffic.mix: seed: expected an integer of 0 or more, got -1 (151)

scenario("an unknown option", function(t)
  local a = t:hosts("a")
  mcast.traffic.mix{from = a, groups = 2, rate = 100, weight = 1}
end)

scenario("nobody sends", function(t)
  t:hosts("a")
  mcast.traffic.mix{groups = 2, rate = 100}
end)

scenario("what is no host", function(t)
  t:hosts("a")
  mcast.traffic.mix{from = {"a"}, groups = 2, rate = 100}
end)

scenario("a host twice", function(t)
  local a = t:hosts("a")
  mcast.traffic.mix{from = {a, a}, groups = 2, rate = 100}
end)

scenario("no groups", function(t)
  local a = t:hosts("a")
  mcast.traffic.mix{from = a, rate = 100}
end)

scenario("too many groups", function(t)
  local a = t:hosts("a")
  mcast.traffic.mix{from = a, groups = 1001, rate = 100}
end)

scenario("a group that is none", function(t)
  local a = t:hosts("a")
  mcast.traffic.mix{from = a, groups = {"239.1.1.1", "10.0.0.1"}, rate = 100}
end)

scenario("a group twice", function(t)
  local a = t:hosts("a")
  mcast.traffic.mix{from = a, groups = {"239.1.1.1", "239.1.1.1"}, rate = 100}
end)

scenario("a family of what has one", function(t)
  local a = t:hosts("a")
  mcast.traffic.mix{from = a, groups = {"239.1.1.1"}, family = "ipv6", rate = 100}
end)

scenario("a port that is none", function(t)
  local a = t:hosts("a")
  mcast.traffic.mix{from = a, groups = 2, rate = 100, port = 0}
end)

scenario("no rate", function(t)
  local a = t:hosts("a")
  mcast.traffic.mix{from = a, groups = 2}
end)

scenario("a rate too small to share", function(t)
  local a = t:hosts("a")
  mcast.traffic.mix{from = a, groups = 1000, rate = 0.0001}
end)

scenario("too few weights", function(t)
  local a = t:hosts("a")
  mcast.traffic.mix{from = a, groups = 3, rate = 100, weights = {1, 2}}
end)

scenario("a weight of nothing", function(t)
  local a = t:hosts("a")
  mcast.traffic.mix{from = a, groups = 2, rate = 100, weights = {1, 0}}
end)

scenario("unknown weights", function(t)
  local a = t:hosts("a")
  mcast.traffic.mix{from = a, groups = 2, rate = 100, weights = "zip"}
end)

scenario("an unknown shape", function(t)
  local a = t:hosts("a")
  mcast.traffic.mix{from = a, groups = 2, rate = 100, shape = "square"}
end)

scenario("half a shape", function(t)
  local a = t:hosts("a")
  mcast.traffic.mix{from = a, groups = 2, rate = 100, shape = {on = 0.1}}
end)

scenario("never on", function(t)
  local a = t:hosts("a")
  mcast.traffic.mix{from = a, groups = 2, rate = 100, shape = {on = 0, off = 1}}
end)

scenario("periods too short", function(t)
  local a = t:hosts("a")
  mcast.traffic.mix{from = a, groups = 2, rate = 1, shape = {on = 0.0001, off = 0.0001}}
end)

scenario("too small for a probe", function(t)
  local a = t:hosts("a")
  mcast.traffic.mix{from = a, groups = 2, rate = 100, size = 17}
end)

scenario("too few to share", function(t)
  local a = t:hosts("a")
  mcast.traffic.mix{from = a, groups = 4, rate = 100, weights = "zipf", count = 5}
end)

scenario("a count and a duration", function(t)
  local a = t:hosts("a")
  mcast.traffic.mix{from = a, groups = 2, rate = 100, count = 9, duration = 1}
end)

scenario("no time at all", function(t)
  local a = t:hosts("a")
  mcast.traffic.mix{from = a, groups = 2, rate = 100, duration = 0}
end)

scenario("a TTL that is none", function(t)
  local a = t:hosts("a")
  mcast.traffic.mix{from = a, groups = 2, rate = 100, ttl = 256}
end)

scenario("a seed that is none", function(t)
  local a = t:hosts("a")
  mcast.traffic.mix{from = a, groups = 2, rate = 100, seed = -1}
end)
