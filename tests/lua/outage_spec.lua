-- interface:down and :up: nothing crosses while it is down, and all is as before when it is up.
local try = require("mcast.expect").try

local families = { "ipv4", "ipv6" }

--- The kernel makes its own route to each of the two IPv6 addresses in a worker (addrconf_dad_work), which
--- may be late.
local function has_kernels_routes(host)
  local routes = host:run({ "ip", "-6", "route", "show", "table", "local" }).stdout
  local _, count = routes:gsub("local %S+ dev eth0 proto kernel", "")
  return count == 2
end

local function state_of(host)
  expect(eventually(function() return has_kernels_routes(host) end, { within = 10 })):is_true()
  local shown = {}
  for i, arguments in ipairs { { "addr" }, { "route" }, { "-6", "route", "show", "table", "all" },
    { "neigh" }, { "-6", "neigh" } } do
    shown[i] = host:run({ "ip", table.unpack(arguments) }).stdout
  end
  return table.concat(shown, "\n")
end

scenario("outage: what does not come in, and what comes back", { each = families }, function(t)
  local source, other, member = t:hosts("source", "other", "member")
  local group, port = t:group { family = t.case }, t:port()
  other:receiver { group = group, port = port, reply = "ack" }
  member:receiver { group = group, port = port, reply = "ack" }
  local sender = source:sender { group = group, port = port }
  expect(sender:send("before")):acknowledged_by { other, member }
  local before = state_of(member)

  member.eth0:down()
  member.eth0:down()
  expect(member.eth0.flags.up):is_false()
  local sent = sender:send("meanwhile")
  expect(sent):reaches { other }
  expect(sent):acknowledged_by { other }

  member.eth0:up()
  member.eth0:up()
  expect(state_of(member)):equals(before)
  expect(sender:send("after")):acknowledged_by { other, member }
end)

scenario("outage: the switch has forgotten at once who was there", { each = families }, function(t)
  local member = t:hosts("member")
  local group = t:group { family = t.case }
  local function is_known()
    for _, entry in ipairs(t.net.switches.lan:mdb()) do
      if entry.group == group and entry.host == member then return true end
    end
    return false
  end
  member:receiver { group = group, port = t:port() }
  expect(member):is_member(group)
  for _ = 1, 3 do
    expect(is_known()):is_true()
    member.eth0:down()
    expect(is_known()):is_false()
    member.eth0:up()
    expect(eventually(is_known, { within = 5 })):is_true()
  end
end)

scenario("outage: the sender's own", { each = families }, function(t)
  local source, member = t:hosts("source", "member")
  local group, port = t:group { family = t.case }, t:port()
  member:receiver { group = group, port = port }
  local sender = source:sender { group = group, port = port }
  source.eth0:down()
  expect(function() sender:send("nowhere") end):raises("ENETUNREACH")
  source.eth0:up()
  expect(sender:send("there")):reaches { member }
end)

scenario("outage: both ends of a cable, and a route through it", { each = families }, function(t)
  local net = t.net
  local lan = net:switch("lan")
  local router, member = net:router("router", lan), net:host("member")
  local source = net:host("source", lan)
  net:link(router, member)
  local group, port = t:group { family = t.case }, t:port()
  local receiver = member:receiver { group = group, port = port }
  router:mroute { group = group, source = source, to = { member } }
  local sender = source:sender { group = group, port = port, ttl = 2 }
  expect(sender:send("before")):reaches { member }

  router.eth1:down()
  member.eth0:down()
  sender:send("meanwhile")
  router.eth1:up()
  member.eth0:up()
  expect(sender:send("after")):reaches { member }
  expect(receiver:count()):equals(2)
end)

scenario("outage: a receiver that is opened meanwhile is ready afterwards", function(t)
  local source, member = t:hosts("source", "member")
  local group, port = t:group(), t:port()
  member.eth0:down()
  local receiver = member:receiver { group = group, port = port }
  local sender = source:sender { group = group, port = port }
  sender:send("lost")
  member.eth0:up()
  expect(sender:send("found")):reaches { member }
  expect(receiver:count()):equals(1)
end)

scenario("outage: loopback", function(t)
  local a = t:hosts("a")
  a.lo:down()
  expect(a.lo.flags.up):is_false()
  a.lo:up()
  expect(a.lo.flags.up):is_true()
end)

