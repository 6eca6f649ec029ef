-- `reaches` is exact: everyone who is named, nobody else, once each.
-- expect: exit 1
-- expect: failed "one member too many" datagram "hello" from host 'source' to 239.1.2.3 port 5000: expected to reach a, seen a and b: b got it and should not have (28)
-- expect: failed "twice" datagram "hello" from host 'source' to 239.1.2.3 port 5000: expected to reach a, seen a: receiver on host 'a' (239.1.2.3 port 5000) got it twice (42)
-- expect: failed "a host without a receiver" datagram "hello" from host 'source' to 239.1.2.3 port 5000: expected to reach a and b, seen a: b did not get it: it has no open receiver (50)
-- expect: failed "a host that is no member" datagram "hello" from host 'source' to 239.1.2.3 port 5000: expected to reach a and b, seen a: b did not get it: its receiver has not joined 239.1.2.3 (19)
-- expect: inconclusive "a silent receiver that did not listen to the end" datagram "hello" from host 'source' to 239.1.2.3 port 5000: inconclusive, because receiver on host 'b' (239.1.2.4 port 5000) was closed meanwhile (60)
-- expect: failed "nobody, but one heard it" datagram "hello" from host 'source' to 239.1.2.3 port 5000: expected to reach nobody, seen a: a got it and should not have (68)
-- expect: failed "twice, the second time when all seemed well" datagram "hello" from host 'source' to 239.1.2.3 port 5000: expected to reach a, seen a: receiver on host 'a' (239.1.2.3 port 5000) got it twice (95)
-- expect: failed "a full buffer" datagram "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx..." (1002 bytes) from host 'source' to 239.1.2.3 port 5000: expected to reach a, seen nobody: a did not get it: receiver on host 'a' (239.1.2.3 port 5000) dropped <number> datagrams because its buffer was full (78)


scenario("a host that is no member", function(t)
  local source, a, b = t:hosts("source", "a", "b")
  local group, port = "239.1.2.3", 5000
  a:receiver{group = group, port = port}
  b:receiver{group = "239.1.2.4", port = port}
  local sent = source:sender{group = group, port = port}:send("hello")
  expect(sent):reaches({a, b}, {within = 0.1})
end)

scenario("one member too many", function(t)
  local source, a, b = t:hosts("source", "a", "b")
  local group, port = "239.1.2.3", 5000
  a:receiver{group = group, port = port}
  b:receiver{group = group, port = port}
  local sent = source:sender{group = group, port = port}:send("hello")
  expect(sent):reaches({a}, {within = 0.1})
end)

scenario("twice", function(t)
  local source, a = t:hosts("source", "a")
  local group, port, source_port = "239.1.2.3", 5000, 6000
  a:receiver{group = group, port = port}
  local sender = source:sender{group = group, port = port, source_port = source_port}
  sender.socket.reuse_addr = true
  local twin = source:socket()
  twin.reuse_addr = true
  twin:bind(nil, source_port)
  local sent = sender:send("hello")
  twin:sendto("hello", group, port)
  expect(sent):reaches({a}, {within = 0.1})
end)

scenario("a host without a receiver", function(t)
  local source, a, b = t:hosts("source", "a", "b")
  local group, port = "239.1.2.3", 5000
  a:receiver{group = group, port = port}
  local sent = source:sender{group = group, port = port}:send("hello")
  expect(sent):reaches({a, b}, {within = 0.1})
end)

scenario("a silent receiver that did not listen to the end", function(t)
  local source, a, b = t:hosts("source", "a", "b")
  local group, port = "239.1.2.3", 5000
  a:receiver{group = group, port = port}
  local deaf = b:receiver{group = "239.1.2.4", port = port}
  local sent = source:sender{group = group, port = port}:send("hello")
  deaf:close()
  expect(sent):reaches({a}, {within = 0.1})
end)

scenario("nobody, but one heard it", function(t)
  local source, a = t:hosts("source", "a")
  local group, port = "239.1.2.3", 5000
  a:receiver{group = group, port = port}
  local sent = source:sender{group = group, port = port}:send("hello")
  expect(sent):reaches({}, {within = 0.1})
end)

scenario("a full buffer", function(t)
  local source, a = t:hosts("source", "a")
  local group, port = "239.1.2.3", 5000
  a:receiver{group = group, port = port, receive_buffer = 1}
  local sender = source:sender{group = group, port = port}
  local sent
  for i = 1, 20 do sent = sender:send(("x"):rep(1000) .. i) end
  expect(sent):reaches({a}, {within = 0.1})
end)

scenario("twice, the second time when all seemed well", function(t)
  local source, a = t:hosts("source", "a")
  local group, port, source_port = "239.1.2.3", 5000, 6000
  local receiver = a:receiver{group = group, port = port}
  local sender = source:sender{group = group, port = port, source_port = source_port}
  sender.socket.reuse_addr = true
  local twin = source:socket()
  twin.reuse_addr = true
  twin:bind(nil, source_port)
  mcast.spawn(function()
    receiver:wait(1)
    twin:sendto("hello", group, port)
  end)
  local sent = sender:send("hello")
  expect(sent):reaches({a}, {within = 0.1, quiet = 0.1})
end)
