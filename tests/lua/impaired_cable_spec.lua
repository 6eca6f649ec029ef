-- Impairments of cables between hosts and routers, and that such a cable is as good as another one.
local families = { "ipv4", "ipv6" }

--- source - r1 = r2 - member, and one more host at r1's side.
local routed = topology("routed", function(net)
  local left, right = net:switch("left"), net:switch("right")
  net:host("source", left)
  net:host("near", left)
  net:host("member", right)
  net:link(net:router("r1", left), net:router("r2", right))
end)

local function member_of(t)
  local source, near, member = t:hosts("source", "near", "member")
  local r1, r2 = t:hosts("r1", "r2")
  local group, port = t:group { family = t.case }, t:port()
  local receiver = member:receiver { group = group, port = port, reply = "ack" }
  near:receiver { group = group, port = port }
  r1:mroute { group = group, source = source, to = { r1.eth1 } }
  r2:mroute { group = group, source = source, to = { member } }
  local sender = source:sender { group = group, port = port, ttl = 8 }
  return { sender = sender, receiver = receiver, near = near, member = member, r1 = r1, r2 = r2 }
end

scenario("impaired cable: each end, each way", { each = families, topology = routed }, function(t)
  local on = member_of(t)
  expect(on.sender:send("before")):acknowledged_by { on.member }
  for _, way in ipairs { { on.r1.eth1, "out" }, { on.r2.eth1, "in" } } do
    local interface, direction = way[1], way[2]
    local lossy = interface:impair { loss = 1, only = "udp", direction = direction }
    expect(on.sender:send("lost")):reaches { on.near }
    expect(lossy.seen):equals(1)
    expect(lossy.dropped):equals(1)
    expect(lossy:drops()[1].direction):equals(direction)
    expect(lossy:drops()[1].destination):equals(on.sender.group)
    lossy:clear()
    expect(on.sender:send("again")):acknowledged_by { on.member }
    expect(lossy.seen):equals(1)
  end
end)

scenario("impaired cable: the way back is another one", { each = families, topology = routed },
  function(t)
  local on = member_of(t)
  for _, way in ipairs { { on.r1.eth1, "in" }, { on.r2.eth1, "out" } } do
    local lossy = way[1]:impair { loss = 1, only = "udp", direction = way[2] }
    local sent = on.sender:send("x")
    expect(sent):reaches { on.near, on.member }
    expect(eventually(function() return lossy.dropped == 1 end, { within = 10 })):is_true()
    expect(sent):acknowledged_by { within = 0.1 }
    lossy:clear()
    expect(on.sender:send("y")):acknowledged_by { on.member }
  end
end)

scenario("impaired cable: both ends, both ways at once", { each = families, topology = routed },
  function(t)
  local on = member_of(t)
  local first = on.r1.eth1:impair { delay = 0.02, only = "udp" }
  local second = on.r2.eth1:impair { delay = 0.03, only = "udp" }
  local sent = on.sender:send("late")
  expect(sent):acknowledged_by { on.member, within = 10 }
  local message = on.receiver:messages()[1]
  expect(message.time - sent.time):is_at_least(0.05)
  for _, one in ipairs { first, second } do
    expect(one.seen):equals(2) -- the datagram and its reply
    expect(one.delayed):equals(2)
    expect(one.passed):equals(2)
  end
  on.r1.eth1:impair {}
  on.r2.eth1:impair {}
  expect(on.sender:send("at once")):acknowledged_by { on.member }
  expect(first.seen + second.seen):equals(4)
end)

scenario("impaired cable: claims of silence wait for all that is on its way",
  { each = families, topology = routed }, function(t)
  local on = member_of(t)
  for _, interface in ipairs { on.r1.eth0, on.r1.eth1, on.r2.eth1, on.r2.eth0 } do
    interface:impair { delay = 0.03, only = "udp" }
  end
  local verdict = require("mcast.expect").try(on.sender:send("late")):reaches { on.near }
  expect(verdict.message):contains("seen near and member")
end)

local pair = topology("pair", function(net)
  net:link(net:host("a"), net:host("b"), { mtu = 2000 })
end)

scenario("impaired cable: as others, while nothing impairs it",
  { each = families, topology = pair }, function(t)
  local a, b = t:hosts("a", "b")
  expect(t.net.links[1].impairable):is_true()
  expect(#a:interfaces()):equals(2) -- lo and eth0
  expect(a.eth0.mtu):equals(2000)
  local group, port = t:group { family = t.case }, t:port()
  local receiver = b:receiver { group = group, port = port }
  local data = ("0123456789"):rep(6000)
  local sender = a:sender { group = group, port = port }
  for _, impaired in ipairs { false, true } do
    if impaired then b.eth0:impair { delay = 0.001 } end
    receiver:clear()
    expect(sender:send(data)):reaches { b, within = 10 }
    expect(receiver:messages()[1].data == data):is_true()
  end
end)

scenario("impaired cable: who takes an end down takes the other's carrier", { topology = pair },
  function(t)
  local a, b = t:hosts("a", "b")
  local group, port = t:group(), t:port()
  b:receiver { group = group, port = port }
  local sender = a:sender { group = group, port = port }
  b.eth0:impair { delay = 0.001, direction = "in" }
  for _ = 1, 2 do
    expect(b.eth0.flags.running):is_true()
    a.eth0:down()
    expect(eventually(function() return not b.eth0.flags.running end, { within = 10 })):is_true()
    expect(b.eth0.flags.up):is_true()
    b.eth0:down()
    a.eth0:up()
    expect(eventually(function() return not a.eth0.flags.running end, { within = 10 })):is_true()
    b.eth0:up()
    expect(sender:send("again")):reaches { b }
  end
end)

--- Of two cables, of which one can be impaired, each with two hosts.
local twins = topology("twins", function(net)
  for _, name in ipairs { "patched", "plain" } do
    net:link(net:host(name .. "1"), net:host(name .. "2"), { impairable = name == "patched" })
  end
end)

--- An end runs while both are up.
local function is_as_it_should_be(hosts, is_up)
  for i, host in ipairs(hosts) do
    local flags = host.eth0.flags
    if flags.up ~= is_up[i] or flags.running ~= (is_up[1] and is_up[2]) then return false end
  end
  return true
end

scenario("impaired cable: its carrier is any other's, whoever takes an end down or up",
  { topology = twins, timeout = 120 }, function(t)
  local function by_program(host, way) host:run { "ip", "link", "set", "eth0", way } end
  local function by_harness(host, way) host.eth0[way](host.eth0) end
  local impaired = t.net.links[1]:impair { delay = 0.001 }
  for _, change in ipairs { by_program, by_harness } do
    local is_up = { true, true }
    for _, step in ipairs { "1 down", "2 down", "1 up", "2 up", "2 down", "2 up" } do
      local number, way = step:match("(%d) (%a+)")
      is_up[math.tointeger(number)] = way == "up"
      for _, link in ipairs(t.net.links) do
        change(link.hosts[math.tointeger(number)], way)
        expect(eventually(function() return is_as_it_should_be(link.hosts, is_up) end,
          { within = 20 })):is_true()
      end
    end
  end
  expect(impaired.cleared):is_false()
end)
