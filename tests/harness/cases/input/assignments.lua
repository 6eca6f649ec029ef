-- What can only be read is not taken for a setting.
-- expect: exit 1
-- expect: broken "a sender's TTL" sender: ttl can only be read: set sender.socket.multicast_ttl (17)
-- expect: broken "a sender's loop" sender: loop can only be read: set sender.socket.multicast_loop (20)
-- expect: broken "a role of a switch" switch 'lan': querier can only be called: switch:set{querier = false} changes it (24)
-- expect: broken "an option of a switch" switch 'lan': snooping can only be read: switch:set{snooping = false} changes it (28)
-- expect: broken "what a host is asked for" host 'a': receiver can only be called: host:receiver(...) (31)
-- expect: broken "an interface's MTU" eth0 of host 'a': mtu can only be read: net:host(name, {switch, mtu = 1400}) gives it one (34)
-- expect: broken "a list of groups that stayed empty" host:receiver: groups: expected one or more, got an empty list; without it: nothing is joined (37)

local function sender_of(t)
  local a = t:hosts("a")
  return a:sender{group = "239.1.1.1", port = 7}, t.net
end

scenario("a sender's TTL", function(t)
  sender_of(t).ttl = 5
end)
scenario("a sender's loop", function(t)
  sender_of(t).loop = false
end)
scenario("a role of a switch", function(t)
  local _, net = sender_of(t)
  net.switches.lan.querier = false
end)
scenario("an option of a switch", function(t)
  local _, net = sender_of(t)
  net.switches.lan.snooping = false
end)
scenario("what a host is asked for", function(t)
  t:hosts("a").receiver = 1
end)
scenario("an interface's MTU", function(t)
  t:hosts("a").eth0.mtu = 1400
end)
scenario("a list of groups that stayed empty", function(t)
  t:hosts("a"):receiver{groups = {}, port = 7}
end)
