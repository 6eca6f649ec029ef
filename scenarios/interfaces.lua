-- Which interface? A host with two of them sends and joins on one at a time.
--
--      west           source            east
--        |            |    |              |
--     ---+------------+    +--------------+---
--            left    eth0  eth1    right
--
-- A multicast address says nothing of where its members are, so the interface is chosen: by
-- IP_MULTICAST_IF (IPV6_MULTICAST_IF) for sending, in the membership call for joining. If nobody
-- chooses, Linux takes the route to the group; the harness does not let it guess.
-- RFC 1112 section 6.1, RFC 3493 section 5.2, ip(7), ipv6(7).

local families = {"ipv4", "ipv6"}
local eastern_address = "10.77.2.9" -- of source, on the right

local two_lans = topology("a host on two LANs", function(net)
  local left = net:switch("left", {subnet = "10.77.1.0/24"})
  local right = net:switch("right", {subnet = "10.77.2.0/24"})
  net:host("source", left, {right, address = eastern_address})
  net:host("west", left)
  net:host("east", right)
end)

scenario("with one interface there is nothing to choose", {each = families}, function(t)
  local source, member = t:hosts("source", "member")
  local group, port = t:group{family = t.case}, t:port()

  member:receiver{group = group, port = port}
  expect(source:sender{group = group, port = port}:send("hello")):reaches{member}
end)

scenario("by name, by index, as an object: it leaves there alone",
  {each = families, topology = two_lans}, function(t)
  local source, west, east = t:hosts("source", "west", "east")
  local group, port = t:group{family = t.case}, t:port()

  west:receiver{group = group, port = port}
  east:receiver{group = group, port = port}

  for _, right in ipairs{"eth1", source.eth1.index, source.eth1} do
    local sender = source:sender{group = group, port = port, interface = right}
    expect(sender:send("to the right")):reaches{east}
  end
  local sender = source:sender{group = group, port = port, interface = "eth0"}
  expect(sender:send("to the left")):reaches{west}
end)

-- IPv4 alone: IPV6_MULTICAST_IF takes an index and nothing else (RFC 3493 section 5.2).
scenario("by address: it leaves where the address lives", {topology = two_lans}, function(t)
  local source, west, east = t:hosts("source", "west", "east")
  local group, port = t:group(), t:port()
  local on_the_left = west:receiver{group = group, port = port}
  local on_the_right = east:receiver{group = group, port = port}

  local socket = source:socket()
  socket:set_multicast_if{address = eastern_address}
  socket:sendto("to the right", group, port)
  socket:set_multicast_if{address = source.address}
  socket:sendto("to the left", group, port)

  expect(on_the_right):receives("to the right")
  expect(on_the_left:next().data):equals("to the left") -- and "to the right" would be its first
end)

scenario("a membership holds on its own interface alone",
  {each = families, topology = two_lans}, function(t)
  local source, west, east = t:hosts("source", "west", "east")
  local group, port = t:group{family = t.case}, t:port()

  source:receiver{group = group, port = port, interface = "eth1"}
  expect(source):is_member(group, {interface = "eth1"})

  expect(west:sender{group = group, port = port}:send("from the left")):reaches_nobody()
  expect(east:sender{group = group, port = port}:send("from the right")):reaches{source}
end)

scenario("with several interfaces one must be named",
  {each = families, topology = two_lans}, function(t)
  local source = t:hosts("source")
  local group, port = t:group{family = t.case}, t:port()
  local socket = source:socket{family = t.case}

  expect(function() socket:sendto("where to?", group, port) end):raises("eth0.*eth1")
  expect(function() socket:add_membership(group) end):raises("eth0.*eth1")
end)

scenario("an interface that does not exist is refused", {each = families}, function(t)
  local source = t:hosts("source")
  local socket = source:socket{family = t.case}

  expect(function() socket:set_multicast_if{interface = "eth7"} end):raises("eth7")
end)
