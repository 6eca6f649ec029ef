-- Multicast routes that cannot be.
-- expect: exit 1
-- expect: broken "a group that stays on its link" router:mroute: group: 224.0.0.251 is never forwarded: its scope is the link (26)
-- expect: broken "an IPv6 group that stays on its link" router:mroute: group: ff02::fb is never forwarded: its scope is the link (29)
-- expect: broken "a threshold for IPv6" router:mroute: ttl_threshold: the kernel has none for IPv6 (32)
-- expect: broken "a source of the other family" router:mroute: source: fd00:1::1 and group 239.1.2.3 are of different families (35)
-- expect: broken "an interface of another host" router:mroute: from: eth0 of host 'a' is not an interface of router 'r' (38)
-- expect: broken "an interface that it has not" router:mroute: to: router 'r' has no interface 'eth7', and there is no switch or host of that name (did you mean 'eth0'?) (41)
-- expect: broken "loopback" router:mroute: to: multicast is not routed through lo of host 'r' (44)
-- expect: broken "a switch that it is not on" router:mroute: router 'r' has no interface on switch 'far' (47)
-- expect: broken "out where it came in" router:mroute: router 'r': what comes in through eth0 cannot go out through it (50)
-- expect: broken "no way in" router:mroute: from: missing; expected an interface, a switch, a link or a host (53)
-- expect: broken "no way out" router:mroute: to: expected interfaces, switches or hosts, got none (56)
-- expect: broken "a route twice" router:mroute: router 'r' has a route (*, 239.1.2.3) already: remove it first (60)
-- expect: broken "a host that routes" host 'a' has no 'mroute': only routers do (net:router) (63)

local lab = topology("a router", function(net)
  local near = net:switch("near", {subnet6 = "fd00:1::/64"})
  net:router("r", {near, net:switch("next")})
  net:host("a", near)
  net:switch("far")
end)

local function routes(name, run) scenario(name, {topology = lab}, run) end
routes("a group that stays on its link", function(t)
  t:hosts("r"):mroute{group = "224.0.0.251", from = "near", to = {"next"}}
end)
routes("an IPv6 group that stays on its link", function(t)
  t:hosts("r"):mroute{group = "ff02::fb", from = "near", to = {"next"}}
end)
routes("a threshold for IPv6", function(t)
  t:hosts("r"):mroute{group = "ff15::1", from = "near", to = {"next"}, ttl_threshold = 3}
end)
routes("a source of the other family", function(t)
  t:hosts("r"):mroute{group = "239.1.2.3", source = "fd00:1::1", to = {"next"}}
end)
routes("an interface of another host", function(t)
  t:hosts("r"):mroute{group = "239.1.2.3", from = t:hosts("a").eth0, to = {"next"}}
end)
routes("an interface that it has not", function(t)
  t:hosts("r"):mroute{group = "239.1.2.3", from = "near", to = {"eth7"}}
end)
routes("loopback", function(t)
  t:hosts("r"):mroute{group = "239.1.2.3", from = "near", to = {t:hosts("r").lo}}
end)
routes("a switch that it is not on", function(t)
  t:hosts("r"):mroute{group = "239.1.2.3", from = "near", to = {"far"}}
end)
routes("out where it came in", function(t)
  t:hosts("r"):mroute{group = "239.1.2.3", from = "near", to = {"next", "eth0"}}
end)
routes("no way in", function(t)
  t:hosts("r"):mroute{group = "239.1.2.3", to = {"next"}}
end)
routes("no way out", function(t)
  t:hosts("r"):mroute{group = "239.1.2.3", from = "near", to = {}}
end)
routes("a route twice", function(t)
  t:hosts("r"):mroute{group = "239.1.2.3", from = "near", to = {"next"}}
  t:hosts("r"):mroute{group = "239.1.2.3", from = "near", to = {"next"}}
end)
routes("a host that routes", function(t)
  t:hosts("a"):mroute{group = "239.1.2.3", from = "near", to = {"next"}}
end)
