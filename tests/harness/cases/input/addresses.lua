-- Addresses of the wrong kind or family, ports out of range: which argument, and why.
-- expect: exit 1

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
