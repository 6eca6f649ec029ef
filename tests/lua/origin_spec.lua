-- Whose address it is: hosts on a link also send from link-local addresses.
local origin = require "mcast.origin"

local lab = topology("two links", function(net)
  local left, right = net:switch("left"), net:switch("right")
  net:host("a", {left, right})
  net:host("source", {left, right})
  net:host("b", right)
  net:host("elsewhere", left)
end)

scenario("origin: replies to groups of an IPv6 link are told apart by host", {topology = lab,
  each = {"ff02::abcd", "ff02::1"}}, function(t)
  local a, source, b, elsewhere = t:hosts("a", "source", "b", "elsewhere")
  local group, port = t.case, t:port()
  local heard = a:receiver{group = group, port = port, interface = "eth1", reply = "a"}
  b:receiver{group = group, port = port, reply = function(m) return m.from.host.name end}
  elsewhere:receiver{group = group, port = port, reply = "elsewhere"}
  local sender = source:sender{group = group, port = port, interface = "eth1"}

  local sent = sender:send("who is on the right?")
  expect(sent):acknowledged_by{a, b}
  expect(sent):reaches{a, b}
  local acks = sender:request("and now?", {from = {a, b}, within = 5})
  expect(acks:hosts()):equals{a, b}
  expect(acks:missing()):equals{}
  expect(heard:next().from.host):equals(source)
end)

local function host_with(...)
  local addresses = { ... }
  return { _addresses = function() return addresses end }
end

scenario("origin: a link-local address that two hosts have is nobody's", function()
  local one = host_with("10.1.0.1", "fe80::1%2", "fe80::2%2")
  local other = host_with("10.1.0.2", "fe80::1%3")
  local known = origin.new{one, other}
  known:add("10.1.0.1", one)
  known:add("fe80::7", one) -- is looked up as the hosts have it
  expect(known:host_of("10.1.0.1") == one):is_true()
  expect(known:host_of("10.1.0.9")):is_nil()
  expect(known:host_of("fe80::2%9") == one):is_true()
  expect(known:host_of("fe80::1%2")):is_nil()
  expect(known:host_of("fe80::7")):is_nil()
end)
