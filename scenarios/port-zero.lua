-- Port 0: "any free port, please".
--
--      member                source
--      bound to port 0       sends to the port that the kernel chose
--         |                     |
--     ----+---------------------+----  lan
--
-- bind(2) with port 0 takes a free port from net.ipv4.ip_local_port_range, which getsockname(2)
-- tells. It is a wish for bind() alone: no datagram can be sent to port 0 (RFC 768 keeps it for
-- "no port", sendto(2) refuses it).

local families = {"ipv4", "ipv6"}

scenario("port 0 takes a free port, and it works", {each = families}, function(t)
  local member, source = t:hosts("member", "source")
  local group = t:group{family = t.case}

  local socket = member:socket{family = t.case}
  local _, port = socket:bind(nil, 0)
  expect(port):is_at_least(1)
  expect(socket.local_port):equals(port)

  socket:add_membership(group)
  source:socket{family = t.case}:sendto("found you", group, port)
  expect(socket:recvfrom()):equals("found you")
end)

scenario("two sockets never get the same free port", {each = families}, function(t)
  local host = t:hosts("host")
  local group = t:group{family = t.case}

  local _, one = host:socket{family = t.case}:bind_multicast(group, 0)
  local _, other = host:socket{family = t.case}:bind_multicast(group, 0)

  expect(one == other):is_false()
end)

scenario("nothing can be sent to port 0", {each = families}, function(t)
  local source = t:hosts("source")
  local group = t:group{family = t.case}
  local socket = source:socket{family = t.case}

  expect(function() socket:sendto("lost", group, 0) end):raises("port")
end)

scenario("a datagram to another port is not heard", {each = families}, function(t)
  local member, source = t:hosts("member", "source")
  local group, port, other_port = t:group{family = t.case}, t:port(), t:port()

  member:receiver{group = group, port = port}

  expect(source:sender{group = group, port = other_port}:send("wrong door")):reaches_nobody()
  expect(source:sender{group = group, port = port}:send("right door")):reaches{member}
end)
