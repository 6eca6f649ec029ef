-- PIM sparse mode by FRR: a rendezvous point over three routers, source-specific trees, and a router
-- that dies.
--
--    source  stranger                                            member  bystander
--       |       |                                                   |        |
--    ---+---+---+--- left              middle              right ---+---+----+---
--           |                    ---+----+----+---                      |
--           |                       |    |    |                         |
--           r1 ==== cable ==========+=== rp ==+======= cable ========== r3
--                                   |
--                                inside
--
-- A receiver's router joins towards the rendezvous point, a source's router registers there; when
-- both have met, data flows down the tree (RFC 7761 section 3). Source-specific groups need no
-- rendezvous point: the tree goes straight to the source (RFC 4607). What comes before there is a
-- tree may be lost: the first datagram opens it. All of it by pimd in IPv4 and by pim6d in IPv6; FRR
-- 8.4 of Debian 12 has no pim6d, which skips the latter.

local daemon = require "mcast.daemon"

local lab = topology("three routers", function(net)
  local left, middle, right = net:switch("left"), net:switch("middle"), net:switch("right")
  local r1, rp, r3 = net:router("r1", left), net:router("rp", middle), net:router("r3", right)
  net:link(r1, rp)
  net:link(rp, r3)
  for _, name in ipairs{"source", "stranger"} do net:host(name, left) end
  net:host("inside", middle)
  for _, name in ipairs{"member", "bystander"} do net:host(name, right) end
end)

local hold = param("hold", 3, "seconds after which a silent neighbour is gone")

local families = {"ipv4", "ipv6"}
local address_of = {ipv4 = "address", ipv6 = "address6"}
local pim_of = {ipv4 = "ip pim", ipv6 = "ipv6 pim"}

-- Timers that suit a test. MLD's and IGMP's response time is in tenths of a second.
local templates = {
  ipv4 = {rp = "ip pim rp %s 224.0.0.0/4", interface = [[
interface %s
 ip pim
 ip pim hello 1 %d
 ip igmp
 ip igmp query-max-response-time 10
 ip igmp query-interval 2
 ip igmp last-member-query-interval 1]]},
  ipv6 = {rp = "ipv6 pim rp %s ff00::/8", interface = [[
interface %s
 ipv6 pim
 ipv6 pim hello 1 %d
 ipv6 mld
 ipv6 mld query-max-response-time 10
 ipv6 mld query-interval 2
 ipv6 mld last-member-query-interval 1]]},
}

