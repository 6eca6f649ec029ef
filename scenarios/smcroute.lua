-- Static multicast routes by a daemon: smcroute.
--
--     source         stranger            member        bystander
--        |               |                  |              |
--    ----+-------+-------+--- left     -----+------+-------+---- right
--                |                                 |
--                +--------------- r1 --------------+
--
-- smcrouted(8) installs the routes of its configuration, those for any source when the first
-- datagram comes: the kernel keeps it until the route is there, so not even that one is lost. They
-- are the daemon's: when it dies, the kernel forgets them, and a new one begins anew.

local daemon = require "mcast.daemon"

local families = {"ipv4", "ipv6"}
local address_of = {ipv4 = "address", ipv6 = "address6"}

local lab = topology("two LANs and a router", function(net)
  local left, right = net:switch("left"), net:switch("right")
  net:router("r1", {left, right})
  for _, name in ipairs{"source", "stranger"} do net:host(name, left) end
  for _, name in ipairs{"member", "bystander"} do net:host(name, right) end
end)

local options = {topology = lab, each = families, needs = {"smcroute"}}

scenario("smcroute forwards one source's group, and no other", options, function(t)
  local r1, source, stranger, member = t:hosts("r1", "source", "stranger", "member")
  local group, other, port = t:group{family = t.case}, t:group{family = t.case}, t:port()
  local from = source[address_of[t.case]]

  daemon.smcroute(r1, {routes = {{group = group, source = from, from = "left", to = {member}}}})
  for _, wanted in ipairs{group, other} do member:receiver{group = wanted, port = port} end
  t:hosts("bystander"):receiver{port = port}

  expect(source:sender{group = group, port = port, ttl = 2}:send("routed")):reaches{member}

  t:step("what has no route")
  expect(stranger:sender{group = group, port = port, ttl = 2}:send("stranger")):reaches_nobody()
  expect(source:sender{group = other, port = port, ttl = 2}:send("other group")):reaches_nobody()

  t:step("a TTL too short")
  expect(source:sender{group = group, port = port, ttl = 1}:send("too short")):reaches_nobody()
end)

scenario("smcroute takes its configuration, and commands while it runs", options, function(t)
  local r1, source, member = t:hosts("r1", "source", "member")
  local group, late, port = t:group{family = t.case}, t:group{family = t.case}, t:port()
  for _, wanted in ipairs{group, late} do member:receiver{group = wanted, port = port} end

  local smcroute = daemon.smcroute(r1, {text = [[
    phyint eth0 enable
    phyint eth1 enable
    mroute from eth0 group ]] .. group .. " to eth1\n"})
  expect(source:sender{group = group, port = port, ttl = 2}:send("the first one")):reaches{member}
  local sender = source:sender{group = late, port = port, ttl = 2}
  expect(sender:send("not yet")):reaches_nobody()

  smcroute:command("add", "eth0", source[address_of[t.case]], late, "eth1")
  expect(sender:send("now")):reaches{member}
end)

scenario("a router dies and is replaced", options, function(t)
  local r1, source, member = t:hosts("r1", "source", "member")
  local group, port = t:group{family = t.case}, t:port()
  local routes = {{group = group, from = "left", to = "right"}}
  member:receiver{group = group, port = port, reply = "ack"}
  local sender = source:sender{group = group, port = port, ttl = 2}

  local first = daemon.smcroute(r1, {routes = routes})
  expect(sender:send("before")):acknowledged_by{member}

  t:step("it dies")
  first:kill()
  expect(sender:send("in between")):reaches_nobody()

  t:step("another takes its place")
  daemon.smcroute(r1, {routes = routes})
  expect(sender:send("after")):acknowledged_by{member}
end)
