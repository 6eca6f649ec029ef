-- A claim that does not exist, or not for this.
-- expect: exit 1

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

scenario("silence of a host of another network", {topology = two_lans}, function(t)
  local source, far = t:hosts("source", "far")
  far:receiver{group = "239.1.2.3", port = 5000}
  local sent = source:sender{group = "239.1.2.3", port = 5000}:send("x")
  expect(sent):reaches_nobody()
end)
