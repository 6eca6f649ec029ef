-- link:impair, of cables between switches and of those between hosts, and what a lossy cable between
-- switches does to snooping: queries and reports are frames as others.
local families = { "ipv4", "ipv6" }
local of_igmp = { ipv4 = "igmp", ipv6 = "mld" }
-- The types of queries: 0x11 (RFC 3376 section 4), and 130 behind a hop-by-hop option (RFC 3810 section 5).
local queries = { ipv4 = "igmp[0] = 0x11", ipv6 = "mld and ip6[48] = 130" }
local reports = { ipv4 = "igmp and igmp[0] != 0x11", ipv6 = "mld and ip6[48] != 130" }

local timers = { query_interval = 1, startup_query_interval = 1, querier_interval = 2.5,
  membership_interval = 5 }

--- near and source on left, far on right, farthest on last.
local row = topology("three switches", function(net)
  local left, right = net:switch("left", timers), net:switch("right", timers)
  local last = net:switch("last", timers)
  net:link(left, right)
  net:link(right, last)
  net:host("source", left)
  net:host("near", left)
  net:host("far", right)
  net:host("farthest", last)
end)

local function members(t)
  local source, near, far, farthest = t:hosts("source", "near", "far", "farthest")
  local group, port = t:group { family = t.case }, t:port()
  for _, host in ipairs { near, far, farthest } do
    host:receiver { group = group, port = port, reply = "ack" }
  end
  local trunks = t.net.trunks
  return { sender = source:sender { group = group, port = port }, source = source, near = near,
    far = far, farthest = farthest, group = group, port = port,
    first = trunks["left--right"], second = trunks["right--last"] }
end

scenario("link: each way of a cable between switches", { topology = row, each = families },
  function(t)
  local on = members(t)
  local data = "dst host " .. on.group
  local lossy = on.first:impair { loss = 1, only = data, from = "left" }
  expect(lossy.link):equals(on.first)
  expect(lossy.from):equals("left")
  expect(lossy.interface):is_nil()
  expect(on.sender:send("lost")):reaches { on.near }
  expect(lossy.seen):equals(1)
  expect(lossy.dropped):equals(1)
  expect(lossy:drops()[1].from):equals("left")
  expect(lossy:drops()[1].direction):is_nil()
  expect(lossy:drops()[1].destination):equals(on.group)

  t:step("what comes back is not impaired")
  local back = on.far:sender { group = on.group, port = on.port, loop = false }
  expect(back:send("to the left")):reaches { on.near, on.farthest }
  expect(lossy.seen):equals(1)

  t:step("until it is")
  lossy:clear()
  expect(lossy.cleared):is_true()
  local other = on.first:impair { loss = 1, only = "udp", from = t.net.switches.right }
  expect(back:send("lost")):reaches { on.farthest }
  expect(other.dropped):equals(1)
  local sent = on.sender:send("the replies of two are lost")
  expect(sent):reaches { on.near, on.far, on.farthest }
  expect(sent):acknowledged_by { on.near }
  expect(other.dropped):equals(3)
  on.first:impair {}
  expect(other.cleared):is_true()
  expect(on.sender:send("all is well")):acknowledged_by { on.near, on.far, on.farthest }
  expect(lossy.seen):equals(1)
  expect(other.seen):equals(3)
end)

scenario("link: both ways of two in a row", { topology = row, each = families }, function(t)
  local on = members(t)
  local first = on.first:impair { delay = 0.02, only = "udp" }
  local second = on.second:impair { delay = 0.03, only = "udp" }
  local sent = on.sender:send("late")
  expect(sent):acknowledged_by { on.near, on.far, on.farthest, within = 10 }
  expect(sent):reaches { on.near, on.far, on.farthest }
  for _, counted in ipairs { { first, 3 }, { second, 2 } } do
    expect(counted[1].seen):equals(counted[2]) -- the datagram, and the replies of those behind it
    expect(counted[1].delayed):equals(counted[2])
    expect(counted[1].passed):equals(counted[2])
    expect(counted[1].from):equals("both")
  end
  local one_way = on.first:impair { delay = 0.01, only = "udp", from = "right" }
  expect(first.cleared):is_false()
  on.first:impair { delay = 0.01, only = "udp", from = "left" }
  expect(first.cleared):is_true()
  on.first:impair()
  expect(one_way.cleared):is_true()
end)

scenario("link: a host's cable and the switches' are independent", { topology = row,
  each = families }, function(t)
  local on = members(t)
  local own = on.source.eth0:impair { duplicate = 1, only = "udp", direction = "out" }
  local link = on.first:impair { drop = { nth = 2 }, only = "udp", from = "left" }
  local last = on.farthest.eth0:impair { drop = { nth = 1 }, only = "udp", direction = "in" }
  on.sender:send("twice, once, not at all")
  expect(eventually(function() return last.dropped == 1 end, { within = 10 })):is_true()
  expect(own.duplicated):equals(1)
  expect(link.seen):equals(2)
  expect(link.dropped):equals(1)
  expect(last.seen):equals(1)
end)

