-- The built-in demonstration: `mcast-harness demo`.
--
-- One sender, three receivers and a bystander on a snooping switch. Who acknowledges, who hears it,
-- and whose wire is spared, over IPv4 and over IPv6.

local families = { "ipv4", "ipv6" }

scenario("every member acknowledges, and nobody else", { each = families }, function(t)
  local source, a, b, c, bystander = t:hosts("source", "a", "b", "c", "bystander")
  local group, port = t:group { family = t.case }, t:port()

  t:step("a, b and c join " .. group .. "; bystander listens on the port and joins nothing")
  for _, member in ipairs { a, b, c } do
    member:receiver { group = group, port = port, reply = "ack from " .. member.name }
  end
  local idle = bystander:receiver { port = port, family = t.case, reply = "ack" }

  t:step("source sends one datagram")
  local sent = source:sender { group = group, port = port }:send("very important data")

  expect(sent):acknowledged_by({ a, b, c }, { within = 0.5 })
  expect(sent):reaches { a, b, c }
  expect(idle):receives_nothing()
end)

scenario("who leaves is left alone", { each = families }, function(t)
  local source, a, b = t:hosts("source", "a", "b")
  local group, port = t:group { family = t.case }, t:port()
  local leaving = a:receiver { group = group, port = port }
  b:receiver { group = group, port = port }
  local sender = source:sender { group = group, port = port }

  t:step("a and b are members")
  expect(sender:send("to both")):reaches { a, b }

  t:step("a leaves")
  leaving:leave(group)
  expect(sender:send("to b alone")):reaches { b }
end)
