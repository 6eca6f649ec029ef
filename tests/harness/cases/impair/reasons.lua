-- What an impaired link did is told as the reason; what it may yet do proves nothing.
-- expect: exit 1
-- expect: failed "a datagram lost on its way to the host" datagram "x" from host 'source' to 239.1.1.1 port 5000: expected to reach member, seen nobody: member did not get it: the impaired eth0 of host 'member' lost it (19)
-- expect: failed "a datagram dropped on its way from the host" datagram "x" from host 'source' to ff15::1 port 5000: expected to reach member, seen nobody: member did not get it: the impaired eth0 of host 'source' dropped it (28)
-- expect: failed "a membership report that was lost" datagram "x" from host 'source' to 239.1.1.1 port 5000: expected to reach member, seen nobody: member did not get it: the impaired eth0 of host 'member' lost its membership report (45)
-- expect: failed "a datagram for which the queue had no room" datagram "second" from host 'source' to 239.1.1.1 port 5000: expected to reach member, seen nobody: member did not get it: the impaired eth0 of host 'source' dropped it because its queue was full (37)
-- expect: failed "a reply that was lost" datagram "x" from host 'source' to 239.1.1.1 port 5000: expected replies from member, seen from nobody: member replied after <number> ms, and the reply was lost on the way back (the impaired eth0 of host 'source' lost it) (53)
-- expect: inconclusive "what is still on its way proves nothing" datagram "x" from host 'source' to 239.1.1.1 port 5000: inconclusive, because a frame is still on the way through the impaired eth0 of host 'member' (67)
-- expect: inconclusive "nor for one receiver" receiver on host 'member' (239.1.1.1 port 5000): inconclusive, because a frame is still on the way through the impaired eth0 of host 'member' (75)
-- expect: inconclusive "nor for an observer" observer on eth0 of host 'idle': inconclusive, because a frame is still on the way through the impaired eth0 of host 'idle' (83)
-- expect: failed "a duplicate is one too many" datagram "x" from host 'source' to 239.1.1.1 port 5000: expected to reach member, seen member: receiver on host 'member' (239.1.1.1 port 5000) got it twice (90)
-- expect: broken "a receiver waits for a report that is lost" host member: switch 'lan' has not learnt of the membership of ff15::1 on eth0 within 5 s (receiver opened in impair/reasons.lua:59) (ETIMEDOUT) (60)
-- expect: hint the impaired eth0 of host 'member' lost its membership reports: open the receiver with ready = false

scenario("a datagram lost on its way to the host", function(t)
  local source, member = t:hosts("source", "member")
  member:receiver{group = "239.1.1.1", port = 5000}
  member.eth0:impair{loss = 1, only = "udp", direction = "in"}
  expect(source:sender{group = "239.1.1.1", port = 5000}:send("x")):reaches{member, within = 0.1}
end)

scenario("a datagram dropped on its way from the host", function(t)
  local source, member = t:hosts("source", "member")
  member:receiver{group = "ff15::1", port = 5000}
  source.eth0:impair{drop = {nth = 2, only = "udp"}, direction = "out"}
  local sender = source:sender{group = "ff15::1", port = 5000}
  expect(sender:send("x")):reaches{member}
  expect(sender:send("x")):reaches{member, within = 0.1}
end)

scenario("a datagram for which the queue had no room", function(t)
  local source, member = t:hosts("source", "member")
  member:receiver{group = "239.1.1.1", port = 5000}
  source.eth0:impair{rate = 1, queue = 1, only = "udp", direction = "out"}
  local sender = source:sender{group = "239.1.1.1", port = 5000}
  sender:send("first")
  expect(sender:send("second")):reaches{member, within = 0.1}
end)

scenario("a membership report that was lost", function(t)
  local source, member = t:hosts("source", "member")
  local lossy = member.eth0:impair{loss = 1, only = "igmp"}
  member:receiver{group = "239.1.1.1", port = 5000, ready = false}
  eventually(function() return lossy.dropped > 0 end, {within = 10})
  expect(source:sender{group = "239.1.1.1", port = 5000}:send("x")):reaches{member, within = 0.1}
end)

scenario("a reply that was lost", function(t)
  local source, member = t:hosts("source", "member")
  member:receiver{group = "239.1.1.1", port = 5000, reply = "ack"}
  source.eth0:impair{loss = 1, only = "udp", direction = "in"}
  local sender = source:sender{group = "239.1.1.1", port = 5000}
  expect(sender:send("x")):acknowledged_by{member, within = 0.1}
end)

scenario("a receiver waits for a report that is lost", function(t)
  local member = t:hosts("member")
  member.eth0:impair{loss = 1, only = "mld", direction = "out"}
  member:receiver{group = "ff15::1", port = 5000}
  mcast.sleep(0)
end)

scenario("what is still on its way proves nothing", function(t)
  local source, member = t:hosts("source", "member")
  member:receiver{group = "239.1.1.1", port = 5000}
  member.eth0:impair{delay = 60, only = "udp", direction = "in"}
  expect(source:sender{group = "239.1.1.1", port = 5000}:send("x")):reaches_nobody{quiet = 0.1}
end)

scenario("nor for one receiver", function(t)
  local source, member = t:hosts("source", "member")
  local receiver = member:receiver{group = "239.1.1.1", port = 5000}
  member.eth0:impair{rate = 0.01, only = "udp", direction = "in"}
  source:sender{group = "239.1.1.1", port = 5000}:send("x")
  expect(receiver):receives_nothing{during = 0.1}
end)

scenario("nor for an observer", function(t)
  local source, idle = t:hosts("source", "idle")
  local observer = idle:observer{group = "224.0.0.77"}
  idle.eth0:impair{delay = 60, only = "udp"}
  source:sender{group = "224.0.0.77", port = 5000}:send("x")
  expect(observer):sees_nothing({during = 0.1})
end)

scenario("a duplicate is one too many", function(t)
  local source, member = t:hosts("source", "member")
  member:receiver{group = "239.1.1.1", port = 5000}
  member.eth0:impair{duplicate = 1, only = "udp", direction = "in"}
  expect(source:sender{group = "239.1.1.1", port = 5000}:send("x")):reaches{member}
end)
