-- What can only be read is not taken for a setting.
-- expect: exit 1
-- expect: broken "a sender's TTL" sender: ttl can only be read: set sender.socket.multicast_ttl (23)
-- expect: broken "a sender's loop" sender: loop can only be read: set sender.socket.multicast_loop (26)
-- expect: broken "a role of a switch" switch 'lan': querier can only be called: switch:set{querier = false} changes it (30)
-- expect: broken "an option of a switch" switch 'lan': snooping can only be read: switch:set{snooping = false} changes it (34)
-- expect: broken "what a host is asked for" host 'a': receiver can only be called: host:receiver(...) (37)
-- expect: broken "an interface's MTU" eth0 of host 'a': mtu can only be read: net:host(name, {switch, mtu = 1400}) gives it one (40)
-- expect: broken "a receiver's port" receiver on host 'a' (239.1.1.1 port 7): port can only be read (43)
-- expect: broken "a receiver's groups" receiver on host 'a' (239.1.1.1 port 7): groups can only be read: receiver:join and receiver:leave change them (46)
-- expect: broken "a sender's group" sender on host 'a' (to 239.1.1.1 port 7): group can only be read (49)
-- expect: broken "a host's name" host 'a': name can only be read (52)
-- expect: broken "what was sent" datagram "x" from host 'a' to 239.1.1.1 port 7: data can only be read (55)
-- expect: broken "a word of the language" mcast: now can only be read (58)
-- expect: broken "a list of groups that stayed empty" host:receiver: groups: expected one or more, got an empty list; without it: nothing is joined (61)

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
scenario("a receiver's port", function(t)
  t:hosts("a"):receiver{group = "239.1.1.1", port = 7}.port = 5
end)
scenario("a receiver's groups", function(t)
  t:hosts("a"):receiver{group = "239.1.1.1", port = 7}.groups = {}
end)
scenario("a sender's group", function(t)
  sender_of(t).group = "239.1.1.2"
end)
scenario("a host's name", function(t)
  t:hosts("a").name = "b"
end)
scenario("what was sent", function(t)
  sender_of(t):send("x").data = "y"
end)
scenario("a word of the language", function()
  require("mcast").now = os.clock
end)
scenario("a list of groups that stayed empty", function(t)
  t:hosts("a"):receiver{groups = {}, port = 7}
end)
