-- Does a host hear what it sends itself?
--
--      source                        neighbour
--      sends, and is a member        is a member
--         |                             |
--     ----+-----------------------------+----  lan
--
-- IP_MULTICAST_LOOP (IPV6_MULTICAST_LOOP) decides whether members in the sender's own host get a
-- copy. On Linux it belongs to the sending socket (on Windows, for IPv4, to the receiving one), it
-- is on by default, and it changes nothing for other hosts.
-- RFC 1112 section 6.1, RFC 3493 section 5.2, ip(7), ipv6(7).

local families = {"ipv4", "ipv6"}

scenario("a socket hears itself unless loopback is off", {each = families}, function(t)
  local source, neighbour = t:hosts("source", "neighbour")
  local group, port = t:group{family = t.case}, t:port()
  local receiver = neighbour:receiver{group = group, port = port}

  local socket = source:socket{family = t.case}
  socket:bind(nil, port)
  socket:add_membership(group)
  expect(socket.multicast_loop):is_true()

  socket.multicast_loop = false
  socket:sendto("for others", group, port)
  socket.multicast_loop = true
  socket:sendto("for all", group, port)

  expect((socket:recvfrom())):equals("for all") -- "for others" went out first, and would be here
  expect(receiver):receives("for others")
  expect(receiver):receives("for all")
end)

scenario("loopback on: another program of the host hears it", {each = families}, function(t)
  local source, neighbour = t:hosts("source", "neighbour")
  local group, port = t:group{family = t.case}, t:port()

  source:receiver{group = group, port = port}
  neighbour:receiver{group = group, port = port}

  local sent = source:sender{group = group, port = port, loop = true}:send("for all")
  expect(sent):reaches{source, neighbour}
end)

scenario("loopback off: only other hosts hear it", {each = families}, function(t)
  local source, neighbour = t:hosts("source", "neighbour")
  local group, port = t:group{family = t.case}, t:port()

  source:receiver{group = group, port = port}
  neighbour:receiver{group = group, port = port}

  local sent = source:sender{group = group, port = port, loop = false}:send("for others")
  expect(sent):reaches{neighbour}
end)
