-- A routing daemon says itself what it does not like.
-- needs: smcrouted
-- expect: exit 1
-- expect: broken "its configuration" host r1: smcroute does not take its configuration:\n/etc/smcroute.conf line 2: mroute: Invalid multicast group: 10.1.1.1\nParse error in /etc/smcroute.conf (EINVAL) (25)
-- expect: broken "a command" host r1: smcroute refuses a command:\nsmcroutectl: ipc: mroute: inbound eth7 is not a known phyint (EINVAL) (29)
-- expect: broken "beside static routes" host r1: smcroute cannot route multicast: router:mroute does it already (EADDRINUSE) (34)
-- expect: hint one owner per router: stop the daemon that runs, give static routes to the daemon, or use another router
-- expect: broken "static routes beside it" host r1: take over IPv4 multicast forwarding: Address already in use (EADDRINUSE) (39)
-- expect: hint a routing daemon has it already, and there is one owner per host: give it the route, or stop it
-- expect: broken "a file that is not there" daemon.smcroute: config: nowhere.conf cannot be read: No such file or directory (43)
-- expect: broken "a program that is not there" host r1: start 'mrouted-of-long-ago': No such file or directory (ENOENT) (47)
-- expect: hint install it, or give its path: it is in no directory of PATH, <any>
-- expect: broken "a daemon that is none" mcast.daemon has no 'smcrout' (did you mean 'smcroute'?) (51)

local daemon = require "mcast.daemon"

local lab = topology("a router", function(net)
  net:router("r1", {net:switch("left"), net:switch("right")})
end)

local route = {group = "239.1.1.1", from = "left", to = "right"}

scenario("its configuration", {topology = lab}, function(t)
  local text = "phyint eth0 enable\nmroute from eth0 group 10.1.1.1 to eth1\n"
  daemon.smcroute(t.net.routers.r1, {text = text})
end)

scenario("a command", {topology = lab}, function(t)
  daemon.smcroute(t.net.routers.r1):command("add", "eth7", "10.0.0.1", "239.1.1.1", "eth1")
end)

scenario("beside static routes", {topology = lab}, function(t)
  t.net.routers.r1:mroute(route)
  daemon.smcroute(t.net.routers.r1)
end)

scenario("static routes beside it", {topology = lab}, function(t)
  daemon.smcroute(t.net.routers.r1)
  t.net.routers.r1:mroute(route)
end)

scenario("a file that is not there", {topology = lab}, function(t)
  daemon.smcroute(t.net.routers.r1, {config = "nowhere.conf"})
end)

scenario("a program that is not there", {topology = lab}, function(t)
  t.net.routers.r1:start{"mrouted-of-long-ago"}
end)

scenario("a daemon that is none", function(t)
  daemon.smcrout(t.net.routers.r1)
end)
