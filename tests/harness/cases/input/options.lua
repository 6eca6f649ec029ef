-- An unknown key is an error that names the nearest known one.
-- expect: exit 1
-- expect: broken "of a sender" host:sender: unknown option 'tll' (did you mean 'ttl'?) (35)
-- expect: broken "of a receiver" host:receiver: unknown option 'gruop' (did you mean 'group'?) (31)
-- expect: broken "of an observer" host:observer: unknown option 'groups' (did you mean 'group'?) (39)
-- expect: broken "of a group" t:group: unknown option 'familiy' (did you mean 'family'?) (47)
-- expect: broken "of a socket" host:socket: unknown option 'famly' (did you mean 'family'?) (43)
-- expect: broken "of a request" sender:request: unknown option 'wthin' (did you mean 'within'?) (51)
-- expect: broken "of recvfrom" socket:recvfrom: unknown option 'timout' (did you mean 'timeout'?) (55)
-- expect: broken "of a membership" socket:add_membership: unknown option 'iface' (known: interface and local_addr) (59)
-- expect: broken "of the outgoing interface" socket:set_multicast_if: unknown option 'adress' (did you mean 'address'?) (63)
-- expect: broken "of eventually" eventually: unknown option 'evry' (did you mean 'every'?) (67)
-- expect: broken "of a switch" net:switch: unknown option 'snoping' (did you mean 'snooping'?) (24)
-- expect: broken "of an attachment" net:host: unknown option 'adress' (did you mean 'address'?) (27)
-- expect: broken "a property that a socket has not" socket of host 'a' has no 'multicast_tl' (did you mean 'multicast_ttl'?) (79)
-- expect: broken "a property that a socket has not, read" socket of host 'a' has no 'multicast_tl' (did you mean 'multicast_ttl'?) (83)
-- expect: broken "a property that is read only" socket of host 'a': local_port can only be read (87)
-- expect: broken "a method that t has not" t has no 'stepp' (did you mean 'step'?) (91)
-- expect: broken "a method that a host has not" host 'a' has no 'reciever' (did you mean 'receiver'?) (95)
-- expect: broken "a missing group" host:sender: group: missing; expected a multicast address (224.0.0.0/4 or ff00::/8) (99)
-- expect: broken "no table at all" host:receiver: expected a table of options, got "239.1.2.3" (103)

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
  t:hosts("a"):socket().multicast_tl = 2
end)

scenario("a property that a socket has not, read", function(t)
  expect(t:hosts("a"):socket().multicast_tl):is_nil()
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

scenario("a missing group", function(t)
  t:hosts("a"):sender{port = 5000}
end)

scenario("no table at all", function(t)
  t:hosts("a"):receiver("239.1.2.3", 5000)
end)
