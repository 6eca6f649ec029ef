-- Source-specific multicast: a channel is a group and the one who sends to it.
--
--      wanted        unwanted        member
--      sends         sends, too      joined (wanted, group)
--         |             |               |
--     ----+-------------+---------------+----  lan
--
-- MCAST_JOIN_SOURCE_GROUP filters twice: in the member's socket and, told by IGMPv3 or MLDv2, in
-- the switch. 232.0.0.0/8 and ff3x::/32 are set aside for it.
-- RFC 4607, RFC 3376, RFC 3810, RFC 3678 section 5.1.

local families = {"ipv4", "ipv6"}
local address_of = {ipv4 = "address", ipv6 = "address6"}

scenario("a member hears the source that it asked for, and no other", {each = families},
  function(t)
  local member, wanted, unwanted = t:hosts("member", "wanted", "unwanted")
  local group, port = t:group{family = t.case, ssm = true}, t:port()
  local wanted_address = wanted[address_of[t.case]]

  member:receiver{group = group, port = port, source = wanted_address}
  expect(member):is_member(group, {source = wanted_address})

  expect(unwanted:sender{group = group, port = port}:send("noise")):reaches_nobody()
  expect(wanted:sender{group = group, port = port}:send("signal")):reaches{member}
end)

scenario("the switch does not even carry the other source", {each = families}, function(t)
  local member, wanted, unwanted = t:hosts("member", "wanted", "unwanted")
  local group, port = t:group{family = t.case, ssm = true}, t:port()

  member:receiver{group = group, port = port, source = wanted[address_of[t.case]]}
  member:observer{group = group}

  expect(wanted:sender{group = group, port = port}:send("signal")):crosses{member}
  expect(unwanted:sender{group = group, port = port}:send("noise")):crosses{}
end)

scenario("several sources are joined one by one", {each = families}, function(t)
  local member, first, second = t:hosts("member", "first", "second")
  local group, port = t:group{family = t.case, ssm = true}, t:port()
  local sources = {first[address_of[t.case]], second[address_of[t.case]]}

  member:receiver{group = group, port = port, sources = sources}

  for _, source in ipairs{first, second} do
    expect(source:sender{group = group, port = port}:send("from " .. source.name)):reaches{member}
  end
end)
