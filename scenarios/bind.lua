-- To what should a receiver bind? To any address, or to the group itself?
--
--      source               member
--      sends to red         two programs on one port:
--      and to blue          one joined red, one joined blue
--         |                    |
--     ----+--------------------+----  lan
--
-- bind(2) filters by destination address; joining only brings the group into the host. So a socket
-- that is bound to any address hears whatever any program of its host has joined on that port,
-- unless IP_MULTICAST_ALL is off; one that is bound to the group hears that group and nothing else.
-- ip(7), RFC 1122 section 4.1.3.5.

local families = {"ipv4", "ipv6"}

--- One program that hears red, bound as `bind` says, beside one that hears blue.
local function two_programs(t, bind)
  local member, source = t:hosts("member", "source")
  local red, blue, port = t:group{family = t.case}, t:group{family = t.case}, t:port()

  local red_program = member:receiver{group = red, port = port, bind = bind}
  member:receiver{group = blue, port = port, bind = "group"}
  red_program.socket.multicast_all = true -- as the kernel has it unless told otherwise

  local to_blue = source:sender{group = blue, port = port}
  local to_red = source:sender{group = red, port = port}
  return red_program, to_red, to_blue
end

scenario("bound to any address, it hears its neighbour's group too", {each = families},
  function(t)
  local red_program, to_red, to_blue = two_programs(t, "any")

  to_red:send("red")
  to_blue:send("blue")

  expect(red_program):receives("red")
  expect(red_program):receives("blue") -- which it never joined
end)

scenario("bound to the group, it hears that group alone", {each = families}, function(t)
  local red_program, to_red, to_blue = two_programs(t, "group")

  to_blue:send("blue")
  to_red:send("red")

  expect(red_program:next().data):equals("red") -- "blue" was sent first
end)

scenario("bound to a unicast address, it hears no group at all", {each = families}, function(t)
  local member, source = t:hosts("member", "source")
  local group, port = t:group{family = t.case}, t:port()
  local unicast = t.case == "ipv6" and member.address6 or member.address

  local socket = member:socket{family = t.case}
  socket:bind(unicast, port)
  socket:add_membership(group)

  local sender = source:socket{family = t.case}
  sender:sendto("to the group", group, port)
  sender:sendto("to the host", unicast, port)

  expect((socket:recvfrom())):equals("to the host") -- "to the group" was sent first
end)
