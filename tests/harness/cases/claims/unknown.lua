-- A claim that does not exist, or not for this.
-- expect: exit 1
-- expect: broken "of another subject" expect(host): there is no claim 'receives' (known: contains, equals, exists, is_at_least, is_at_most, is_false, is_member, is_nil, is_not_member, is_true, matches and near) (17)
-- expect: broken "misspelt" expect(datagram): there is no claim 'reachs' (did you mean 'reaches'?) (known: acknowledged_by, contains, crosses, equals, exists, is_at_least, is_at_most, is_false, is_nil, is_true, matches, near, reaches and reaches_nobody) (12)
-- expect: broken "an unknown option of a claim" expect(sent):reaches: unknown option 'withn' (did you mean 'within'?) (23)
-- expect: broken "something that is no host" expect(sent):reaches: network 'network' has no host 'a' (known: source) (29)
-- expect: failed "hosts without a list" datagram "x" from host 'source' to 239.1.2.3 port 5000: expected to reach a, seen nobody: a did not get it: it has no open receiver (35)
-- expect: failed "a host of another network" datagram "x" from host 'source' to 239.1.2.3 port 5000: expected to reach far, seen nobody: far did not get it: it shares no switch with source (47)

scenario("misspelt", function(t)
  local source = t:hosts("source")
  expect(source:sender{group = "239.1.2.3", port = 5000}:send("x")):reachs{}
end)

scenario("of another subject", function(t)
  local a = t:hosts("a")
  expect(a):receives("x")
end)

scenario("an unknown option of a claim", function(t)
  local source = t:hosts("source")
  local sent = source:sender{group = "239.1.2.3", port = 5000}:send("x")
  expect(sent):reaches({}, {withn = 1})
end)

scenario("something that is no host", function(t)
  local source = t:hosts("source")
  local sent = source:sender{group = "239.1.2.3", port = 5000}:send("x")
  expect(sent):reaches{"a"}
end)

scenario("hosts without a list", function(t)
  local source, a = t:hosts("source", "a")
  local sent = source:sender{group = "239.1.2.3", port = 5000}:send("x")
  expect(sent):reaches(a)
end)

local two_lans = topology("two LANs without a router", function(net)
  net:host("source", net:switch("left"))
  net:host("far", net:switch("right"))
end)

scenario("a host of another network", {topology = two_lans}, function(t)
  local source, far = t:hosts("source", "far")
  far:receiver{group = "239.1.2.3", port = 5000}
  local sent = source:sender{group = "239.1.2.3", port = 5000}:send("x")
  expect(sent):reaches({far}, {within = 0.1})
end)
