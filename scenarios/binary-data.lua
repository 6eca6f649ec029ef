-- A payload is bytes, not text.
--
--      source                        member
--      sends all 256 bytes           gets the same bytes and sends them back
--         |                             |
--     ----+-----------------------------+----  lan
--
-- UDP carries octets (RFC 768). Zero bytes, line ends, invalid UTF-8 and the magic characters of
-- patterns pass as they are, in both directions.

local families = {"ipv4", "ipv6"}

local every_byte = {}
for byte = 0, 255 do
  every_byte[#every_byte + 1] = string.char(byte)
end
local bytes = table.concat(every_byte)
local almost_the_same = bytes:sub(1, -2) .. "\0" -- the last byte differs

scenario("all bytes arrive and come back", {each = families}, function(t)
  local source, member = t:hosts("source", "member")
  local group, port = t:group{family = t.case}, t:port()
  local receiver = member:receiver{
    group = group, port = port, reply = function(message) return message.data end,
  }

  local acks = source:sender{group = group, port = port}:request(bytes, {from = {member}})

  expect(receiver:next().data):equals(bytes)
  expect(acks[1].data):equals(bytes)
end)

scenario("one byte makes another datagram", {each = families}, function(t)
  local source, member = t:hosts("source", "member")
  local group, port = t:group{family = t.case}, t:port()
  local receiver = member:receiver{group = group, port = port}
  local sender = source:sender{group = group, port = port}

  expect(sender:send(bytes)):reaches{member}
  expect(sender:send(almost_the_same)):reaches{member} -- once each: they are not duplicates

  expect(receiver:next().data == almost_the_same):is_false()
  expect(receiver:next().data == almost_the_same):is_true()
end)
