-- Cables, routers, and the unicast routes through them.
--
--      source --- left --- r1 ===== r2 --- right --- member
--                             \    /
--                              r3 --- back --- other
local families = {"ipv4", "ipv6"}
local address_of = {ipv4 = "address", ipv6 = "address6"}

local three = topology("three routers", function(net)
  local left = net:switch("left", {subnet = "10.1.0.0/24", subnet6 = "fd00:1::/64"})
  local right, back = net:switch("right"), net:switch("back")
  local r1, r2, r3 = net:router("r1", {left}), net:router("r2", right), net:router("r3", {back})
  net:link(r1, r2, {subnet = "192.168.0.0/30", subnet6 = "fd00:ff::/64", mtu = 1400})
  net:link(r1, "r3")
  net:link("r2", r3)
  net:host("source", left)
  net:host("member", right)
  net:host("other", back)
end)

--- Sends one datagram to the host and returns what it arrived with.
local function reach(from, to, family, port)
  local socket <close> = from:socket{family = family}
  local listener <close> = to:socket{family = family}
  listener:bind(nil, port)
  socket:sendto("unicast", to[address_of[family]], port)
  local data, _, _, info = listener:recvfrom({timeout = 1})
  expect(data):equals("unicast")
  return info
end

scenario("every host reaches every other, by the shortest way", {topology = three, each = families},
  function(t)
  local hosts = t.net.hosts
  for _, from in ipairs(hosts) do
    for _, to in ipairs(hosts) do
      if from ~= to then reach(from, to, t.case, t:port()) end
    end
  end
  local source, member, r1, r2 = t:hosts("source", "member", "r1", "r2")
  expect(reach(r1, r2, t.case, t:port()).ttl):equals(64)
  expect(reach(source, r2, t.case, t:port()).ttl):is_at_least(63)
  expect(reach(source, member, t.case, t:port()).ttl):equals(62)
end)

scenario("routers have the last addresses, links their own", {topology = three}, function(t)
  local r1, r2, r3, source = t:hosts("r1", "r2", "r3", "source")
  local first, second = t.net.links[1], t.net.links[2]
  expect(source.address):equals("10.1.0.1")
  expect(r1.address):equals("10.1.0.254")
  expect(r1.address6):equals("fd00:1::fe")
  expect(r1.eth1.address):equals("192.168.0.1")
  expect(r2.eth1.address):equals("192.168.0.2")
  expect(r1.eth1.mtu):equals(1400)
  expect(r1.eth1.switch):is_nil()
  expect(r1.eth1.link):equals(first)
  expect(second.name):equals("r1--r3")
  expect(second.subnet):equals("172.16.0.0/30")
  expect(second.subnet6):equals("fd00:0:0:1::/64")
  expect(second.hosts):equals{r1, r3}
  expect(t.net.routers.r2):equals(r2)
  expect(#t.net.routers):equals(3)
  expect(t.net.hosts.r2):equals(r2)
  expect(tostring(r2)):equals("router 'r2'")
end)

scenario("a receiver on a link is ready at once", {topology = three, each = families}, function(t)
  local r1, r2, other = t:hosts("r1", "r2", "other")
  local group, port = t:group{family = t.case}, t:port()
  r2:receiver{group = group, port = port, interface = "eth1"}
  other:receiver{group = group, port = port}
  local sent = r1:sender{group = group, port = port, ttl = 9, interface = "eth1"}:send("hello")
  expect(sent):reaches{r2}
  expect(r2):is_member(group, {interface = "eth1"})
end)

scenario("multicast does not cross a router by itself", {topology = three, each = families},
  function(t)
  local source, member = t:hosts("source", "member")
  local group, port = t:group{family = t.case}, t:port()
  member:receiver{group = group, port = port}
  expect(source:sender{group = group, port = port, ttl = 9}:send("hello")):reaches_nobody()
end)

scenario("the drawing shows routers and links", {topology = three}, function(t)
  local drawing = t.net:draw()
  expect(drawing):contains("r1 (router)")
  expect(drawing):matches("r1 %(router%)  eth1  192%.168%.0%.1%s+fd00:ff::1%s+────  r2 %(router%)")
  expect(drawing):contains("(also eth1 to r2, eth2 to r3)")
end)

scenario("hosts without routers may be linked", function(t)
  local net = t.net
  local a, b, c = net:host("a"), net:host("b"), net:host("c", net:switch("lan"))
  net:link(a, b)
  local group, port = t:group(), t:port()
  b:receiver{group = group, port = port, reply = "ack"}
  c:receiver{group = group, port = port, reply = "ack"}
  local sent = a:sender{group = group, port = port}:send("hello")
  expect(sent):reaches{b}
  expect(sent):acknowledged_by{b}
end)

scenario("two links between the same hosts", function(t)
  local net = t.net
  local a, b = net:host("a"), net:host("b")
  net:link(a, b)
  net:link(a, b)
  expect(b.eth1.address):equals("172.16.0.6")
  expect(reach(a, b, "ipv4", t:port()).interface):equals("eth0")
end)

scenario("a switch takes a router for what it is told", {topology = topology("told and not",
  function(net)
    local lan = net:switch("lan")
    net:router("told", lan)
    net:router("to be learnt", lan, {multicast_router = "automatic"})
    net:router("never", lan, {multicast_router = "disabled"})
  end)}, function(t)
  local lan, told = t.net.switches.lan, t:hosts("told")
  expect(lan:multicast_router("told")):equals("permanent")
  expect(lan:multicast_router("to be learnt")):equals("automatic")
  expect(lan:multicast_router("never")):equals("disabled")
  expect(lan):forwards(t:group(), {to = {told}})
end)

scenario("a switch sends on what a router brings, to other routers",
  {topology = topology("three LANs in a row", function(net)
    local near, far, deep = net:switch("near"), net:switch("far"), net:switch("deep")
    net:router("r1", {near, far})
    net:router("r2", {far, deep})
    net:host("source", near)
    net:host("member", far)
  end), each = families}, function(t)
  local source, member, r1, r2 = t:hosts("source", "member", "r1", "r2")
  local group, port = t:group{family = t.case}, t:port()
  local far = t.net.switches.far
  member:receiver{group = group, port = port}
  r1:mroute{group = group, source = source, to = {far}}
  expect(far):forwards(group, {source = source, to = {member, r2}})
  expect(far):forwards(group, {source = member, to = {r1, r2}})
  local sent = source:sender{group = group, port = port, ttl = 3}:send("past two routers")
  expect(sent):reaches{member}
  expect(sent):crosses{r1, member, r2}
end)