local function configuration(router, family, rendezvous_point)
  local lines, template = {}, templates[family]
  if rendezvous_point then
    lines[1] = template.rp:format(rendezvous_point[address_of[family]])
  end
  for _, interface in ipairs(router:interfaces()) do
    if interface.name ~= "lo" then
      lines[#lines + 1] = template.interface:format(interface.name, hold)
    end
  end
  return table.concat(lines, "\n") .. "\n"
end

-- Starts FRR on all of them at once, and waits until each has its neighbours.
local function start(family, neighbors, rendezvous_point)
  local starts, daemons = {}, {}
  for router in pairs(neighbors) do
    starts[#starts + 1] = function()
      daemons[router] = daemon.frr(router,
        {text = configuration(router, family, rendezvous_point)})
    end
  end
  mcast.all(starts)
  for router, others in pairs(neighbors) do daemons[router]:await_neighbors(others) end
  return daemons
end

-- Does the router's kernel have a route of the group, from any source or from this one, to there?
local function has_route(router, group, source)
  for _, route in ipairs(router:mroutes()) do
    if route.group == group and route.source == source and #route.to > 0 then return true end
  end
  return false
end

local function await_route(router, group, source)
  expect(eventually(function() return has_route(router, group, source) end, {within = 10}))
    :is_true()
end

-- Sends until the receiver hears it: the tree is there, and as `is_settled` wants it.
local function open_tree(sender, receiver, is_settled)
  expect(eventually(function()
    sender:send("open")
    return receiver:wait(1, {within = 0.1}) and (not is_settled or is_settled())
  end, {within = 10})):is_true()
end

-- Queries are sent to the group, too.
local function has_data(wire)
  local udp = 17
  local frame = wire:next{within = 0.2}
  while frame and frame.protocol ~= udp do frame = wire:next{within = 0.2} end
  return frame ~= nil
end

scenario("a rendezvous point brings a source and its members together", {topology = lab,
  each = families, needs = {"frr"}}, function(t)
  local r1, rp, r3, source, member = t:hosts("r1", "rp", "r3", "source", "member")
  local group, port = t:group{family = t.case}, t:port()
  local source_address = source[address_of[t.case]]
  for _, host in ipairs{t:hosts("inside", "bystander")} do host:receiver{port = port} end
  local daemons = start(t.case, {[r1] = {rp}, [rp] = {r1, r3}, [r3] = {rp}}, rp)

  t:step("joined: the tree reaches the rendezvous point")
  local receiver = member:receiver{group = group, port = port, reply = "ack"}
  await_route(rp, group)

  t:step("data")
  local sender = source:sender{group = group, port = port, ttl = 4}
  open_tree(sender, receiver, function()
    local upstream = daemons[r1]:json("show", pim_of[t.case], "upstream json")[group]
    return upstream[source_address].regState == "RegPrune"
      and has_route(r3, group, source_address)
  end)
  local sent = sender:send("over three routers")
  expect(sent):reaches{member}
  expect(sent):acknowledged_by{member}
  expect(sender:send("a fourth")):reaches{member}

  t:step("a TTL too short by one")
  expect(source:sender{group = group, port = port, ttl = 3}:send("too short")):reaches_nobody()

  t:step("a group that nobody joined")
  local other = source:sender{group = t:group{family = t.case}, port = port, ttl = 4}
  expect(other:send("for nobody")):reaches_nobody()

  t:step("left: the last router keeps it from the LAN")
  local wire = member:observer{group = group}
  sender:send("still wanted")
  expect(has_data(wire)):is_true()
  receiver:leave(group)
  expect(eventually(function() return not has_route(r3, group, source_address) end,
    {within = 10})):is_true()
  wire:clear()
  expect(sender:send("too late")):reaches_nobody()
  expect(has_data(wire)):is_false()
end)

scenario("a source-specific tree carries one source", {topology = lab, each = families,
  needs = {"frr"}}, function(t)
  local r1, rp, r3, source, member = t:hosts("r1", "rp", "r3", "source", "member")
  local group, port = t:group{ssm = true, family = t.case}, t:port()
  local source_address = source[address_of[t.case]]
  t:hosts("bystander"):receiver{port = port}
  start(t.case, {[r1] = {rp}, [rp] = {r1, r3}, [r3] = {rp}})

  member:receiver{group = group, source = source_address, port = port, reply = "ack"}
  for _, router in ipairs{r3, rp, r1} do await_route(router, group, source_address) end

  local sent = source:sender{group = group, port = port, ttl = 4}:send("the first one")
  expect(sent):reaches{member}
  expect(sent):acknowledged_by{member}

  t:step("another source of the same group")
  local stranger = t:hosts("stranger"):sender{group = group, port = port, ttl = 4}
  expect(stranger:send("unasked for")):reaches_nobody()
end)

--                 +--- r1 ---+
--    source -- left          right -- member, bystander
--                 +--- r2 ---+
--
-- Two routers side by side: the one with the highest address is the LAN's designated router and
-- forwards alone. When it has been silent for its hold time (here 3 s, --param hold) the other one
-- takes over. RFC 7761 section 4.3.2.
local pair = topology("two routers side by side", function(net)
  local left, right = net:switch("left"), net:switch("right")
  for _, name in ipairs{"r1", "r2"} do net:router(name, {left, right}) end
  net:host("source", left)
  for _, name in ipairs{"member", "bystander"} do net:host(name, right) end
end)

-- Routers speak PIM from their link-local addresses in IPv6, and those of the second are higher.
local first_of = {ipv4 = "r1", ipv6 = "r2"}
local second_of = {ipv4 = "r2", ipv6 = "r1"}

scenario("a router dies and its neighbour takes over", {topology = pair, each = families,
  needs = {"frr"}}, function(t)
  local first, second, source, member = t:hosts(first_of[t.case], second_of[t.case], "source",
    "member")
  local group, port = t:group{ssm = true, family = t.case}, t:port()
  local source_address = source[address_of[t.case]]
  t:hosts("bystander"):receiver{port = port}
  local daemons = start(t.case, {[first] = {second}, [second] = {first}})
  local pim = pim_of[t.case]

  t:step("its hellos have our hold time: it starts again, as the first may have had the default")
  daemons[first]:command("clear", pim, "interfaces")
  expect(eventually(function()
    local designated = daemons[first]:json("show", pim, "interface json").eth1.pimDesignatedRouter
    local found = daemons[second]:json("show", pim, "neighbor json").eth1[designated]
    return found and found.holdTimeMax == hold
  end, {within = 10})):is_true()

  local receiver = member:receiver{group = group, source = source_address, port = port}
  local sender = source:sender{group = group, port = port, ttl = 2}
  open_tree(sender, receiver)
  expect(sender:send("by the first, and by it alone")):reaches{member}

  t:step("it dies")
  daemons[first]:kill()
  receiver:clear()
  expect(sender:send("in between")):reaches_nobody()

  t:step("the other one takes over")
  open_tree(sender, receiver)
  expect(has_route(second, group, source_address)):is_true()
  expect(sender:send("by the second")):reaches{member}
end)
