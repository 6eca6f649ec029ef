-- Large datagrams: in one packet, in fragments, and too large at all.
--
--      source             member
--      sends              hears whole datagrams, never fragments
--         |                  |
--     ----+------------------+----  lan, MTU 1500
--
-- 1316 bytes are seven MPEG transport stream packets, the common load of IPTV. 1472 fill an
-- Ethernet frame (1500 - 20 IPv4 - 8 UDP); IPv6 has 20 less. More is cut into fragments, and the
-- datagram is lost if one of them is. 16 bits of length end it all: 65507 bytes, 65527 for IPv6,
-- whose own header does not count. RFC 768, RFC 791, RFC 8200 section 4.5, udp(7).

local families = {"ipv4", "ipv6"}
local sizes = {iptv = 1316, full_frame = 1472, fragmented = 8000}
local largest = {ipv4 = 65507, ipv6 = 65527}

local function datagram(size)
  return ("0123456789"):rep(size // 10 + 1):sub(1, size)
end

scenario("every size arrives whole", {each = families}, function(t)
  local source, member, bystander = t:hosts("source", "member", "bystander")
  local group, other_group, port = t:group{family = t.case}, t:group{family = t.case}, t:port()
  local receiver = member:receiver{group = group, port = port}
  bystander:receiver{group = other_group, port = port}
  local sender = source:sender{group = group, port = port}

  for name, size in pairs(sizes) do
    t:step(name)
    expect(sender:send(datagram(size))):reaches{member}
    expect(receiver:next().data):equals(datagram(size))
  end
end)

scenario("the largest goes, one byte more does not", {each = families}, function(t)
  local source, member = t:hosts("source", "member")
  local group, port = t:group{family = t.case}, t:port()
  member:receiver{group = group, port = port}
  local sender = source:sender{group = group, port = port}

  expect(sender:send(datagram(largest[t.case]))):reaches{member}
  expect(function() sender:send(datagram(largest[t.case] + 1)) end):raises("EMSGSIZE")
end)

scenario("who reads less than was sent is told so", {each = families}, function(t)
  local source, member = t:hosts("source", "member")
  local group, port = t:group{family = t.case}, t:port()
  local socket = member:socket{family = t.case}
  socket:bind(nil, port)
  socket:add_membership(group)

  source:socket{family = t.case}:sendto(datagram(sizes.iptv), group, port)
  local data, _, _, info = socket:recvfrom(sizes.iptv - 1)

  expect(#data):equals(sizes.iptv - 1)
  expect(info.truncated):is_true()
end)
