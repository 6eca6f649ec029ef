-- Static multicast routes through two routers.
--
--     source        stranger                                    member     bystander
--        |             |                                           |           |
--    ----+-------------+------+----  left          right  ----+----+-----------+----
--                             |                               |
--                             r1 =========== cable ========== r2
--                             |
--    ----+--------------------+----  back
--        |
--     neighbour
--
-- A router forwards what it has a route for, and only if it comes in where the route says. Each
-- takes one off the TTL, so that two hops need a TTL of 3; over IPv4 an output has a threshold,
-- too, and lets pass what arrives with more. Snooping switches send a router all multicast, for
-- a static route says nothing from which they could learn.
-- RFC 1112 section 6, RFC 4541 section 2.1.1, net/ipv4/ipmr.c of Linux.

local families = {"ipv4", "ipv6"}
local address_of = {ipv4 = "address", ipv6 = "address6"}

local lab = topology("three LANs, two routers", function(net)
  local left, right, back = net:switch("left"), net:switch("right"), net:switch("back")
  net:link(net:router("r1", {left, back}), net:router("r2", right))
  net:host("neighbour", back)
  for _, name in ipairs{"source", "stranger"} do net:host(name, left) end
  for _, name in ipairs{"member", "bystander"} do net:host(name, right) end
end)

scenario("a route per router carries one source to its members", {topology = lab, each = families},
  function(t)
  local source, stranger, member, r1, r2 = t:hosts("source", "stranger", "member", "r1", "r2")
  local group, port = t:group{family = t.case}, t:port()
  local from = source[address_of[t.case]]

  t:hosts("bystander"):receiver{port = port}
  member:receiver{group = group, port = port, reply = "ack"}
  local first = r1:mroute{group = group, source = from, from = "left", to = {r2}}
  local second = r2:mroute{group = group, source = source, to = {member}}

  expect(r1):routes{group = group, source = source, from = "left", to = {r2}}
  expect(r2):routes{group = group, source = source, from = r1, to = {"right"}}

  local sent = source:sender{group = group, port = port, ttl = 3}:send("over two routers")
  expect(sent):reaches{member}
  expect(sent):acknowledged_by{member}
  expect(first.packets):equals(1)
  expect(second.packets):equals(1)

  t:step("another source has no route")
  expect(r1):does_not_route{group = group, source = stranger}
  expect(stranger:sender{group = group, port = port, ttl = 3}:send("noise")):reaches_nobody()

  t:step("a TTL too short by one")
  expect(source:sender{group = group, port = port, ttl = 2}:send("too short")):reaches_nobody()
end)

scenario("a route for any source carries all", {topology = lab, each = families}, function(t)
  local source, stranger, member, r1, r2 = t:hosts("source", "stranger", "member", "r1", "r2")
  local group, port = t:group{family = t.case}, t:port()
  member:receiver{group = group, port = port}
  local route = r1:mroute{group = group, from = "left", to = {"r2"}}
  r2:mroute{group = group, from = r1, to = {"right"}}

  for _, sender in ipairs{source, stranger} do
    local sent = sender:sender{group = group, port = port, ttl = 3}:send("from " .. sender.name)
    expect(sent):reaches{member}
  end

  t:step("until it is removed")
  route:remove()
  expect(source:sender{group = group, port = port, ttl = 3}:send("late")):reaches_nobody()
end)

scenario("what comes in elsewhere is counted, not forwarded", {topology = lab, each = families},
  function(t)
  local source, member, r1, r2 = t:hosts("source", "member", "r1", "r2")
  local group, port = t:group{family = t.case}, t:port()
  member:receiver{group = group, port = port}
  local wrong = r1:mroute{group = group, source = source, from = r2, to = {"left"}}
  r2:mroute{group = group, source = source, to = {"right"}}
  local sender = source:sender{group = group, port = port, ttl = 3}

  expect(r1):does_not_route{group = group, source = source, from = "left"}
  expect(sender:send("astray")):reaches_nobody()
  expect(eventually(function() return wrong.wrong_interface == 1 end)):is_true()

  t:step("the right way round")
  wrong:remove()
  r1:mroute{group = group, source = source, from = "left", to = {r2}}
  expect(sender:send("on the way")):reaches{member}
end)

scenario("a threshold lets pass what arrives with more", {topology = lab}, function(t)
  local source, member, r1, r2 = t:hosts("source", "member", "r1", "r2")
  local group, port = t:group(), t:port()
  member:receiver{group = group, port = port}
  r1:mroute{group = group, source = source, to = {r2}, ttl_threshold = 16}
  r2:mroute{group = group, source = source, to = {member}}

  expect(source:sender{group = group, port = port, ttl = 16}:send("at it")):reaches_nobody()
  expect(source:sender{group = group, port = port, ttl = 17}:send("above")):reaches{member}
end)

scenario("each output has a threshold of its own", {topology = lab}, function(t)
  local source, member, neighbour, r1, r2 = t:hosts("source", "member", "neighbour", "r1", "r2")
  local group, port = t:group(), t:port()
  for _, host in ipairs{member, neighbour} do host:receiver{group = group, port = port} end
  local route = r1:mroute{group = group, source = source,
    to = {neighbour, {r2, ttl_threshold = 32}}}
  r2:mroute{group = group, source = source, to = {member}}
  expect(route.ttl_thresholds):equals{1, 32}

  local function send(ttl)
    return source:sender{group = group, port = port, ttl = ttl}:send("with a TTL of " .. ttl)
  end
  expect(send(32)):reaches{neighbour}
  expect(send(33)):reaches{neighbour, member}
end)
