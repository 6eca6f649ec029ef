-- `reaches` is exact: everyone who is named, nobody else, once each.
-- expect: exit 1


scenario("a host that is no member", function(t)
  local source, a, b = t:hosts("source", "a", "b")
  local group, port = t:group(), t:port()
  a:receiver{group = group, port = port}
  b:receiver{group = t:group(), port = port}
  local sent = source:sender{group = group, port = port}:send("hello")
  expect(sent):reaches({a, b}, {within = 0.1})
end)

scenario("one member too many", function(t)
  local source, a, b = t:hosts("source", "a", "b")
  local group, port = t:group(), t:port()
  a:receiver{group = group, port = port}
  b:receiver{group = group, port = port}
  local sent = source:sender{group = group, port = port}:send("hello")
  expect(sent):reaches({a}, {within = 0.1})
end)

scenario("twice", function(t)
  local source, a = t:hosts("source", "a")
  local group, port, source_port = t:group(), t:port(), t:port()
  a:receiver{group = group, port = port}
  local twin = source:socket()
  twin.reuse_addr = true
  twin:bind(nil, source_port)
  local sender = source:sender{group = group, port = port, source_port = source_port}
  local sent = sender:send("hello")
  twin:sendto("hello", group, port)
  expect(sent):reaches({a}, {within = 0.1})
end)

scenario("a host without a receiver", function(t)
  local source, a, b = t:hosts("source", "a", "b")
  local group, port = t:group(), t:port()
  a:receiver{group = group, port = port}
  local sent = source:sender{group = group, port = port}:send("hello")
  expect(sent):reaches({a, b}, {within = 0.1})
end)

scenario("a closed receiver", function(t)
  local source, a, b = t:hosts("source", "a", "b")
  local group, port = t:group(), t:port()
  a:receiver{group = group, port = port}
  b:receiver{group = group, port = port}:close()
  local sent = source:sender{group = group, port = port}:send("hello")
  expect(sent):reaches({a}, {within = 0.1})
end)

scenario("nobody, but one heard it", function(t)
  local source, a = t:hosts("source", "a")
  local group, port = t:group(), t:port()
  a:receiver{group = group, port = port}
  local sent = source:sender{group = group, port = port}:send("hello")
  expect(sent):reaches({}, {within = 0.1})
end)

scenario("a full buffer", function(t)
  local source, a = t:hosts("source", "a")
  local group, port = t:group(), t:port()
  a:receiver{group = group, port = port, receive_buffer = 1}
  local sender = source:sender{group = group, port = port}
  local sent = sender:send(("x"):rep(60000))
  expect(sent):reaches({a}, {within = 0.1})
end)
