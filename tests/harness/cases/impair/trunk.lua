-- What an impaired link between switches lost is told as the reason to those behind it, and to nobody else.
-- expect: exit 1
-- expect: failed "lost between the switches" datagram "x" from host 'source' to 239.1.1.1 port 5000: expected to reach near and far, seen near: far did not get it: the impaired link 'left--right' lost it (36)
-- expect: failed "lost before a router" datagram "x" from host 'source' to ff15::1 port 5000: expected to reach near, far and beyond, seen near: far did not get it: the impaired link 'left--right' dropped it; beyond did not get it: the impaired link 'left--right' dropped it (46)
-- expect: failed "who is not behind it missed it for another reason" datagram "x" from host 'source' to 239.1.1.1 port 5000: expected to reach near, seen nobody: near did not get it: the impaired eth0 of host 'near' lost its membership report (57)
-- expect: failed "a reply that is lost between the switches" datagram "x" from host 'source' to 239.1.1.1 port 5000: expected replies from near and far, seen from near: far replied after <any>, and the reply was lost on the way back (the impaired link 'left--right' lost it) (64)
-- expect: failed "a report that is lost between the switches [ipv4]" datagram "x" from host 'source' to 239.1.1.1 port 5000: expected to reach far, seen nobody: far did not get it: the impaired link 'left--right' lost its membership report (77)
-- expect: failed "a report that is lost between the switches [ipv6]" datagram "x" from host 'source' to ff15::1 port 5000: expected to reach far, seen nobody: far did not get it: the impaired link 'left--right' lost its membership report (77)
-- expect: broken "a receiver waits for a report that is lost" host far: switches left and right have not all learnt of the membership of 239.1.1.1 on eth0 within 5 s (receiver opened in impair/trunk.lua:82) (ETIMEDOUT) (83)
-- expect: inconclusive "what is still between the switches proves nothing" datagram "x" from host 'source' to 239.1.1.1 port 5000: inconclusive, because a frame is still on the way through the impaired link 'left--right' (90)
-- expect: hint the impaired link 'left--right' lost its membership reports: open the receiver with ready = false

--- source and near on left, far on right; over a router on right, beyond.
local lans = topology("two switches and a router", function(net)
  local left, right, other = net:switch("left"), net:switch("right"), net:switch("other")
  net:link(left, right)
  net:host("source", left)
  net:host("near", left)
  net:host("far", right)
  net:router("router", {right, other})
  net:host("beyond", other)
end)

local function sender_of(t, group)
  local source, near, far = t:hosts("source", "near", "far")
  for _, host in ipairs{near, far} do
    host:receiver{group = group, port = 5000, reply = "ack"}
  end
  return source:sender{group = group, port = 5000, ttl = 8}, t.net.trunks[1]
end

scenario("lost between the switches", {topology = lans}, function(t)
  local sender, link = sender_of(t, "239.1.1.1")
  link:impair{loss = 1, only = "udp", from = "left"}
  local sent = sender:send("x")
  expect(sent):reaches{"near", "far", within = 0.1}
end)

scenario("lost before a router", {topology = lans}, function(t)
  local sender, link = sender_of(t, "ff15::1")
  local router, beyond = t:hosts("router", "beyond")
  beyond:receiver{group = "ff15::1", port = 5000}
  router:mroute{group = "ff15::1", source = sender.host, to = {beyond}}
  link:impair{drop = {first = 1, only = "udp"}}
  local sent = sender:send("x")
  expect(sent):reaches{"near", "far", "beyond", within = 0.1}
end)

scenario("who is not behind it missed it for another reason", {topology = lans}, function(t)
  local source, near, far = t:hosts("source", "near", "far")
  local own = near.eth0:impair{loss = 1, only = "igmp", direction = "out"}
  near:receiver{group = "239.1.1.1", port = 5000, ready = false}
  far:receiver{group = "239.1.1.1", port = 5000}
  eventually(function() return own.dropped > 0 end, {within = 10})
  t.net.trunks[1]:impair{loss = 1, only = "udp"}
  local sent = source:sender{group = "239.1.1.1", port = 5000}:send("x")
  expect(sent):reaches{"near", within = 0.1}
end)

scenario("a reply that is lost between the switches", {topology = lans}, function(t)
  local sender, link = sender_of(t, "239.1.1.1")
  link:impair{loss = 1, only = "udp", from = "right"}
  local sent = sender:send("x")
  expect(sent):acknowledged_by{"near", "far", within = 0.1}
end)

scenario("a report that is lost between the switches", {topology = lans, each = {"ipv4", "ipv6"}},
  function(t)
  local source, far = t:hosts("source", "far")
  local group = t.case == "ipv4" and "239.1.1.1" or "ff15::1"
  local lossy = t.net.trunks[1]:impair{loss = 1, only = "igmp or mld", from = "right"}
  far:receiver{group = group, port = 5000, ready = false}
  local right = t.net.switches.right
  expect(right):forwards(group, {source = t.net.hosts.router, to = {"far", "left"}, within = 5})
  expect(lossy.dropped > 0):is_true()
  local sent = source:sender{group = group, port = 5000}:send("x")
  expect(sent):reaches{"far", within = 0.1}
end)

scenario("a receiver waits for a report that is lost", {topology = lans}, function(t)
  t.net.trunks[1]:impair{loss = 1, only = "igmp", from = "right"}
  t:hosts("far"):receiver{group = "239.1.1.1", port = 5000}
  mcast.sleep(0)
end)

scenario("what is still between the switches proves nothing", {topology = lans}, function(t)
  local sender, link = sender_of(t, "239.1.1.1")
  link:impair{delay = 60, only = "udp", from = "left"}
  local sent = sender:send("x")
  expect(sent):reaches{"near", quiet = 0.1}
end)
