-- `crosses` is told by observers, exactly.
-- expect: exit 1
-- expect: failed "it came here too" datagram "hello" from host 'source' to 239.1.2.3 port 5000: expected to cross to a, seen a and b: b saw it and should not have (26)
-- expect: failed "it did not come here" datagram "hello" from host 'source' to 239.1.2.3 port 5000: expected to cross to a and b, seen a: no interface of b saw it (15)
-- expect: passed "without an observer the harness watches by itself"
-- expect: inconclusive "there is nobody to observe" datagram "hello" from host 'source' to 239.1.2.4 port 5000: inconclusive, because there is no other host's interface to watch (40)

scenario("it did not come here", function(t)
  local source, a, b = t:hosts("source", "a", "b")
  local group, port = "239.1.2.3", 5000
  a:receiver{group = group, port = port}
  a:observer{group = group}
  b:observer{group = group}
  local sent = source:sender{group = group, port = port}:send("hello")
  expect(sent):crosses({a, b}, {within = 0.1})
end)

scenario("it came here too", function(t)
  local source, a, b = t:hosts("source", "a", "b")
  local group, port = "239.1.2.3", 5000
  a:receiver{group = group, port = port}
  b:receiver{group = group, port = port}
  a:observer{group = group}
  b:observer{group = group}
  local sent = source:sender{group = group, port = port}:send("hello")
  expect(sent):crosses({a}, {within = 0.1})
end)

scenario("without an observer the harness watches by itself", function(t)
  local source, a = t:hosts("source", "a")
  local group, port = "239.1.2.3", 5000
  a:receiver{group = group, port = port}
  local sent = source:sender{group = group, port = port}:send("hello")
  expect(sent):crosses({a}, {within = 0.1})
end)

scenario("there is nobody to observe", function(t)
  local source = t:hosts("source")
  local sent = source:sender{group = "239.1.2.4", port = 5000}:send("hello")
  expect(sent):crosses({}, {within = 0.1})
end)
