-- host:block: what is dropped, what is not, what is counted.
local families = { "ipv4", "ipv6" }
local address_of = { ipv4 = "address", ipv6 = "address6" }

scenario("block: a group, and nothing else", { each = families }, function(t)
  local source, member, other = t:hosts("source", "member", "other")
  local group, second, port = t:group { family = t.case }, t:group { family = t.case }, t:port()
  other:receiver { group = group, port = port }
  member:receiver { groups = { group, second }, port = port }
  local sender = source:sender { group = group, port = port }
  local block = member:block { group = group, direction = "in" }
  expect(block.group):equals(group)
  expect(block.source):is_nil()

  expect(sender:send("to members")):reaches { other }
  expect(source:sender { group = second, port = port }:send("to one")):reaches { member }
  expect(block.packets):equals(1)
  expect(block.bytes):equals(10 + 8 + (t.case == "ipv4" and 20 or 40))

  expect(block.removed):is_false()
  block:remove()
  block:remove()
  expect(block.removed):is_true()
  expect(sender:send("again")):reaches { member, other }
  expect(block.packets):equals(1)
end)

scenario("block: one source of several", { each = families }, function(t)
  local good, bad, member = t:hosts("good", "bad", "member")
  local group, port = t:group { family = t.case }, t:port()
  member:receiver { group = group, port = port }
  local block = member:block { source = bad, group = group, port = port }
  expect(block.source):equals(bad[address_of[t.case]])
  expect(block.direction):equals("both")
  expect(bad:sender { group = group, port = port }:send("no")):reaches_nobody()
  expect(good:sender { group = group, port = port }:send("yes")):reaches { member }
end)

scenario("block: a program that sends is told", { each = families }, function(t)
  local source, member = t:hosts("source", "member")
  local group, port = t:group { family = t.case }, t:port()
  member:receiver { group = group, port = port, reply = "ack" }
  local sender = source:sender { group = group, port = port }
  local block = source:block { port = port, direction = "out" }
  expect(function() sender:send("no") end):raises("EPERM")
  block:remove()
  expect(sender:send("yes")):acknowledged_by { member }
end)

scenario("block: a reply that cannot be sent", { each = families }, function(t)
  local source, member = t:hosts("source", "member")
  local group, port = t:group { family = t.case }, t:port()
  member:receiver { group = group, port = port, reply = "ack" }
  local sender = source:sender { group = group, port = port }
  member:block { port = sender.source_port, direction = "out" }
  local sent = sender:send("answer me")
  expect(sent):reaches { member }
  expect(sent):acknowledged_by {}
end)

scenario("block: a router forwards none of it", { each = families }, function(t)
  local net = t.net
  local left, right = net:switch("left"), net:switch("right")
  local router = net:router("router", { left, right })
  local source, member = net:host("source", left), net:host("member", right)
  local group, port = t:group { family = t.case }, t:port()
  member:receiver { group = group, port = port }
  router:mroute { group = group, source = source, to = { member } }
  local sender = source:sender { group = group, port = port, ttl = 2 }
  expect(sender:send("before")):reaches { member }
  local block = router:block { group = group, direction = "out" }
  expect(sender:send("meanwhile")):reaches_nobody()
  expect(block.packets):equals(1)
  block:remove()
  expect(sender:send("after")):reaches { member }
end)
