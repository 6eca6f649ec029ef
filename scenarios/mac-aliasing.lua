-- Two groups with one Ethernet address.
--
--     source     member     alias     bystander
--        |          |         |           |
--    ----+----------+---------+-----------+----  lan
--
-- An Ethernet address has room for 23 bits of an IPv4 group and 32 of an IPv6 group, so that 32 groups,
-- or 2^80, share one. A Linux bridge looks at the IP address and keeps them apart; a switch that
-- does not, and one without snooping, delivers the one to the members of the other, whose network
-- card lets it pass. The host's IP drops it then: the program never sees it.
-- RFC 1112 section 6.4, RFC 2464 section 7, RFC 4541 section 2.1.2.

local families = {"ipv4", "ipv6"}
local groups = {ipv4 = {"239.11.5.7", "239.139.5.7"}, ipv6 = {"ff05::b:507", "ff15:1::b:507"}}
local header = {ipv4 = "ip", ipv6 = "ip6"}

local function lab(snooping)
  return topology(snooping and "a switch that snoops" or "a switch that does not", function(net)
    local lan = net:switch("lan", {snooping = snooping})
    for _, name in ipairs{"source", "member", "alias", "bystander"} do net:host(name, lan) end
  end)
end

--- The frame that carries a datagram for the group.
local function frame_for(family, group)
  return mcast.packet{eth = {}, [header[family]] = {destination = group},
    udp = {destination_port = 9}}
end

--- Both groups have members, and one of them is sent to.
local function send(t)
  local source, member, alias, bystander = t:hosts("source", "member", "alias", "bystander")
  local group, other = table.unpack(groups[t.case])
  local port = t:port()
  expect(frame_for(t.case, group).eth.destination)
    :equals(frame_for(t.case, other).eth.destination)
  member:receiver{group = group, port = port}
  alias:receiver{group = other, port = port}
  bystander:receiver{port = port}
  return source:sender{group = group, port = port}:send("for one of the two"), member, alias,
    bystander
end

scenario("a bridge keeps groups with one Ethernet address apart",
  {topology = lab(true), each = families}, function(t)
  local sent, member = send(t)
  expect(sent):reaches{member}
  expect(sent):crosses{member}
end)

scenario("without snooping both members see the frame, and one gets the datagram",
  {topology = lab(false), each = families}, function(t)
  local sent, member, alias, bystander = send(t)
  expect(sent):crosses{member, alias, bystander}
  expect(sent):reaches{member}
end)

scenario("a program that joined both tells them apart", {topology = lab(true), each = families},
  function(t)
  local source, member, alias = t:hosts("source", "member", "alias")
  local group, other = table.unpack(groups[t.case])
  local port = t:port()
  local both = member:receiver{groups = {group, other}, port = port}
  alias:receiver{group = other, port = port}

  expect(source:sender{group = group, port = port}:send("one")):reaches{member}
  expect(source:sender{group = other, port = port}:send("other")):reaches{member, alias}
  expect(both:next().to):equals(group)
  expect(both:next().to):equals(other)
end)
