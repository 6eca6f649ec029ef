-- What an impaired link or a firewall did to a stream is told as the reason, to all of it or to a part.
-- expect: exit 1
-- expect: failed "all of it" stream from host 'source' to 239.1.1.1 port 5000: expected to reach member and other, none lost and none twice, seen other: member did not get it: the impaired eth0 of host 'member' lost it (19)
-- expect: failed "a part of it [ipv4]" stream from host 'source' to 239.1.1.1 port 5000: expected to reach member and other, none lost and none twice, seen member (without 10) and other: member lost 10 of 100 (10 %; none allowed): the impaired eth0 of host 'member' dropped some of it (25)
-- expect: failed "a part of it [ipv6]" stream from host 'source' to ff15::1 port 5000: expected to reach member and other, none lost and none twice, seen member (without 10) and other: member lost 10 of 100 (10 %; none allowed): the impaired eth0 of host 'member' dropped some of it (25)
-- expect: failed "the rest of it" stream from host 'source' to 239.1.1.1 port 5000: expected to reach member and other, none lost and none twice, seen member (without <number>) and other: member lost <number> of 200 (<any>; none allowed): its firewall (host:block) drops it (33)
-- expect: failed "twice" stream from host 'source' to 239.1.1.1 port 5000: expected to reach member and other, none lost and none twice, seen member and other: member got twice <number> of 20 (<any>; none allowed): the impaired eth0 of host 'member' sent <number> frames twice (39)

local function open(t, group)
  local source, member, other = t:hosts("source", "member", "other")
  member:receiver{group = group, port = 5000}
  other:receiver{group = group, port = 5000}
  return source:sender{group = group, port = 5000}, member, other
end

scenario("all of it", function(t)
  local sender, member, other = open(t, "239.1.1.1")
  member.eth0:impair{loss = 1, direction = "in"}
  expect(sender:stream{count = 20, rate = 1000}):reaches{member, other}
end)

scenario("a part of it", {each = {"ipv4", "ipv6"}}, function(t)
  local sender, member, other = open(t, t.case == "ipv4" and "239.1.1.1" or "ff15::1")
  member.eth0:impair{drop = {every = 10, only = "udp"}, direction = "in"}
  expect(sender:stream{count = 100, rate = 2000}):reaches{member, other}
end)

scenario("the rest of it", function(t)
  local sender, member, other = open(t, "239.1.1.1")
  local flow = sender:stream{count = 200, rate = 500}
  expect(eventually(function() return flow:at(member).received >= 10 end)):is_true()
  member:block{group = "239.1.1.1", direction = "in"}
  expect(flow):reaches{member, other}
end)

scenario("twice", function(t)
  local sender, member, other = open(t, "239.1.1.1")
  member.eth0:impair{duplicate = 1, direction = "in", only = "udp"}
  expect(sender:stream{count = 20, rate = 1000}):reaches{member, other}
end)
