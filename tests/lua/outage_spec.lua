-- interface:down and :up: nothing crosses while it is down, and all is as before when it is up.
local families = { "ipv4", "ipv6" }

local function state_of(host)
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
  member:receiver { group = group, port = port }
  router:mroute { group = group, source = source, to = { member } }
  local sender = source:sender { group = group, port = port, ttl = 2 }
  expect(sender:send("before")):reaches { member }

  router.eth1:down()
  member.eth0:down()
  expect(sender:send("meanwhile")):reaches_nobody()
  router.eth1:up()
  member.eth0:up()
  expect(sender:send("after")):reaches { member }
end)

scenario("outage: a receiver that is opened meanwhile is ready afterwards", function(t)
  local source, member = t:hosts("source", "member")
  local group, port = t:group(), t:port()
  member.eth0:down()
  member:receiver { group = group, port = port }
  local sender = source:sender { group = group, port = port }
  expect(sender:send("lost")):reaches_nobody()
  member.eth0:up()
  expect(sender:send("found")):reaches { member }
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
