-- What was done to the network stands on the timeline, and is in order at the end whatever happens.
-- expect: exit 1
-- expect: failed "a claim that fails under faults" datagram "x" from host 'source' to 239.1.1.1 port 5000: expected to reach member, seen nobody: member did not get it: its firewall (host:block) drops it (37)
-- expect: broken "an error under faults" on purpose (46)
-- expect: broken "time is up under faults" timed out after 5 s in fault/timeline.lua:54 (54)
-- expect: inconclusive "a silent receiver on a paused host proves nothing" datagram "x" from host 'source' to 239.1.1.1 port 5000: inconclusive, because host 'b' was paused meanwhile (62)
-- expect: inconclusive "nor does one that was paused for a moment" datagram "x" from host 'source' to 239.1.1.1 port 5000: inconclusive, because host 'b' was paused meanwhile (72)
-- expect: failed "an interface that is down is the reason" datagram "x" from host 'source' to 239.1.1.1 port 5000: expected to reach member, seen nobody: member did not get it: its eth0 is down (81)
-- expect: failed "a host that is paused is the reason" datagram "x" from host 'source' to 239.1.1.1 port 5000: expected replies from member, seen from nobody: member never got the request (member did not get it: it is paused) (89)
-- expect: claim datagram "x" from host 'source' to 239.1.1.1 port 5000: inconclusive, because host 'b' was paused meanwhile
-- expect: claim datagram "x" from host 'source' to 239.1.1.1 port 5000: inconclusive, because host 'b' was paused meanwhile
-- expect: claim datagram "x" from host 'source' to 239.1.1.1 port 5000: expected to reach member, seen nobody: member did not get it: its eth0 is down
-- expect: claim datagram "x" from host 'source' to 239.1.1.1 port 5000: expected to reach member, seen nobody: member did not get it: its firewall (host:block) drops it
-- expect: claim datagram "x" from host 'source' to 239.1.1.1 port 5000: expected replies from member, seen from nobody: member never got the request (member did not get it: it is paused)
-- expect: stdout     <number>  lan     fast_leave = true, last_member_interval = 0.5
-- expect: stdout     <number>  lan     static entry (*, 239.1.1.1) for eth0 of host 'idle'
-- expect: stdout     <number>  lan     multicast router at eth0 of host 'idle': permanent
-- expect: stdout     <number>  idle    eth0 was taken down
-- expect: stdout     <number>  idle    eth0 was brought up
-- expect: stdout     <number>  idle    paused
-- expect: stdout     <number>  idle    sent SIGTERM to sleep (process <number>)

scenario("a claim that fails under faults", function(t)
  local source, member, idle = t:hosts("source", "member", "idle")
  local lan = t.net.switches.lan
  member:receiver{group = "239.1.1.1", port = 5000}
  local sender = source:sender{group = "239.1.1.1", port = 5000}
  local program = idle:start{"sleep", "60"}
  lan:set{fast_leave = true, last_member_interval = 0.5}
  lan:mdb_add{group = "239.1.1.1", host = idle}
  lan:multicast_router(idle, "permanent")
  member:block{group = "239.1.1.1", port = 5000, source = source, direction = "in"}
  idle.eth0:down()
  idle.eth0:up()
  idle:pause()
  program:kill("TERM")
  expect(sender:send("x")):reaches{member}
end)

scenario("an error under faults", function(t)
  local a, b = t:hosts("a", "b")
  t.net.switches.lan:set{querier = false}
  a.eth0:down()
  b:pause()
  b:block()
  error("on purpose")
end)

scenario("time is up under faults", {timeout = 5}, function(t)
  local a, b = t:hosts("a", "b")
  a.eth0:down()
  b:start{"sleep", "60"}
  b:pause()
  mcast.sleep(60)
end)

scenario("a silent receiver on a paused host proves nothing", function(t)
  local source, a, b = t:hosts("source", "a", "b")
  a:receiver{group = "239.1.1.1", port = 5000}
  b:receiver{group = "239.1.1.1", port = 5000}
  b:pause()
  expect(source:sender{group = "239.1.1.1", port = 5000}:send("x")):reaches{a}
end)

scenario("nor does one that was paused for a moment", function(t)
  local source, a, b = t:hosts("source", "a", "b")
  a:receiver{group = "239.1.1.1", port = 5000, reply = "ack"}
  b:receiver{group = "239.1.1.2", port = 5000, reply = "ack"}
  local sent = source:sender{group = "239.1.1.1", port = 5000}:send("x")
  b:pause()
  b:resume()
  expect(sent):acknowledged_by{a}
end)

scenario("an interface that is down is the reason", function(t)
  local source, member = t:hosts("source", "member")
  member:receiver{group = "239.1.1.1", port = 5000}
  member:block{group = "239.1.1.2"}
  member.eth0:down()
  local sender = source:sender{group = "239.1.1.1", port = 5000}
  expect(sender:send("x")):reaches{member, within = 0.1}
end)

scenario("a host that is paused is the reason", function(t)
  local source, member = t:hosts("source", "member")
  member:receiver{group = "239.1.1.1", port = 5000, reply = "ack"}
  member:pause()
  local sender = source:sender{group = "239.1.1.1", port = 5000}
  expect(sender:send("x")):acknowledged_by{member, within = 0.1}
end)
