-- Static multicast routes: what they are read back as, how their directions may be named, their end.
local families = {"ipv4", "ipv6"}
local address_of = {ipv4 = "address", ipv6 = "address6"}

-- source --- left --- r1 --- right --- member
--                       \=== r2
local lab = topology("a router and a cable", function(net)
  local left, right = net:switch("left"), net:switch("right")
  local r1 = net:router("r1", {left, right})
  net:link(r1, net:router("r2"))
  net:host("source", left)
  net:host("member", right)
end)

scenario("the cache is read back", {topology = lab, each = families}, function(t)
  local source, r1 = t:hosts("source", "r1")
  local group, other = t:group{family = t.case}, t:group{family = t.case}
  expect(#r1:mroutes()):equals(0)
  local threshold = t.case == "ipv4" and 7 or nil
  r1:mroute{group = group, source = source, to = {"eth1", "eth2"}, ttl_threshold = threshold}
  r1:mroute{group = other, from = r1.eth0, to = r1.eth1}
  local found = {}
  for _, one in ipairs(r1:mroutes()) do found[one.group] = one end
  expect(found[group].source):equals(source[address_of[t.case]])
  expect(found[group].from):equals(r1.eth0)
  expect(found[group].resolved):is_true()
  expect(#found[group].to):equals(2)
  if threshold then expect(found[group].ttl_thresholds):equals{7, 7} end
  expect(found[other].source):is_nil()
  expect(found[other].from):equals(r1.eth0)
  expect(found[other].to):equals{r1.eth1}
end)

scenario("a direction has many names", {topology = lab}, function(t)
  local net = t.net
  local source, member, r1, r2 = t:hosts("source", "member", "r1", "r2")
  local left, right, link = net.switches.left, net.switches.right, net.links[1]
  for _, from in ipairs{"eth0", "left", "source", left, source, r1.eth0} do
    local route = r1:mroute{group = t:group(), from = from, to = {"eth1"}}
    expect(route.from):equals(r1.eth0)
  end
  for _, to in ipairs{r1.eth1, right, member, "member"} do
    local route = r1:mroute{group = t:group(), source = source, to = to}
    expect(route.to):equals{r1.eth1}
    expect(route.from):equals(r1.eth0)
    expect(route.source):equals(source.address)
  end
  expect(r1:mroute{group = t:group(), from = left, to = {link, r2, "right"}}.to)
    :equals{r1.eth2, r1.eth1}
end)

scenario("who has asked for a route's counters gets single frames",
  {topology = lab, each = {"route", "cache", "neither"}}, function(t)
  local source, member, r1 = t:hosts("source", "member", "r1")
  local group, port = t:group(), t:port()
  member:receiver{group = group, port = port}
  local route = r1:mroute{group = group, source = source, to = member}
  expect(r1):routes{group = group, source = source, from = "eth0", to = {"eth1"}}
  if t.case == "route" then expect(route.packets):equals(0) end
  if t.case == "cache" then expect(r1:mroutes()[1].packets):equals(0) end
  local sender = source:sender{group = group, port = port, ttl = 2}
  local flow = sender:stream{count = 200, size = 1000, offload = true}:wait()
  expect(flow):reaches{member}
  expect(flow.mode):equals(t.case == "neither" and "offload" or "single frames")
  expect(flow.why_single):equals(t.case ~= "neither" and "a route counts frames" or nil)
  if t.case ~= "neither" then expect(route.packets):equals(200) end
end)

scenario("counters count, and stay when the route is removed", {topology = lab, each = families},
  function(t)
  local source, member, r1 = t:hosts("source", "member", "r1")
  local group, port = t:group{family = t.case}, t:port()
  member:receiver{group = group, port = port}
  local route = r1:mroute{group = group, source = source, to = member}
  local sender = source:sender{group = group, port = port, ttl = 2}
  for _ = 1, 3 do expect(sender:send("12345678")):reaches{member} end
  local bytes = 3 * (8 + 8 + (t.case == "ipv4" and 20 or 40))
  expect(route.packets):equals(3)
  expect(route.bytes):equals(bytes)
  route:remove()
  route:remove()
  expect(route.packets):equals(3)
  expect(sender:send("late")):reaches_nobody()
  t:step("and again")
  expect(r1:mroute{group = group, source = source, to = member}.packets):is_at_most(1)
  expect(sender:send("12345678")):reaches{member}
end)

scenario("packets without a route wait in the cache, unresolved", {topology = lab}, function(t)
  local source, r1 = t:hosts("source", "r1")
  local group, port = t:group(), t:port()
  r1:mroute{group = t:group(), from = "left", to = "right"}
  source:sender{group = group, port = port, ttl = 2}:send("who routes me?")
  local waiting = eventually(function()
    for _, one in ipairs(r1:mroutes()) do
      if one.group == group then return one end
    end
  end)
  expect(waiting.resolved):is_false()
  expect(waiting.from):is_nil()
  expect(waiting.source):equals(source.address)
end)

scenario("more packets without a route than a socket holds", {topology = lab}, function(t)
  local source, member, r1 = t:hosts("source", "member", "r1")
  local group, port = t:group(), t:port()
  member:receiver{group = group, port = port}
  r1:mroute{group = group, source = source, to = "right"}
  for _ = 1, 300 do source:sender{group = t:group(), port = port, ttl = 2}:send("noise") end
  expect(source:sender{group = group, port = port, ttl = 2}:send("wanted")):reaches{member}
end)

scenario("a route that was there and went is not routed", {topology = lab}, function(t)
  local r1, group = t:hosts("r1"), t:group()
  local program = require "mcast.core".mroute(r1:_get_stack().netns, "ipv4")
  program:add{group = group, incoming = r1.eth0.index,
    outputs = {{interface = r1.eth1.index, ttl_threshold = 1}}}
  expect(r1):routes{group = group, from = r1.eth0, to = r1.eth1}
  program:close()
  expect(r1):does_not_route{group = group}
end)

scenario("of a source its own route counts, before (*,G)", {topology = lab, each = families},
  function(t)
    local source, r1 = t:hosts("source", "r1")
    local group, of_own = t:group{family = t.case}, t:group{family = t.case}
    r1:mroute{group = group, from = r1.eth0, to = r1.eth1}
    expect(r1):routes{group = group, source = source, to = {r1.eth1}}
    r1:mroute{group = of_own, from = r1.eth0, to = r1.eth1}
    r1:mroute{group = of_own, source = source, to = r1.eth2}
    expect(r1):routes{group = of_own, source = source, to = {r1.eth2}}
    expect(r1):does_not_route{group = of_own, source = source, to = {r1.eth1}}
  end)