scenario("link: the far switch takes over when every query is lost", { topology = row,
  each = families }, function(t)
  local on = members(t)
  local left, right, last = t.net.switches.left, t.net.switches.right, t.net.switches.last
  local family = { family = t.case, within = 15 }
  for _, one in ipairs { left, right, last } do expect(one):has_querier(left, family) end
  local lossy = on.first:impair { loss = 1, only = queries[t.case], from = left }
  expect(right):has_querier(right, family)
  expect(last):has_querier(right, family)
  expect(left):has_querier(left, family)
  expect(lossy.dropped):is_at_least(1)
  expect(lossy.passed):equals(0)

  t:step("reports still cross, so that members keep getting it")
  expect(on.sender:send("to members on both sides")):reaches { on.near, on.far, on.farthest }

  t:step("and gives way when it hears them again")
  lossy:clear()
  expect(right):has_querier(left, family)
  expect(last):has_querier(left, family)
end)

scenario("link: a membership is unknown beyond, while reports are lost", { topology = row,
  each = families }, function(t)
  local source, near, far = t:hosts("source", "near", "far")
  local left, right, last = t.net.switches.left, t.net.switches.right, t.net.switches.last
  local group, port = t:group { family = t.case }, t:port()
  local lossy = t.net.trunks["left--right"]:impair {
    loss = 1, only = reports[t.case], from = right }
  near:receiver { group = group, port = port }
  far:receiver { group = group, port = port, ready = false }
  expect(right):forwards(group, { source = far, to = { left }, within = 10 })
  expect(last):forwards(group, { source = t.net.hosts.farthest, to = { right }, within = 10 })
  expect(eventually(function() return lossy.dropped > 0 end, { within = 10 })):is_true()
  expect(left):forwards(group, { source = source, to = { near } })
  local sender = source:sender { group = group, port = port }
  expect(sender:send("not to the far one")):reaches { near }

  t:step("the next query brings the report")
  lossy:clear()
  expect(left):forwards(group, { source = source, to = { near, right }, within = 10 })
  expect(sender:send("to both")):reaches { near, far }
end)

-- ---- the way without an impairment ------------------------------------------------------------

--- How many frames were led out of cables so far: to the devices that the harness's links read.
local function led_out(t)
  local devices, sum = t.net._lab:switches_netns():read_proc("dev"), 0
  for packets in devices:gmatch("%f[%w]d%d+[ft]1:%s*%d+%s+(%d+)") do sum = sum + packets end
  return sum
end

scenario("link: once all is cleared, frames are led aside no more", { topology = row,
  each = families }, function(t)
  local on = members(t)
  local all = { on.near, on.far, on.farthest }
  for _ = 1, 2 do
    for _, one in ipairs { on.source.eth0, on.far.eth0, on.first, on.second } do
      local before = led_out(t)
      one:impair { delay = 0.001 }
      expect(on.sender:send("led aside")):acknowledged_by(all)
      expect(led_out(t) - before):is_at_least(2)
      one:impair {}
      before = led_out(t)
      expect(on.sender:send("straight on")):acknowledged_by(all)
      expect(led_out(t)):equals(before)
    end
  end
end)

-- ---- between hosts ----------------------------------------------------------------------------

local pair = topology("pair", function(net) net:link(net:host("a"), net:host("b")) end)

scenario("link: a cable between hosts", { topology = pair, each = families }, function(t)
  local a, b = t:hosts("a", "b")
  local group, port = t:group { family = t.case }, t:port()
  local cable = t.net.links["a--b"]
  expect(cable.impairable):is_true()
  b:receiver { group = group, port = port, reply = "ack" }
  local sender = a:sender { group = group, port = port }
  local lossy = cable:impair { loss = 1, only = "udp", from = b }
  local sent = sender:send("the reply is lost")
  expect(sent):reaches { b }
  expect(eventually(function() return lossy.dropped == 1 end, { within = 10 })):is_true()
  expect(sent):acknowledged_by { within = 0.1 }
  expect(lossy:drops()[1].from):equals("b")

  t:step("an interface's own takes its place, and the other way round")
  local own = b.eth0:impair { delay = 0.01, only = "udp", direction = "out" }
  expect(lossy.cleared):is_true()
  expect(sender:send("late")):acknowledged_by { b }
  expect(own.delayed):equals(1)
  local both = cable:impair { delay = 0.01, only = of_igmp[t.case] }
  expect(own.cleared):is_true()
  a.eth0:impair { delay = 0.01, direction = "in" }
  cable:impair {}
  expect(both.cleared):is_true()
  expect(sender:send("at once")):acknowledged_by { b }
  expect(both.from):equals("both")
end)

local plain = topology("plain", function(net)
  net:link(net:host("a"), net:host("b"), { impairable = false })
end)

scenario("link: a cable between hosts leads straight on again", { topology = pair,
  each = families }, function(t)
  local a, b = t:hosts("a", "b")
  local group, port = t:group { family = t.case }, t:port()
  b:receiver { group = group, port = port, reply = "ack" }
  local sender = a:sender { group = group, port = port }
  for _, one in ipairs { a.eth0, b.eth0, t.net.links[1] } do
    one:impair { delay = 0.001 }
    expect(sender:send("led aside")):acknowledged_by { b }
    one:impair {}
    local before = led_out(t)
    expect(before):is_at_least(2)
    expect(sender:send("straight on")):acknowledged_by { b }
    expect(led_out(t)):equals(before)
  end
end)

scenario("link: a plain cable cannot be impaired", { topology = plain }, function(t)
  local cable = t.net.links[1]
  expect(cable.impairable):is_false()
  expect(function() cable:impair { loss = 1 } end):raises("EOPNOTSUPP")
  cable:impair {}
end)
