-- Whose groups does a socket hear: its own, or its whole host's?
--
--      source            member
--      sends             three programs on one port: one joined the group,
--         |              two joined nothing
--         |                 |
--     ----+-----------------+----  lan
--
-- With IP_MULTICAST_ALL (IPV6_MULTICAST_ALL, Linux 4.20) on, a socket bound to any address hears
-- every group that any program of the host joined. That is the kernel's default, and a classic
-- false positive: it "receives" although it never joined. The harness turns it off.
-- ip(7), RFC 1122 section 4.1.3.5.

local families = {"ipv4", "ipv6"}
local quiet = 0.05 -- seconds without a datagram that count as silence

scenario("on, a socket hears groups that others joined; off, its own", {each = families},
  function(t)
  local member, source = t:hosts("member", "source")
  local group, port = t:group{family = t.case}, t:port()

  local function stranger(multicast_all)
    local socket = member:socket{family = t.case}
    socket.reuse_addr = true
    socket.multicast_all = multicast_all
    socket:bind(nil, port)
    return socket
  end
  local curious, discreet = stranger(true), stranger(false)
  member:receiver{group = group, port = port}

  expect(source:sender{group = group, port = port}:send("for members")):reaches{member}
  expect((curious:recvfrom())):equals("for members")
  expect(discreet:recvfrom{timeout = quiet}):is_nil()
end)

scenario("off is the default here, and it can be turned on", {each = families}, function(t)
  local socket = t:hosts("host"):socket{family = t.case}

  expect(socket.multicast_all):is_false()
  socket.multicast_all = true
  expect(socket.multicast_all):is_true()
end)
