-- A TTL that does not last for the routers on the way is told as the reason, and where it ends.
-- expect: exit 1
-- expect: failed "a TTL of 1 behind two routers [ipv4]" datagram "x" from host 'source' to 239.1.1.1 port 5000: expected to reach member, seen nobody: member did not get it: the TTL of 1 is used up at r1, which is on the way (24)
-- expect: failed "a TTL of 1 behind two routers [ipv6]" datagram "x" from host 'source' to ff15::1 port 5000: expected to reach member, seen nobody: member did not get it: the TTL of 1 is used up at r1, which is on the way (24)
-- expect: failed "a TTL of 2 behind two routers [ipv4]" datagram "x" from host 'source' to 239.1.1.1 port 5000: expected to reach member, seen nobody: member did not get it: the TTL of 2 is used up at r2, which is on the way (24)
-- expect: failed "a TTL of 2 behind two routers [ipv6]" datagram "x" from host 'source' to ff15::1 port 5000: expected to reach member, seen nobody: member did not get it: the TTL of 2 is used up at r2, which is on the way (24)
-- expect: passed "a TTL of 3 behind two routers [ipv4]"
-- expect: passed "a TTL of 3 behind two routers [ipv6]"

local routed = topology("routed", function(net)
  local left, right = net:switch("left"), net:switch("right")
  net:host("source", left)
  net:host("member", right)
  net:link(net:router("r1", left), net:router("r2", right))
end)

local function send(t, ttl, within)
  local group = t.case == "ipv4" and "239.1.1.1" or "ff15::1"
  local source, member, r1, r2 = t:hosts("source", "member", "r1", "r2")
  r1:mroute{group = group, source = source, to = {r1.eth1}}
  r2:mroute{group = group, source = source, to = {member}}
  member:receiver{group = group, port = 5000}
  local sent = source:sender{group = group, port = 5000, ttl = ttl}:send("x")
  expect(sent):reaches{member, within = within}
end

local families = {topology = routed, each = {"ipv4", "ipv6"}}
scenario("a TTL of 1 behind two routers", families, function(t) send(t, 1, 0.1) end)
scenario("a TTL of 2 behind two routers", families, function(t) send(t, 2, 0.1) end)
scenario("a TTL of 3 behind two routers", families, function(t) send(t, 3) end)
