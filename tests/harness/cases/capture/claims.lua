-- What captures saw and did not see, and when their silence proves nothing.
-- expect: exit 1
-- expect: failed "not seen" capture on eth0 of host 'b': expected a packet like "udp dst port 7", saw nothing (32)
-- expect: failed "not seen by a function" capture on eth0 of host 'a': expected a packet that the function accepts, saw nothing (37)
-- expect: failed "seen, and must not be" capture on eth0 of host 'b': expected no packet like "host 239.1.2.3", saw 10.1.0.1:4000 > 239.1.2.3:5000: UDP, 5 bytes, ttl 1 (45)
-- expect: failed "nothing at all must be seen" capture on eth0 of host 'b': expected no packet, saw 10.1.0.1:4000 > 239.1.2.3:5000: UDP, 5 bytes, ttl 1 (53)
-- expect: inconclusive "nothing was sent" capture on eth0 of host 'a': inconclusive, because nothing was sent that it could have seen, and no other capture saw such a packet (66)
-- expect: passed "pruned, and sent"
-- expect: inconclusive "nothing like it was sent" capture on eth0 of host 'b': inconclusive, because nothing was sent that it could have seen, and no other capture saw such a packet (73)
-- expect: inconclusive "it was sent to be left out" capture on eth0 of host 'b': inconclusive, because its own filter "igmp" takes no packet like "udp dst port 5000" (80)
-- expect: inconclusive "it was sent before" capture on eth0 of host 'b': inconclusive, because nothing was sent that it could have seen, and no other capture saw such a packet (88)
-- expect: inconclusive "it did not leave its host, for an observer" observer on eth0 of host 'b': inconclusive, because nothing was sent that it could have seen (102)
-- expect: inconclusive "it did not leave its host" capture on eth0 of host 'b': inconclusive, because nothing was sent that it could have seen, and no other capture saw such a packet (95)
-- expect: passed "another capture saw it"
-- expect: inconclusive "it was injected" capture on eth0 of host 'b': inconclusive, because nothing was sent that it could have seen, and no other capture saw such a packet (119)
-- expect: inconclusive "something else was injected" capture on eth0 of host 'b': inconclusive, because nothing was sent that it could have seen, and no other capture saw such a packet (126)
-- expect: passed "a sign that it would have come"
-- expect: inconclusive "without the sign" capture on eth0 of host 'a': inconclusive, because it did not see a packet like "igmp[0] == 0x22", which is the sign that it could have (139)
-- expect: inconclusive "its interface was down" capture on eth0 of host 'b': inconclusive, because an interface of it was down meanwhile (148)
-- expect: inconclusive "its interface is down" capture on eth0 of host 'b': inconclusive, because eth0 of host 'b' is down (157)
-- expect: inconclusive "it had no room" capture on eth0 of host 'b': inconclusive, because 1 packet came when its limit was reached: give it a larger one, or a filter (166)
-- expect: broken "it is stopped" expect(capture):sees_nothing: the capture on eth0 of host 'a' is stopped: make the claim before capture:stop() (180)
-- expect: inconclusive "it had no room to see it" capture on eth0 of host 'b': inconclusive, because 1 packet came when its limit was reached: give it a larger one, or a filter (174)
-- expect: inconclusive "it listened to loopback only" capture on lo of host 'b': inconclusive, because what others send does not come to a loopback interface: name a sign with given = (187)
-- expect: inconclusive "its own filter is contrary to what must not be seen" capture on eth0 of host 'b': inconclusive, because its own filter "igmp" takes no packet like "udp port 5000" (195)

scenario("not seen", function(t)
  local a, b = t:hosts("a", "b")
  local port = t:port()
  local capture = b:capture{filter = "udp"}
  a:sender{group = t:group(), port = port}:send("pruned")
  expect(capture):sees("udp dst port 7", {within = 0.1})
end)

scenario("not seen by a function", function(t)
  local capture = t:hosts("a"):capture{filter = "udp"}
  expect(capture):sees(function(packet) return packet.udp end, {within = 0.1})
end)

scenario("seen, and must not be", function(t)
  local a, b = t:hosts("a", "b")
  local capture = b:capture{filter = "udp"}
  b:receiver{group = "239.1.2.3", port = 5000}
  a:sender{group = "239.1.2.3", port = 5000, source_port = 4000}:send("hello")
  expect(capture):sees_nothing("host 239.1.2.3")
end)

scenario("nothing at all must be seen", function(t)
  local a, b = t:hosts("a", "b")
  local capture = b:capture{filter = "udp"}
  b:receiver{group = "239.1.2.3", port = 5000}
  a:sender{group = "239.1.2.3", port = 5000, source_port = 4000}:send("hello")
  expect(capture):sees_nothing{during = 0.2}
end)

scenario("pruned, and sent", function(t)
  local a, b = t:hosts("a", "b")
  local capture = b:capture()
  a:sender{group = "239.1.2.3", port = 5000}:send("hello")
  expect(capture):sees_nothing("udp dst port 5000")
  expect(capture):sees_nothing(function(packet) return packet.udp end)
end)

scenario("nothing was sent", function(t)
  local capture = t:hosts("a"):capture()
  expect(capture):sees_nothing("udp")
end)

