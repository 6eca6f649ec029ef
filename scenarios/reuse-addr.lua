-- The same group and port in two programs of one host.
--
--      source            member
--      sends             two programs, one group, one port
--         |                 |
--     ----+-----------------+----  lan
--
-- A port has one owner, unless every owner set SO_REUSEADDR before it bound. Then each multicast
-- datagram goes to all of them, a copy each; a unicast datagram still goes to one.
-- socket(7), udp(7), RFC 1122 section 4.1.3.5.

local families = {"ipv4", "ipv6"}

scenario("with reuse_addr both programs get a copy", {each = families}, function(t)
  local member, source = t:hosts("member", "source")
  local group, port = t:group{family = t.case}, t:port()

  local function program()
    local socket = member:socket{family = t.case}
    socket.reuse_addr = true
    socket:bind(nil, port)
    socket:add_membership(group)
    return socket
  end
  local first, second = program(), program()

  source:socket{family = t.case}:sendto("for both", group, port)
  expect((first:recvfrom())):equals("for both")
  expect((second:recvfrom())):equals("for both")
end)

scenario("without it the port is taken", {each = families}, function(t)
  local member = t:hosts("member")
  local port = t:port()

  member:socket{family = t.case}:bind(nil, port)
  local second = member:socket{family = t.case}

  expect(function() second:bind(nil, port) end):raises("EADDRINUSE")
end)

scenario("one who does not share spoils it for all", {each = families}, function(t)
  local member = t:hosts("member")
  local port = t:port()

  member:socket{family = t.case}:bind(nil, port) -- the owner did not set it
  local second = member:socket{family = t.case}
  second.reuse_addr = true

  expect(function() second:bind(nil, port) end):raises("EADDRINUSE")
end)
