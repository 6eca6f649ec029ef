-- `crosses` is told by observers, exactly.
-- expect: exit 1

scenario("it did not come here", function(t)
  local source, a, b = t:hosts("source", "a", "b")
  local group, port = t:group(), t:port()
  a:receiver{group = group, port = port}
  a:observer{group = group}
  b:observer{group = group}
  local sent = source:sender{group = group, port = port}:send("hello")
  expect(sent):crosses({a, b}, {within = 0.1})
end)

scenario("it came here too", function(t)
  local source, a, b = t:hosts("source", "a", "b")
  local group, port = t:group(), t:port()
  a:receiver{group = group, port = port}
  b:receiver{group = group, port = port}
  a:observer{group = group}
  b:observer{group = group}
  local sent = source:sender{group = group, port = port}:send("hello")
  expect(sent):crosses({a}, {within = 0.1})
end)

scenario("nobody observes the host", function(t)
  local source, a = t:hosts("source", "a")
  local group, port = t:group(), t:port()
  a:receiver{group = group, port = port}
  local sent = source:sender{group = group, port = port}:send("hello")
  expect(sent):crosses({a}, {within = 0.1})
end)

scenario("nobody observes anything", function(t)
  local source = t:hosts("source")
  local sent = source:sender{group = t:group(), port = t:port()}:send("hello")
  expect(sent):crosses({}, {within = 0.1})
end)