scenario("nothing like it was sent", function(t)
  local a, b = t:hosts("a", "b")
  local capture = b:capture()
  a:sender{group = "239.1.2.3", port = 5000}:send("hello")
  expect(capture):sees_nothing("udp dst port 5001")
end)

scenario("it was sent to be left out", function(t)
  local a, b = t:hosts("a", "b")
  local capture = b:capture{filter = "igmp"}
  a:sender{group = "239.1.2.3", port = 5000}:send("hello")
  expect(capture):sees_nothing("udp dst port 5000")
end)

scenario("it was sent before", function(t)
  local a, b = t:hosts("a", "b")
  local capture = b:capture()
  a:sender{group = "239.1.2.3", port = 5000}:send("hello")
  capture:clear()
  expect(capture):sees_nothing("udp dst port 5000")
end)

scenario("it did not leave its host", function(t)
  local a, b = t:hosts("a", "b")
  local capture = b:capture()
  a:sender{group = "239.1.2.3", port = 5000, ttl = 0}:send("hello")
  expect(capture):sees_nothing("udp dst port 5000")
end)

scenario("it did not leave its host, for an observer", function(t)
  local a, b = t:hosts("a", "b")
  local observer = b:observer()
  a:sender{group = "239.1.2.3", port = 5000, ttl = 0}:send("hello")
  expect(observer):sees_nothing{group = "239.1.2.3"}
end)

scenario("another capture saw it", function(t)
  local a, b, c = t:hosts("a", "b", "c")
  local here, there = b:capture(), c:capture()
  c:socket():sendto("the switch learns where c is", a.address, 5001)
  a:socket():sendto("not for b", c.address, 5000)
  expect(there):sees("udp dst port 5000")
  expect(here):sees_nothing("udp dst port 5000")
end)

scenario("it was injected", function(t)
  local a, b = t:hosts("a", "b")
  local capture = b:capture()
  a:inject{ip = {destination = "239.1.2.3"}, udp = {destination_port = 5000}}
  expect(capture):sees_nothing("udp dst port 5000")
  expect.soft(capture):sees_nothing("udp dst port 5001")
end)

scenario("something else was injected", function(t)
  local a, b = t:hosts("a", "b")
  local capture = b:capture{filter = "udp"}
  a:inject{ip = {destination = "239.1.2.3"}, igmp = {type = "query"}}
  expect(capture):sees_nothing("udp")
end)

scenario("a sign that it would have come", function(t)
  local a = t:hosts("a")
  local capture = a:capture()
  a:receiver{group = "239.1.2.3", port = 5000}
  expect(capture):sees("igmp[0] == 0x22")
  expect(capture):sees_nothing("igmp[0] == 0x16", {given = "igmp[0] == 0x22"})
end)

scenario("without the sign", function(t)
  local capture = t:hosts("a"):capture{filter = "igmp[0] != 0x22"}
  expect(capture):sees_nothing("igmp[0] == 0x16", {given = "igmp[0] == 0x22"})
end)

scenario("its interface was down", function(t)
  local a, b = t:hosts("a", "b")
  local capture = b:capture()
  b:run{"ip", "link", "set", "eth0", "down"}
  b:run{"ip", "link", "set", "eth0", "up"}
  a:sender{group = "239.1.2.3", port = 5000}:send("hello")
  expect(capture):sees_nothing("udp dst port 5000")
end)

scenario("its interface is down", function(t)
  local a, b = t:hosts("a", "b")
  local capture = b:capture()
  b:run{"ip", "link", "set", "eth0", "down"}
  capture:clear()
  a:sender{group = "239.1.2.3", port = 5000}:send("hello")
  expect(capture):sees_nothing("udp dst port 5000")
end)

scenario("it had no room", function(t)
  local a, b = t:hosts("a", "b")
  local capture = b:capture{filter = "udp", limit = 0}
  b:receiver{group = "239.1.2.3", port = 5000}
  local sender = a:sender{group = "239.1.2.3", port = 5000}
  expect(sender:send("hello")):reaches{b}
  expect(capture):sees_nothing("udp dst port 5000")
end)

scenario("it had no room to see it", function(t)
  local a, b = t:hosts("a", "b")
  local capture = b:capture{filter = "udp", limit = 0}
  b:receiver{group = "239.1.2.3", port = 5000}
  expect(a:sender{group = "239.1.2.3", port = 5000}:send("hello")):reaches{b}
  expect(capture):sees("udp dst port 5000", {within = 0.1})
end)

scenario("it is stopped", function(t)
  local capture = t:hosts("a"):capture()
  capture:stop()
  expect(capture):sees_nothing("igmp")
end)

scenario("it listened to loopback only", function(t)
  local a, b = t:hosts("a", "b")
  local capture = b:capture{interface = "lo"}
  a:sender{group = "239.1.2.3", port = 5000}:send("hello")
  expect(capture):sees_nothing("udp")
end)

scenario("its own filter is contrary to what must not be seen", function(t)
  local a, b = t:hosts("a", "b")
  local capture = b:capture{filter = "igmp"}
  a:receiver{group = "239.1.2.3", port = 5000}
  expect(capture):sees("igmp", {within = 5})
  expect(capture):sees_nothing("udp port 5000", {given = "igmp"})
end)
