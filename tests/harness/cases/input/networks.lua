-- Networks that cannot be, and hosts and interfaces that are not there.
-- expect: exit 1

local twice = topology("a host twice", function(net)
  local lan = net:switch("lan")
  net:host("a", lan)
  net:host("a", lan)
end)
local host_and_switch = topology("a host named like a switch", function(net)
  net:host("lan", net:switch("lan"))
end)
local no_switch = topology("a host on nothing known", function(net)
  net:host("a", "lan")
end)
local bad_subnet = topology("a subnet that is none", function(net)
  net:host("a", net:switch("lan", {subnet = "10.0.0.0/33"}))
end)
local outside = topology("an address outside its subnet", function(net)
  net:host("a", {net:switch("lan", {subnet = "10.0.0.0/24"}), address = "10.0.1.1"})
end)
local same_address = topology("an address twice", function(net)
  local lan = net:switch("lan", {subnet = "10.0.0.0/24"})
  net:host("a", {lan, address = "10.0.0.9"})
  net:host("b", {lan, address = "10.0.0.9"})
end)
local bad_version = topology("an IGMP version that is none", function(net)
  net:host("a", net:switch("lan", {igmp_version = 4}))
end)
local broken_builder = topology("an error in the topology", function(net)
  net:host("a", net:switch("lan"))
  error("out of cable")
end)
local two_lans = topology("two LANs", function(net)
  net:host("a", {net:switch("left"), net:switch("right")})
end)

scenario("a host named twice", {topology = twice}, function(t) t:hosts("a") end)
scenario("a host named twice by hosts", function(t) t:hosts("a", "a") end)
scenario("a host named like a switch", {topology = host_and_switch}, function(t)
  t:hosts("lan")
end)
scenario("a host on nothing known", {topology = no_switch}, function(t) t:hosts("a") end)
scenario("a host that the topology has not", {topology = two_lans}, function(t) t:hosts("b") end)
scenario("a subnet that is none", {topology = bad_subnet}, function(t) t:hosts("a") end)
scenario("an address outside its subnet", {topology = outside}, function(t) t:hosts("a") end)
scenario("an address twice", {topology = same_address}, function(t) t:hosts("a") end)
scenario("an IGMP version that is none", {topology = bad_version}, function(t) t:hosts("a") end)
scenario("an error in the topology", {topology = broken_builder}, function(t) t:hosts("a") end)
scenario("an empty name", function(t) t:hosts("") end)

scenario("a receiver on an interface that does not exist", function(t)
  t:hosts("a"):receiver{group = "239.1.2.3", port = 5000, interface = "eth1"}
end)

scenario("a join on an interface that does not exist", function(t)
  t:hosts("a"):socket():add_membership("239.1.2.3", {interface = "wlan0"})
end)

scenario("an interface index that does not exist", function(t)
  t:hosts("a"):socket():set_multicast_if{interface = 99}
end)

scenario("an interface by an address that it has not", function(t)
  t:hosts("a"):socket():set_multicast_if{address = "192.0.2.1"}
end)

scenario("an interface of another host", function(t)
  local a, b = t:hosts("a", "b")
  a:receiver{group = "239.1.2.3", port = 5000, interface = b.eth0}
end)

scenario("a join that has two interfaces to choose from", {topology = two_lans}, function(t)
  t:hosts("a"):receiver{group = "239.1.2.3", port = 5000}
end)

scenario("a send that has two interfaces to choose from", {topology = two_lans}, function(t)
  t:hosts("a"):sender{group = "239.1.2.3", port = 5000}:send("x")
end)

scenario("an interface that does not exist, asked for", function(t)
  t:hosts("a"):interface("eth1")
end)
