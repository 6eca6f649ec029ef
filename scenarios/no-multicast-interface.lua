-- An interface without multicast.
--
--      source                        member
--      lo: no MULTICAST flag         |
--      eth0: MULTICAST               |
--         |                          |
--     ----+--------------------------+----  lan
--
-- The loopback interface lacks IFF_MULTICAST: there is nobody behind it to whom one could report a
-- membership. Linux lets an IPv4 program join and send on it all the same, and what is sent there
-- never leaves the host. netdevice(7), RFC 1112 section 6.1.

scenario("loopback says that it has no multicast, eth0 that it has", function(t)
  local source = t:hosts("source")

  expect(source:interface("lo").flags.multicast):is_false()
  expect(source.eth0.flags.multicast):is_true()
end)

scenario("what is sent on loopback stays in the host", function(t)
  local source, member = t:hosts("source", "member")
  local group, port = t:group(), t:port()

  source:receiver{group = group, port = port, interface = "lo"}
  member:receiver{group = group, port = port}

  expect(source:sender{group = group, port = port, interface = "lo"}:send("inside"))
    :reaches{source}
  expect(source:sender{group = group, port = port, interface = "eth0"}:send("outside"))
    :reaches{member}
end)

local hermitage = topology("a host without a network", function(net)
  net:host("hermit")
end)

scenario("a host without a network can neither join nor send",
  {each = {"ipv4", "ipv6"}, topology = hermitage}, function(t)
  local socket = t:hosts("hermit"):socket{family = t.case}
  local group, port = t:group{family = t.case}, t:port()

  expect(function() socket:add_membership(group) end):raises("ENODEV")
  expect(function() socket:sendto("anyone?", group, port) end):raises("ENETUNREACH")
end)
