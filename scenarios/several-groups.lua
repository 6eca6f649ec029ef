-- One socket, several groups.
--
--      source                      member
--      sends to red, blue,         one socket that joined red and blue
--      and green                      |
--         |                           |
--     ----+---------------------------+----  lan
--
-- Memberships add up: each IP_ADD_MEMBERSHIP (MCAST_JOIN_GROUP) brings one more group, up to
-- net.ipv4.igmp_max_memberships of them. IP_PKTINFO (IPV6_RECVPKTINFO) tells for each datagram to
-- which group it was sent. RFC 3678 section 4.1, RFC 3542 section 6, ip(7).

local families = {"ipv4", "ipv6"}

scenario("it hears all groups that it joined, and no other", {each = families}, function(t)
  local member, source = t:hosts("member", "source")
  local red, blue, green = t:group{family = t.case}, t:group{family = t.case},
    t:group{family = t.case}
  local port = t:port()
  local receiver = member:receiver{groups = {red, blue}, port = port}

  for _, group in ipairs{red, blue} do
    expect(source:sender{group = group, port = port}:send("to a member")):reaches{member}
    expect(receiver:next().to):equals(group)
  end
  expect(source:sender{group = green, port = port}:send("to nobody")):reaches_nobody()
end)

scenario("leaving one group keeps the others", {each = families}, function(t)
  local member, source = t:hosts("member", "source")
  local red, blue, port = t:group{family = t.case}, t:group{family = t.case}, t:port()
  local receiver = member:receiver{groups = {red, blue}, port = port}

  receiver:leave(blue)
  expect(member):is_not_member(blue)
  expect(member):is_member(red)

  expect(source:sender{group = blue, port = port}:send("too late")):reaches_nobody()
  expect(source:sender{group = red, port = port}:send("in time")):reaches{member}
end)
