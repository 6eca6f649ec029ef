-- net:link between switches: one LAN, one subnet, one querier.
local families = { "ipv4", "ipv6" }

--- a on left, b on middle, c on right, and d on right, too.
local chain = topology("three switches in a row", function(net)
  local left, middle, right = net:switch("left"), net:switch("middle"), net:switch("right")
  net:link("middle", left)
  net:link(middle, right)
  net:host("a", left)
  net:host("b", middle)
  net:host("c", right)
  net:host("d", right)
end)

scenario("trunk: from any to any switch, to members only", { topology = chain, each = families },
  function(t)
  local a, b, c, d = t:hosts("a", "b", "c", "d")
  local group, port = t:group { family = t.case }, t:port()
  for _, host in ipairs { a, b, c, d } do host:receiver { port = port } end
  local members = {}
  for _, host in ipairs { a, c, b } do
    host:receiver { group = group, port = port, reply = "ack" }
    members[#members + 1] = host
    for _, source in ipairs { a, b, c, d } do
      local sent = source:sender { group = group, port = port, loop = false }:send(source.name)
      local others = {}
      for _, member in ipairs(members) do
        if member ~= source then others[#others + 1] = member end
      end
      expect(sent):crosses(others)
      expect(sent):acknowledged_by(others)
    end
  end
end)

scenario("trunk: everybody knows the querier", { topology = chain, each = families }, function(t)
  local switches = t.net.switches
  for _, switch in ipairs(switches) do
    expect(switch):has_querier(switches.left, { family = t.case })
  end
  expect(switches.left:querier(t.case).own):is_true()
  expect(switches.middle:querier(t.case).switch):equals(switches.left)
  expect(switches.right:querier(t.case).switch):equals(switches.middle)
end)

scenario("trunk: one subnet", { topology = chain }, function(t)
  local left, right = t.net.switches.left, t.net.switches.right
  expect(left.subnet):equals(right.subnet)
  expect(left.subnet6):equals(right.subnet6)
  expect(left.address):equals("10.1.0.252")
  expect(right.address):equals("10.1.0.254")
  expect(t.net.hosts.a.address):equals("10.1.0.1")
  expect(t.net.hosts.c.address):equals("10.1.0.3")
  expect(t.net:draw()):contains("middle  ────  left")
  expect(t.net.trunks[1].name):equals("middle--left")
end)

scenario("trunk: a subnet that one of them was given", function(t)
  local left, right = t.net:switch("left"), t.net:switch("right", { subnet = "10.9.0.0/24" })
  t.net:link(left, right)
  expect(t.net:host("a", left).address):equals("10.9.0.1")
  expect(t.net:host("b", right).address):equals("10.9.0.2")
  expect(left.address):is_nil()
  t.net:ready()
  expect(left.address):equals("10.9.0.253")
end)

scenario("trunk: a router on one of the switches routes for all", { each = families }, function(t)
  local net = t.net
  local left, right, other = net:switch("left"), net:switch("right"), net:switch("other")
  net:link(left, right)
  local router = net:router("router", { left, other })
  local source, member = net:host("source", right), net:host("member", other)
  local group, port = t:group { family = t.case }, t:port()
  member:receiver { group = group, port = port, reply = "ack" }
  router:mroute { group = group, source = source, from = right, to = { other } }
  local sent = source:sender { group = group, port = port, ttl = 2 }:send("over two switches")
  expect(sent):reaches { member }
  expect(sent):acknowledged_by { member }
end)

scenario("trunk: older versions of IGMP and MLD", { each = families }, function(t)
  local net = t.net
  local options = { igmp_version = 2, mld_version = 1 }
  net:link(net:switch("left", options), net:switch("right", options))
  local source = net:host("source", net.switches.left)
  local member, idle = net:host("member", net.switches.right), net:host("idle", net.switches.right)
  local group, port = t:group { family = t.case }, t:port()
  idle:receiver { port = port }
  member:receiver { group = group, port = port }
  local sent = source:sender { group = group, port = port }:send("to the member")
  expect(sent):reaches { member }
  expect(sent):crosses { member }
end)

scenario("trunk: what each switch forwards, to hosts and to switches",
  { topology = chain, each = families }, function(t)
  local a, c, d = t:hosts("a", "c", "d")
  local group, port = t:group { family = t.case }, t:port()
  local left, middle, right = t.net.switches.left, t.net.switches.middle, t.net.switches.right

  t:step("nobody joined: it goes towards the querier, as to any router")
  expect(right):forwards(group, { source = c, to = { middle } })
  expect(middle):forwards(group, { source = c, to = { left } })
  expect(left):forwards(group, { source = c, to = {} })
  expect(left):forwards(group, { source = a, to = {} })

  t:step("one joined")
  c:receiver { group = group, port = port }
  expect(left):forwards(group, { source = a, to = { "middle" } })
  expect(middle):forwards(group, { source = a, to = { "right" } })
  expect(right):forwards(group, { source = a, to = { c } })
  expect(right):forwards(group, { source = d, to = { c, middle } })
  local sent = a:sender { group = group, port = port }:send("over two switches")
  expect(sent):crosses { c }
end)
