-- Faults that cannot be: the option, the value, what was expected.
-- expect: exit 1
-- expect: broken "an unknown option of block" host:block: unknown option 'groups' (did you mean 'group'?) (34)
-- expect: broken "a group that is none" host:block: group: expected a multicast address (224.0.0.0/4 or ff00::/8), got "10.0.0.1" (38)
-- expect: broken "a source that is none" host:block: source: expected a unicast address or a host, got "239.1.1.1" (42)
-- expect: broken "a source of the other family" host:block: source: fd00::1 and group 239.1.1.1 are of different families (46)
-- expect: broken "a port that is none" host:block: port: expected an integer from 1 to 65535, got 0 (50)
-- expect: broken "no such direction" host:block: direction: expected "in" or "out" or "both", got "inbound" (54)
-- expect: broken "block on a word" host:block: expected a table of options, got "239.1.1.1" (58)
-- expect: broken "an unknown option of a switch" switch:set: unknown option 'fastleave' (did you mean 'fast_leave'?) (62)
-- expect: broken "a value that is none" switch:set: querier: expected true or false, got "on" (66)
-- expect: broken "a timer that the kernel would not take" switch:set: query_interval: expected seconds from 1 to 86400, in steps of 0.01, got 0.5 (70)
-- expect: broken "a version that is none" switch:set: igmp_version: expected an integer from 2 to 3, got 1 (74)
-- expect: broken "another subnet" switch:set: subnet: the addresses of a network stay as they were built (78)
-- expect: broken "nothing to set" switch:set: expected options to change: fast_leave, flood_unknown, igmp_version, last_member_interval, membership_interval, mld_version, querier, querier_interval, query_interval, query_response_interval, snooping, startup_query_interval or timers (82)
-- expect: broken "a static entry without a group" switch:mdb_add: group: missing; expected a multicast address (224.0.0.0/4 or ff00::/8) (87)
-- expect: broken "a static entry without a host" switch:mdb_add: host: expected a host, or an interface of one, got nil (92)
-- expect: broken "a static entry for what goes everywhere" switch:mdb_add: group: 224.0.0.5 is sent to every port anyway (97)
-- expect: broken "a static entry with a source of the other family" switch:mdb_add: source: fd00::1 and group 239.1.1.1 are of different families (102)
-- expect: broken "the same static entry twice" add entry for host a to the table of switch lan: bridge: (*, G) group is already joined by port (EEXIST) (107)
-- expect: broken "a host of another switch" switch:multicast_router: host: host 'a' is not attached to switch 'right' (114)
-- expect: broken "a host with two ports on the switch" switch:multicast_router: host 'a' has several interfaces on switch 'lan': name one (119)
-- expect: broken "a mode that is none" switch:multicast_router: mode: expected "disabled" or "automatic" or "permanent" or "temporary", got "on" (124)
-- expect: broken "a host that does not exist" switch:multicast_router: network 'network' has no host 'alhpa' (did you mean 'alpha'?) (129)
-- expect: broken "a program on a paused host" host:run: host 'a' is paused: resume it first (135)
-- expect: broken "a send from a paused host" sender:send: host 'a' is paused: resume it first (142)
-- expect: broken "a receiver on a paused host" host:receiver: host 'a' is paused: resume it first (148)
-- expect: broken "a socket call on a paused host" socket:recvfrom: host 'a' is paused: resume it first (155)
-- expect: broken "a send that a firewall drops" host a: send 1 bytes to 239.1.1.1 port 5000: Operation not permitted (EPERM) (161)
-- expect: broken "a stream from a paused host" sender:stream: host 'a' is paused: resume it first (168)
-- expect: hint a packet filter of this host dropped it on output

scenario("an unknown option of block", function(t)
  t:hosts("a"):block{groups = {"239.1.1.1"}}
end)

scenario("a group that is none", function(t)
  t:hosts("a"):block{group = "10.0.0.1"}
end)

scenario("a source that is none", function(t)
  t:hosts("a"):block{source = "239.1.1.1"}
end)

scenario("a source of the other family", function(t)
  t:hosts("a"):block{group = "239.1.1.1", source = "fd00::1"}
end)

scenario("a port that is none", function(t)
  t:hosts("a"):block{port = 0}
end)

scenario("no such direction", function(t)
  t:hosts("a"):block{direction = "inbound"}
end)

scenario("block on a word", function(t)
  t:hosts("a"):block("239.1.1.1")
end)

scenario("an unknown option of a switch", function(t)
  t.net:switch("lan"):set{fastleave = true}
end)

scenario("a value that is none", function(t)
  t.net:switch("lan"):set{querier = "on"}
end)

scenario("a timer that the kernel would not take", function(t)
  t.net:switch("lan"):set{query_interval = 0.5}
end)

scenario("a version that is none", function(t)
  t.net:switch("lan"):set{igmp_version = 1}
end)

scenario("another subnet", function(t)
  t.net:switch("lan"):set{subnet = "10.9.0.0/24"}
end)

scenario("nothing to set", function(t)
  t.net:switch("lan"):set{}
end)

scenario("a static entry without a group", function(t)
  local a = t:hosts("a")
  t.net.switches.lan:mdb_add{host = a}
end)

scenario("a static entry without a host", function(t)
  t:hosts("a")
  t.net.switches.lan:mdb_add{group = "239.1.1.1"}
end)

scenario("a static entry for what goes everywhere", function(t)
  local a = t:hosts("a")
  t.net.switches.lan:mdb_add{group = "224.0.0.5", host = a}
end)

scenario("a static entry with a source of the other family", function(t)
  local a = t:hosts("a")
  t.net.switches.lan:mdb_add{group = "239.1.1.1", host = a, source = "fd00::1"}
end)

scenario("the same static entry twice", function(t)
  local a = t:hosts("a")
  for _ = 1, 2 do t.net.switches.lan:mdb_add{group = "239.1.1.1", host = a} end
end)

scenario("a host of another switch", function(t)
  local left, right = t.net:switch("left"), t.net:switch("right")
  local a = t.net:host("a", left)
  t.net:host("b", right)
  right:multicast_router(a, "permanent")
end)

scenario("a host with two ports on the switch", function(t)
  local lan = t.net:switch("lan")
  lan:multicast_router(t.net:host("a", lan, lan))
end)

scenario("a mode that is none", function(t)
  local a = t:hosts("a")
  t.net.switches.lan:multicast_router(a, "on")
end)

scenario("a host that does not exist", function(t)
  t:hosts("alpha")
  t.net.switches.lan:multicast_router("alhpa")
end)

scenario("a program on a paused host", function(t)
  local a = t:hosts("a")
  a:pause()
  a:run{"true"}
end)

scenario("a send from a paused host", function(t)
  local a = t:hosts("a")
  local sender = a:sender{group = "239.1.1.1", port = 5000}
  a:pause()
  sender:send("x")
end)

scenario("a receiver on a paused host", function(t)
  local a = t:hosts("a")
  a:pause()
  a:receiver{group = "239.1.1.1", port = 5000}
end)

scenario("a socket call on a paused host", function(t)
  local a = t:hosts("a")
  local socket = a:socket()
  a:pause()
  socket:recvfrom()
end)

scenario("a send that a firewall drops", function(t)
  local a = t:hosts("a")
  a:block{direction = "out"}
  a:sender{group = "239.1.1.1", port = 5000}:send("x")
end)

scenario("a stream from a paused host", function(t)
  local a = t:hosts("a")
  local sender = a:sender{group = "239.1.1.1", port = 5000}
  a:pause()
  sender:stream{count = 1}
end)
