-- An empty datagram is a datagram.
--
--      source                     member
--      sends no byte at all       hears it all the same
--         |                          |
--     ----+--------------------------+----  lan
--
-- A UDP header with the length 8 and nothing behind it is valid (RFC 768): a keep-alive, a "here I
-- am". recv(2) returns 0, which for TCP means the end of the stream and here means nothing special.

local families = {"ipv4", "ipv6"}
local quiet = 0.05 -- seconds without a datagram that count as silence

scenario("nothing arrives, and is acknowledged with nothing", {each = families}, function(t)
  local source, member = t:hosts("source", "member")
  local group, port = t:group{family = t.case}, t:port()
  local receiver = member:receiver{group = group, port = port, reply = ""}

  local sent = source:sender{group = group, port = port}:send("")

  expect(sent):acknowledged_by{member}
  expect(receiver:next().data):equals("")
end)

scenario("an empty datagram is not silence", {each = families}, function(t)
  local source, member = t:hosts("source", "member")
  local group, port = t:group{family = t.case}, t:port()
  local socket = member:socket{family = t.case}
  socket:bind(nil, port)
  socket:add_membership(group)

  source:socket{family = t.case}:sendto("", group, port)
  expect((socket:recvfrom())):equals("")

  local data, why = socket:recvfrom{timeout = quiet}
  expect(data):is_nil()
  expect(why):equals("timeout")
end)
