-- A firewall on a member drops the group; the network and the other members are none the worse.
--
--     source         member       other
--        |              | (x)        |
--    ----+--------------+------------+----  lan
--
-- The switch cannot know: the member has joined, so the datagram crosses to it, and its kernel
-- drops it before any socket hears it. A rule for what a host sends itself is told to the program
-- that sends: send() fails with EPERM (netfilter's output hooks).

local families = {"ipv4", "ipv6"}

scenario("a firewall drops the group at one member", {each = families}, function(t)
  local source, member, other = t:hosts("source", "member", "other")
  local group, port = t:group{family = t.case}, t:port()
  for _, host in ipairs{member, other} do
    host:receiver{group = group, port = port, reply = "ack"}
  end
  local wire = member:observer{group = group}
  local sender = source:sender{group = group, port = port}
  expect(sender:send("before")):acknowledged_by{member, other}

  local rule = member:block{group = group, direction = "in"}
  local sent = sender:send("dropped at one")
  expect(sent):reaches{other}
  expect(sent):acknowledged_by{other}
  expect(wire):sees(sent)
  expect(rule.packets):equals(1)

  t:step("without it all is as before")
  rule:remove()
  expect(sender:send("after")):acknowledged_by{member, other}
end)

scenario("a firewall that means one source spares the others", {each = families}, function(t)
  local good, bad, member = t:hosts("good", "bad", "member")
  local group, port = t:group{family = t.case}, t:port()
  member:receiver{group = group, port = port}
  member:block{group = group, source = bad, port = port, direction = "in"}
  expect(bad:sender{group = group, port = port}:send("unwanted")):reaches_nobody()
  expect(good:sender{group = group, port = port}:send("wanted")):reaches{member}
end)

scenario("a firewall on the way out is told to the sender", {each = families}, function(t)
  local source, member = t:hosts("source", "member")
  local group, port = t:group{family = t.case}, t:port()
  member:receiver{group = group, port = port}
  local sender = source:sender{group = group, port = port}
  local rule = source:block{group = group, direction = "out"}
  expect(function() sender:send("stays") end):raises("EPERM")
  rule:remove()
  expect(sender:send("leaves")):reaches{member}
end)
