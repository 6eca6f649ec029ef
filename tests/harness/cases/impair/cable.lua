-- What an impaired cable between two routers lost is told as the reason, where it is on the way.
-- expect: exit 1
-- expect: failed "lost as it leaves a router" datagram "x" from host 'source' to 239.1.1.1 port 5000: expected to reach member, seen nobody: member did not get it: the impaired eth1 of host 'r1' lost it (30)
-- expect: failed "lost as it comes to a router" datagram "x" from host 'source' to ff15::1 port 5000: expected to reach member, seen nobody: member did not get it: the impaired eth1 of host 'r2' dropped it (37)
-- expect: failed "a reply that is lost between routers" datagram "x" from host 'source' to 239.1.1.1 port 5000: expected replies from member, seen from nobody: member replied after <any>, and the reply was lost on the way back (the impaired eth1 of host 'r2' lost it) (44)
-- expect: inconclusive "what is still on its way between routers" datagram "x" from host 'source' to 239.1.1.1 port 5000: inconclusive, because a frame is still on the way through the impaired eth1 of host 'r1' (51)
-- expect: failed "lost on the way to another" datagram "x" from host 'source' to 239.1.1.1 port 5000: expected to reach far, seen nobody: far did not get it: it is behind r1 (59)

local routed = topology("routed", function(net)
  local left, right = net:switch("left"), net:switch("right")
  net:host("source", left)
  net:host("member", right)
  net:link(net:router("r1", left), net:router("r2", right))
  net:link("r1", net:host("far"))
end)

local function sender_of(t, group)
  local source, member = t:hosts("source", "member")
  local r1, r2 = t:hosts("r1", "r2")
  r1:mroute{group = group, source = source, to = {r1.eth1}}
  r2:mroute{group = group, source = source, to = {member}}
  member:receiver{group = group, port = 5000, reply = "ack"}
  return source:sender{group = group, port = 5000, ttl = 8}, r1, r2
end

scenario("lost as it leaves a router", {topology = routed}, function(t)
  local sender, r1 = sender_of(t, "239.1.1.1")
  r1.eth1:impair{loss = 1, only = "udp", direction = "out"}
  local sent = sender:send("x")
  expect(sent):reaches{"member", within = 0.1}
end)

scenario("lost as it comes to a router", {topology = routed}, function(t)
  local sender, _, r2 = sender_of(t, "ff15::1")
  r2.eth1:impair{drop = {nth = 1, only = "udp"}, direction = "in"}
  local sent = sender:send("x")
  expect(sent):reaches{"member", within = 0.1}
end)

scenario("a reply that is lost between routers", {topology = routed}, function(t)
  local sender, _, r2 = sender_of(t, "239.1.1.1")
  r2.eth1:impair{loss = 1, only = "udp", direction = "out"}
  local sent = sender:send("x")
  expect(sent):acknowledged_by{"member", within = 0.1}
end)

scenario("what is still on its way between routers", {topology = routed}, function(t)
  local sender, r1 = sender_of(t, "239.1.1.1")
  r1.eth1:impair{delay = 60, only = "udp", direction = "out"}
  local sent = sender:send("x")
  expect(sent):reaches_nobody{quiet = 0.1}
end)

scenario("lost on the way to another", {topology = routed}, function(t)
  local sender, r1 = sender_of(t, "239.1.1.1")
  t:hosts("far"):receiver{group = "239.1.1.1", port = 5000}
  r1.eth1:impair{loss = 1, only = "udp", direction = "out"}
  local sent = sender:send("x")
  expect(sent):reaches{"far", within = 0.1}
end)
