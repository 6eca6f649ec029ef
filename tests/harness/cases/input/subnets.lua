-- Subnets that hosts cannot have, and addresses of a subnet that are nobody's.
-- expect: exit 1
-- expect: broken "a subnet of groups" net:switch: subnet: expected a subnet for hosts (224.0.0.0/4 is of groups), got "224.1.0.0/24" (18)
-- expect: broken "a subnet of groups, IPv6" net:switch: subnet6: expected a subnet for hosts (ff00::/8 is of groups), got "ff15::/64" (22)
-- expect: broken "a subnet of loopback" net:switch: subnet: expected a subnet for hosts (127.0.0.0/8 is loopback's), got "127.1.0.0/24" (26)
-- expect: broken "a link-local subnet" net:switch: subnet6: expected a subnet for hosts (fe80::/10 is of a single link), got "fe80::/64" (30)
-- expect: broken "everything as a subnet" net:switch: subnet: expected a subnet for hosts (0.0.0.0/8 is this network's own), got "0.0.0.0/0" (34)
-- expect: broken "a link of loopback" net:link: subnet: expected a subnet for hosts (127.0.0.0/8 is loopback's), got "127.0.0.0/30" (39)
-- expect: broken "a broadcast address" net:host: host 'a': 10.1.0.255 is no host's in 10.1.0.0/24 of switch 'lan': it is the subnet's own, or its broadcast address (43)
-- expect: broken "the address of the subnet itself" net:host: host 'a': 10.1.0.0 is no host's in 10.1.0.0/24 of switch 'lan': it is the subnet's own, or its broadcast address (47)
-- expect: broken "a switch that is nil" net:host: attach: expected a switch, or a table {switch, address=, ...}, got nil (52)

local function on(name, build)
  scenario(name, {topology = topology(name, build)}, function() end)
end

on("a subnet of groups", function(net)
  net:switch("lan", {subnet = "224.1.0.0/24"})
end)

on("a subnet of groups, IPv6", function(net)
  net:switch("lan", {subnet6 = "ff15::/64"})
end)

on("a subnet of loopback", function(net)
  net:switch("lan", {subnet = "127.1.0.0/24"})
end)

on("a link-local subnet", function(net)
  net:switch("lan", {subnet6 = "fe80::/64"})
end)

on("everything as a subnet", function(net)
  net:switch("lan", {subnet = "0.0.0.0/0"})
end)

on("a link of loopback", function(net)
  local lan = net:switch("lan")
  net:link(net:host("a", lan), net:host("b", lan), {subnet = "127.0.0.0/30"})
end)

on("a broadcast address", function(net)
  net:host("a", {net:switch("lan", {subnet = "10.1.0.0/24"}), address = "10.1.0.255"})
end)

on("the address of the subnet itself", function(net)
  net:host("a", {net:switch("lan", {subnet = "10.1.0.0/24"}), address = "10.1.0.0"})
end)

on("a switch that is nil", function(net)
  net:switch("lan")
  net:host("a", net.switches[2])
end)
