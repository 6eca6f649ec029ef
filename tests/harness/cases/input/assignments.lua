-- What can only be read is not taken for a setting.
-- expect: exit 1
-- expect: broken "a sender's TTL" sender: ttl can only be read: set sender.socket.multicast_ttl (14)
-- expect: broken "a sender's loop" sender: loop can only be read: set sender.socket.multicast_loop (17)
-- expect: broken "an option of a switch" switch 'lan': querier can only be called (21)
-- expect: broken "a list of groups that stayed empty" host:receiver: groups: expected one or more, got an empty list; without it: nothing is joined (24)

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
scenario("an option of a switch", function(t)
  local _, net = sender_of(t)
  net.switches.lan.querier = false
end)
scenario("a list of groups that stayed empty", function(t)
  t:hosts("a"):receiver{groups = {}, port = 7}
end)
