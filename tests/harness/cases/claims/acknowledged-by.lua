-- `acknowledged_by` is exact, and tells a lost reply from a lost request.
-- expect: exit 1
-- expect: failed "one heard it and said nothing" datagram "hello" from host 'source' to 239.1.2.3 port 5000: expected replies from a and silent, seen from a: silent got the request and did not reply: it has no reply (19)
-- expect: failed "one never heard it" datagram "hello" from host 'source' to 239.1.2.3 port 5000: expected replies from a and deaf, seen from a: deaf never got the request (deaf did not get it: its receiver has not joined 239.1.2.3) (28)
-- expect: failed "one too many" datagram "hello" from host 'source' to 239.1.2.3 port 5000: expected replies from a, seen from a and b: b replied and should not have (37)
-- expect: failed "nobody, but one did" datagram "hello" from host 'source' to 239.1.2.3 port 5000: expected replies from nobody, seen from a: a replied and should not have (45)
-- expect: inconclusive "nobody, and nobody could" datagram "hello" from host 'source' to 239.1.2.4 port 5000: inconclusive, because there is no receiver with a reply that could have answered (51)
-- expect: failed "a request that is answered by too few" expected {}, seen {host 'b'} (value[1]: expected nil, seen host 'b') (60)
-- expect: failed "it still thinks" datagram "hello" from host 'source' to 239.1.2.3 port 5000: expected replies from a, seen from nobody: a got the request and did not reply: its reply function has not returned yet (68)
-- expect: failed "the silent one of two is not the reason" datagram "hello" from host 'source' to 239.1.2.3 port 5000: expected replies from a, seen from nobody: a got the request and did not reply: its reply function returned nothing (77)
-- expect: failed "a reply to an address of the link that is lost" datagram "hello" from host 'source' to ff02::abcd port 5000: expected replies from a, seen from nobody: a replied after <any>, and the reply was lost on the way back (to fe80::<any> port <number>) (86)

scenario("one heard it and said nothing", function(t)
  local source, a, silent = t:hosts("source", "a", "silent")
  local group, port = "239.1.2.3", 5000
  a:receiver{group = group, port = port, reply = "ack"}
  silent:receiver{group = group, port = port}
  local sent = source:sender{group = group, port = port}:send("hello")
  expect(sent):acknowledged_by({a, silent}, {within = 0.1})
end)

scenario("one never heard it", function(t)
  local source, a, deaf = t:hosts("source", "a", "deaf")
  local group, port = "239.1.2.3", 5000
  a:receiver{group = group, port = port, reply = "ack"}
  deaf:receiver{group = "239.1.2.4", port = port, reply = "ack"}
  local sent = source:sender{group = group, port = port}:send("hello")
  expect(sent):acknowledged_by({a, deaf}, {within = 0.1})
end)

scenario("one too many", function(t)
  local source, a, b = t:hosts("source", "a", "b")
  local group, port = "239.1.2.3", 5000
  a:receiver{group = group, port = port, reply = "ack"}
  b:receiver{group = group, port = port, reply = "ack"}
  local sent = source:sender{group = group, port = port}:send("hello")
  expect(sent):acknowledged_by({a}, {within = 0.1})
end)

scenario("nobody, but one did", function(t)
  local source, a = t:hosts("source", "a")
  local group, port = "239.1.2.3", 5000
  a:receiver{group = group, port = port, reply = "ack"}
  local sent = source:sender{group = group, port = port}:send("hello")
  expect(sent):acknowledged_by({}, {within = 0.1})
end)

scenario("nobody, and nobody could", function(t)
  local source = t:hosts("source")
  local sent = source:sender{group = "239.1.2.4", port = 5000}:send("hello")
  expect(sent):acknowledged_by({}, {within = 0.1})
end)

scenario("a request that is answered by too few", function(t)
  local source, a, b = t:hosts("source", "a", "b")
  local group, port = "239.1.2.3", 5000
  a:receiver{group = group, port = port, reply = "ack"}
  local sender = source:sender{group = group, port = port}
  local acks = sender:request("hello", {within = 0.1, from = {a, b}})
  expect(acks:missing()):equals{}
end)

scenario("it still thinks", function(t)
  local source, a = t:hosts("source", "a")
  local group, port = "239.1.2.3", 5000
  a:receiver{group = group, port = port, reply = function() mcast.sleep(60) end}
  local sent = source:sender{group = group, port = port}:send("hello")
  expect(sent):acknowledged_by({a}, {within = 0.1})
end)

scenario("the silent one of two is not the reason", function(t)
  local source, a = t:hosts("source", "a")
  local group, port = "239.1.2.3", 5000
  a:receiver{group = group, port = port}
  a:receiver{group = group, port = port, reply = function() return nil end}
  local sent = source:sender{group = group, port = port}:send("hello")
  expect(sent):acknowledged_by({a}, {within = 0.1})
end)

scenario("a reply to an address of the link that is lost", function(t)
  local source, a = t:hosts("source", "a")
  local group, port = "ff02::abcd", 5000
  a:receiver{group = group, port = port, reply = "ack"}
  source:block{direction = "in"}
  local sent = source:sender{group = group, port = port}:send("hello")
  expect(sent):acknowledged_by({a}, {within = 0.1})
end)