scenario("outage: an observer sees again", function(t)
  local source, member = t:hosts("source", "member")
  local group, port = t:group(), t:port()
  member:receiver { group = group, port = port }
  local observer = member:observer { group = group }
  local sender = source:sender { group = group, port = port }
  member.eth0:down()
  sender:send("lost")
  member.eth0:up()
  local sent = sender:send("found")
  expect(observer):sees(sent)
  expect(observer:count()):equals(1)
end)

-- ---- what silence proves ----------------------------------------------------------------------

local function inconclusive(verdict, reason)
  expect(verdict.inconclusive):is_true()
  expect(verdict.message):contains(reason)
end

local function two_receivers(t)
  local source, other, member = t:hosts("source", "other", "member")
  local group, port = t:group { family = t.case }, t:port()
  local receivers = {}
  for i, host in ipairs { other, member } do
    receivers[i] = host:receiver { group = group, port = port, reply = "ack" }
  end
  return source:sender { group = group, port = port }, other, member, receivers[2]
end

scenario("outage: who was cut off by the scenario is no witness", { each = families }, function(t)
  local sender, other, member, receiver = two_receivers(t)
  member.eth0:down()
  local sent = sender:send("to one")
  expect(sent):reaches { other }
  expect(sent):acknowledged_by { other }
  inconclusive(try(receiver):receives_nothing(), "eth0 of host 'member' was down meanwhile")

  t:step("what nobody could hear proves nothing")
  other.eth0:down()
  sent = sender:send("to nobody")
  inconclusive(try(sent):reaches_nobody(),
    "there is no receiver that could have heard it (eth0 of host 'other' is down)")
  inconclusive(try(sent):acknowledged_by {}, "there is no receiver with a reply")
  inconclusive(try(sender:stream { count = 10 }):reaches_nobody(), "(eth0 of host 'other' is down)")

  t:step("nor when the interfaces are up again")
  member.eth0:up()
  other.eth0:up()
  inconclusive(try(sent):reaches_nobody(), "there is no receiver that could have heard it")
  receiver:clear()
  expect(sender:send("to both")):reaches { other, member }
end)

scenario("outage: one that the scenario did not make is no proof", { each = families }, function(t)
  local sender, other, member, receiver = two_receivers(t)
  expect(sender:send("to both")):reaches { other, member }
  receiver:clear()
  expect(member:run { "ip", "link", "set", "eth0", "down" }.status):equals(0)
  local sent, down = sender:send("to one"), "eth0 of host 'member' is down"
  inconclusive(try(sent):reaches { other }, down)
  inconclusive(try(sent):acknowledged_by { other }, down)
  inconclusive(try(sender:stream { count = 10 }):reaches { other }, down)
  inconclusive(try(receiver):receives_nothing(), down)
end)

scenario("outage: of a stream, from its beginning to its end", { each = families }, function(t)
  local sender, other, member = two_receivers(t)
  member.eth0:down()
  local flow = sender:stream { rate = 1000 }
  local function grow()
    local before = flow.sent
    expect(eventually(function() return flow.sent > before + 20 end, { within = 10 })):is_true()
  end
  grow()
  flow:stop()
  expect(flow):reaches { other }

  t:step("a bystander that came back while it ran")
  flow = sender:stream { rate = 1000 }
  grow()
  member:block { direction = "in" }
  member.eth0:up()
  grow()
  flow:stop()
  inconclusive(try(flow):reaches { other }, "eth0 of host 'member' was down meanwhile")
end)

scenario("outage: of another interface", { each = families }, function(t)
  local left, right = t.net:switch("left"), t.net:switch("right")
  local source, other = t.net:host("source", left), t.net:host("other", left)
  local member = t.net:host("member", left, right)
  local group, port = t:group { family = t.case }, t:port()
  other:receiver { group = group, port = port }
  local listens = member:receiver { group = t:group { family = t.case }, port = port,
    interface = "eth0" }
  local bound = member:receiver { port = port, family = t.case }
  member.eth1:down()
  local sent = source:sender { group = group, port = port }:send("x")
  inconclusive(try(sent):reaches { other }, "eth1 of host 'member' was down meanwhile")
  bound:close()
  sent = source:sender { group = group, port = port }:send("x")
  expect(sent):reaches { other }
  expect(listens):receives_nothing()
end)
