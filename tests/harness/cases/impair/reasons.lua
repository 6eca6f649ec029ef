-- What an impaired link did is told as the reason; what it may yet do proves nothing.
-- expect: exit 1
-- expect: failed "a datagram lost on its way to the host" datagram "x" from host 'source' to 239.1.1.1 port 5000: expected to reach member, seen nobody: member did not get it: the impaired eth0 of host 'member' lost it (23)
-- expect: failed "a datagram dropped on its way from the host" datagram "x" from host 'source' to ff15::1 port 5000: expected to reach member, seen nobody: member did not get it: the impaired eth0 of host 'source' dropped it (32)
-- expect: failed "a membership report that was lost" datagram "x" from host 'source' to 239.1.1.1 port 5000: expected to reach member, seen nobody: member did not get it: the impaired eth0 of host 'member' lost its membership report (49)
-- expect: failed "a datagram for which the queue had no room" datagram "second" from host 'source' to 239.1.1.1 port 5000: expected to reach member, seen nobody: member did not get it: the impaired eth0 of host 'source' dropped it because its queue was full (41)
-- expect: failed "a reply that was lost" datagram "x" from host 'source' to 239.1.1.1 port 5000: expected replies from member, seen from nobody: member replied after <any>, and the reply was lost on the way back (the impaired eth0 of host 'source' lost it) (57)
-- expect: inconclusive "what is still on its way proves nothing" datagram "x" from host 'source' to 239.1.1.1 port 5000: inconclusive, because a frame is still on the way through the impaired eth0 of host 'member' (71)
-- expect: inconclusive "nor for one receiver" receiver on host 'member' (239.1.1.1 port 5000): inconclusive, because a frame is still on the way through the impaired eth0 of host 'member' (79)
-- expect: inconclusive "nor for an observer" observer on eth0 of host 'idle': inconclusive, because a frame is still on the way through the impaired eth0 of host 'idle' (87)
-- expect: failed "a duplicate is one too many" datagram "x" from host 'source' to 239.1.1.1 port 5000: expected to reach member, seen member: receiver on host 'member' (239.1.1.1 port 5000) got it twice (94)
-- expect: broken "a receiver waits for a report that is lost" host member: switch 'lan' has not learnt of the membership of ff15::1 on eth0 within 5 s (receiver opened in impair/reasons.lua:63) (ETIMEDOUT) (64)
-- expect: hint the impaired eth0 of host 'member' lost its membership reports: open the receiver with ready = false
-- expect: inconclusive "nor for a capture" capture on eth0 of host 'idle': inconclusive, because a frame is still on the way through the impaired eth0 of host 'idle' (102)
-- expect: inconclusive "nor for a stream" stream from host 'source' to 239.1.1.1 port 5000: inconclusive, because a frame is still on the way through the impaired eth0 of host 'member' (110)
-- expect: inconclusive "nor for who else a stream crosses to" stream from host 'source' to 224.0.0.77 port 5000: inconclusive, because a frame is still on the way through the impaired eth0 of host 'member' (117)
-- expect: failed "what comes late is waited for" stream from host 'source' to 239.1.1.1 port 5000: expected to reach nobody, seen member: member got 1 of it and should not have (125)

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

scenario("nor for a capture", function(t)
  local source, idle = t:hosts("source", "idle")
  local capture = idle:capture{filter = "dst host 224.0.0.77"}
  idle.eth0:impair{delay = 60, only = "udp"}
  source:sender{group = "224.0.0.77", port = 5000}:send("x")
  expect(capture):sees_nothing("udp", {during = 0.1})
end)

scenario("nor for a stream", function(t)
  local source, member = t:hosts("source", "member")
  member:receiver{group = "239.1.1.1", port = 5000}
  member.eth0:impair{delay = 60, only = "udp", direction = "in"}
  local flow = source:sender{group = "239.1.1.1", port = 5000}:stream{count = 1}
  expect(flow):reaches_nobody{quiet = 0.1}
end)

scenario("nor for who else a stream crosses to", function(t)
  local source, member = t:hosts("source", "member")
  member.eth0:impair{delay = 60, only = "udp", direction = "in"}
  local flow = source:sender{group = "224.0.0.77", port = 5000}:stream{count = 1}
  expect(flow):crosses({}, {quiet = 0.1})
end)

scenario("what comes late is waited for", function(t)
  local source, member = t:hosts("source", "member")
  member:receiver{group = "239.1.1.1", port = 5000}
  member.eth0:impair{delay = 0.3, only = "udp", direction = "in"}
  local flow = source:sender{group = "239.1.1.1", port = 5000}:stream{count = 1}
  expect(flow):reaches_nobody()
end)
