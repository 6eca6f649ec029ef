-- Addresses of the wrong kind or family, ports out of range: which argument, and why.
-- expect: exit 1
-- expect: broken "a receiver of a unicast address" host:receiver: group: expected a multicast address (224.0.0.0/4 or ff00::/8), got "10.0.0.1" (32)
-- expect: broken "a receiver of a unicast address, IPv6" host:receiver: group: expected a multicast address (224.0.0.0/4 or ff00::/8), got "fd00::1" (36)
-- expect: broken "no address at all" host:receiver: group: expected a multicast address (224.0.0.0/4 or ff00::/8), got "239.1.2" (44)
-- expect: broken "a sender to a unicast address" host:sender: group: expected a multicast address (224.0.0.0/4 or ff00::/8), got "10.0.0.1" (40)
-- expect: broken "a name is no address" host:receiver: group: expected a multicast address (224.0.0.0/4 or ff00::/8), got "all-hosts.mcast.net" (48)
-- expect: broken "a number is no address" host:receiver: group: expected a multicast address (224.0.0.0/4 or ff00::/8), got 239 (52)
-- expect: broken "joining an IPv6 group on an IPv4 socket" socket:add_membership: group: the socket is ipv4, ff0e::1 is ipv6 (60)
-- expect: broken "joining a unicast address" socket:add_membership: group: expected a multicast address (224.0.0.0/4 or ff00::/8), got "192.0.2.1" (56)
-- expect: broken "groups of both families in one receiver" host:receiver: group: the socket is ipv4, the group ff0e::1 is ipv6 (68)
-- expect: broken "a source of the other family" host:receiver: source: the socket is ipv4, the source fd00::1 is ipv6 (72)
-- expect: broken "joining an IPv4 group on an IPv6 socket" socket:add_membership: group: the socket is ipv6, 239.1.2.3 is ipv4 (64)
-- expect: broken "a source that is a group" host:receiver: source: expected a unicast IPv4 or IPv6 address, got "239.1.1.1" (76)
-- expect: broken "sending to the other family" socket:sendto: address: the socket is ipv4, ff0e::1 is ipv6 (80)
-- expect: broken "bind_multicast to a unicast address" socket:bind_multicast: group: expected a multicast address (224.0.0.0/4 or ff00::/8), got "10.0.0.1" (84)
-- expect: broken "binding to an address of another host" host a: bind to 10.1.0.2 port 5000: Cannot assign requested address (EADDRNOTAVAIL) (89)
-- expect: broken "a port beyond 65535" host:receiver: port: expected an integer from 0 to 65535, got 65536 (97)
-- expect: broken "a family that does not exist" host:socket: family: expected "ipv4" or "ipv6", got "ipv5" (93)
-- expect: broken "half a port" host:sender: port: expected an integer from 1 to 65535, got 5000.5 (105)
-- expect: broken "a port below 0" socket:bind: port: expected an integer from 0 to 65535, got -1 (101)
-- expect: broken "a port in words" socket:sendto: port: expected an integer from 1 to 65535, got "http" (109)
-- expect: broken "port 0 to send to" socket:sendto: port: expected an integer from 1 to 65535, got 0 (113)
-- expect: broken "a TTL beyond 255" host:sender: ttl: expected an integer from 0 to 255, got 256 (117)
-- expect: broken "a TTL in words" socket: multicast_ttl: expected an integer, got "far" (121)
-- expect: broken "no payload" sender:send: data: expected a string, got nil (125)
-- expect: broken "a payload that is too large" host a: send 65508 bytes to 239.1.2.3 port 5000: Message too long (EMSGSIZE) (129)
-- expect: hint no interface of this host has that address (yet)
-- expect: hint the largest UDP payload over IPv4 is 65507 bytes

scenario("a receiver of a unicast address", function(t)
  t:hosts("a"):receiver{group = "10.0.0.1", port = 5000}
end)

scenario("a receiver of a unicast address, IPv6", function(t)
  t:hosts("a"):receiver{group = "fd00::1", port = 5000}
end)

scenario("a sender to a unicast address", function(t)
  t:hosts("a"):sender{group = "10.0.0.1", port = 5000}
end)

scenario("no address at all", function(t)
  t:hosts("a"):receiver{group = "239.1.2", port = 5000}
end)

scenario("a name is no address", function(t)
  t:hosts("a"):receiver{group = "all-hosts.mcast.net", port = 5000}
end)

scenario("a number is no address", function(t)
  t:hosts("a"):receiver{group = 239, port = 5000}
end)

scenario("joining a unicast address", function(t)
  t:hosts("a"):socket():add_membership("192.0.2.1")
end)

scenario("joining an IPv6 group on an IPv4 socket", function(t)
  t:hosts("a"):socket():add_membership("ff0e::1")
end)

scenario("joining an IPv4 group on an IPv6 socket", function(t)
  t:hosts("a"):socket{family = "ipv6"}:add_membership("239.1.2.3")
end)

scenario("groups of both families in one receiver", function(t)
  t:hosts("a"):receiver{groups = {"239.1.2.3", "ff0e::1"}, port = 5000}
end)

scenario("a source of the other family", function(t)
  t:hosts("a"):receiver{group = "232.1.2.3", source = "fd00::1", port = 5000}
end)

scenario("a source that is a group", function(t)
  t:hosts("a"):receiver{group = "232.1.2.3", source = "239.1.1.1", port = 5000}
end)

scenario("sending to the other family", function(t)
  t:hosts("a"):socket():sendto("x", "ff0e::1", 5000)
end)

scenario("bind_multicast to a unicast address", function(t)
  t:hosts("a"):socket():bind_multicast("10.0.0.1", 5000)
end)

scenario("binding to an address of another host", function(t)
  local a, b = t:hosts("a", "b")
  a:socket():bind(b.address, 5000)
end)

scenario("a family that does not exist", function(t)
  t:hosts("a"):socket{family = "ipv5"}
end)

scenario("a port beyond 65535", function(t)
  t:hosts("a"):receiver{group = "239.1.2.3", port = 65536}
end)

scenario("a port below 0", function(t)
  t:hosts("a"):socket():bind(nil, -1)
end)

scenario("half a port", function(t)
  t:hosts("a"):sender{group = "239.1.2.3", port = 5000.5}
end)

scenario("a port in words", function(t)
  t:hosts("a"):socket():sendto("x", "239.1.2.3", "http")
end)

scenario("port 0 to send to", function(t)
  t:hosts("a"):socket():sendto("x", "239.1.2.3", 0)
end)

scenario("a TTL beyond 255", function(t)
  t:hosts("a"):sender{group = "239.1.2.3", port = 5000, ttl = 256}
end)

scenario("a TTL in words", function(t)
  t:hosts("a"):socket().multicast_ttl = "far"
end)

scenario("no payload", function(t)
  t:hosts("a"):sender{group = "239.1.2.3", port = 5000}:send()
end)

scenario("a payload that is too large", function(t)
  t:hosts("a"):sender{group = "239.1.2.3", port = 5000}:send(("x"):rep(65508))
end)
