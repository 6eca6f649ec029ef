-- An unknown key is an error that names the nearest known one.
-- expect: exit 1

local misspelt_switch = topology("a misspelt switch", function(net)
  net:host("a", net:switch("lan", {snoping = true}))
end)
local misspelt_attachment = topology("a misspelt attachment", function(net)
  net:host("a", {net:switch("lan"), adress = "10.0.0.1"})
end)

scenario("of a receiver", function(t)
  t:hosts("a"):receiver{gruop = "239.1.2.3", port = 5000}
end)

scenario("of a sender", function(t)
  t:hosts("a"):sender{group = "239.1.2.3", port = 5000, tll = 1}
end)

scenario("of an observer", function(t)
  t:hosts("a"):observer{groups = "239.1.2.3"}
end)

scenario("of a socket", function(t)
  t:hosts("a"):socket{famly = "ipv6"}
end)

scenario("of a group", function(t)
  t:group{familiy = "ipv6"}
end)

scenario("of a request", function(t)
  t:hosts("a"):sender{group = "239.1.2.3", port = 5000}:request("x", {wthin = 1})
end)

scenario("of recvfrom", function(t)
  t:hosts("a"):socket():recvfrom{timout = 1}
end)

scenario("of a membership", function(t)
  t:hosts("a"):socket():add_membership("239.1.2.3", {iface = "eth0"})
end)

scenario("of the outgoing interface", function(t)
  t:hosts("a"):socket():set_multicast_if{adress = "10.0.0.1"}
end)

scenario("of eventually", function()
  eventually(function() return true end, {evry = 0.1})
end)

scenario("of a switch", {topology = misspelt_switch}, function(t)
  t:hosts("a")
end)

scenario("of an attachment", {topology = misspelt_attachment}, function(t)
  t:hosts("a")
end)

scenario("a property that a socket has not", function(t)
  t:hosts("a"):socket().multicast_tll = 2
end)

scenario("a property that a socket has not, read", function(t)
  expect(t:hosts("a"):socket().multicast_tll):is_nil()
end)

scenario("a property that is read only", function(t)
  t:hosts("a"):socket().local_port = 2
end)

scenario("a method that t has not", function(t)
  t:stepp("one")
end)

scenario("a method that a host has not", function(t)
  t:hosts("a"):reciever{}
end)

scenario("a missing port", function(t)
  t:hosts("a"):receiver{group = "239.1.2.3"}
end)

scenario("a missing group", function(t)
  t:hosts("a"):sender{port = 5000}
end)

scenario("no table at all", function(t)
  t:hosts("a"):receiver("239.1.2.3", 5000)
end)
