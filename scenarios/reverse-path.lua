-- The reverse-path check (rp_filter) of a host drops routed multicast without a word.
--
--     source                  member
--        |                       |
--    ----+----+---- left     ----+----+---- right
--             |                       |
--             +--------- r1 ----------+
--
-- With rp_filter = 1 or 2 a host drops what comes from a source to which it has no route (back
-- through the same interface, with 1): the frame is on its wire, the group is joined, and the
-- socket hears nothing. Only a counter tells (TcpExt IPReversePathFilter). IPv6 has no such check.
-- RFC 3704, ip-sysctl.rst of Linux.

local lab = topology("two LANs and a router", function(net)
  local left, right = net:switch("left"), net:switch("right")
  net:router("r1", {left, right})
  net:host("source", left)
  net:host("member", right)
end)

--- Packets that the host's check has dropped: /proc/net/netstat has lines of names, then of numbers.
local function dropped(host)
  local names, numbers = host:run{"cat", "/proc/net/netstat"}.stdout
    :match("TcpExt:([^\n]*)\nTcpExt:([^\n]*)")
  local next_number = numbers:gmatch("%d+")
  for name in names:gmatch("%S+") do
    local number = next_number()
    if name == "IPReversePathFilter" then return tonumber(number) end
  end
end

--- A member of the group, whom r1 routes it to, and a sender on the other LAN.
local function open(t, group, port)
  local source, member, r1 = t:hosts("source", "member", "r1")
  member:receiver{group = group, port = port}
  r1:mroute{group = group, source = source, to = {member}}
  return source:sender{group = group, port = port, ttl = 2}, member
end

scenario("rp_filter drops a source without a way back", {topology = lab, each = {1, 2}}, function(t)
  local group = t:group()
  local sender, member = open(t, group, t:port())
  local wire = member:observer{group = group}
  member:sysctl("net.ipv4.conf.eth0.rp_filter", t.case)
  expect(sender:send("the way back is known")):reaches{member}

  t:step("the member loses its default route")
  member:run{"ip", "route", "del", "default"}
  local sent = sender:send("the way back is unknown")
  expect(sent):reaches_nobody()
  expect(wire):sees(sent)
  expect(dropped(member)):equals(1)

  t:step("without the check it needs no route")
  member:sysctl("net.ipv4.conf.eth0.rp_filter", 0)
  expect(sender:send("nobody asks")):reaches{member}
end)

scenario("IPv6 asks for no way back", {topology = lab}, function(t)
  local sender, member = open(t, t:group{family = "ipv6"}, t:port())
  member:run{"ip", "-6", "route", "del", "default"}
  expect(sender:send("nobody asks")):reaches{member}

  t:step("a firewall can ask in its place")
  member:block{source = t.net.hosts.source.address6, direction = "in"}
  expect(sender:send("but none was needed")):reaches_nobody()
end)
