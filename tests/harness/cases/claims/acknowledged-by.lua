-- `acknowledged_by` is exact, and tells a lost reply from a lost request.
-- expect: exit 1

scenario("one heard it and said nothing", function(t)
  local source, a, silent = t:hosts("source", "a", "silent")
  local group, port = t:group(), t:port()
  a:receiver{group = group, port = port, reply = "ack"}
  silent:receiver{group = group, port = port}
  local sent = source:sender{group = group, port = port}:send("hello")
  expect(sent):acknowledged_by({a, silent}, {within = 0.1})
end)

scenario("one never heard it", function(t)
  local source, a, deaf = t:hosts("source", "a", "deaf")
  local group, port = t:group(), t:port()
  a:receiver{group = group, port = port, reply = "ack"}
  deaf:receiver{group = t:group(), port = port, reply = "ack"}
  local sent = source:sender{group = group, port = port}:send("hello")
  expect(sent):acknowledged_by({a, deaf}, {within = 0.1})
end)

scenario("one too many", function(t)
  local source, a, b = t:hosts("source", "a", "b")
  local group, port = t:group(), t:port()
  a:receiver{group = group, port = port, reply = "ack"}
  b:receiver{group = group, port = port, reply = "ack"}
  local sent = source:sender{group = group, port = port}:send("hello")
  expect(sent):acknowledged_by({a}, {within = 0.1})
end)

scenario("nobody, but one did", function(t)
  local source, a = t:hosts("source", "a")
  local group, port = t:group(), t:port()
  a:receiver{group = group, port = port, reply = "ack"}
  local sent = source:sender{group = group, port = port}:send("hello")
  expect(sent):acknowledged_by({}, {within = 0.1})
end)

scenario("nobody, and nobody could", function(t)
  local source = t:hosts("source")
  local sent = source:sender{group = t:group(), port = t:port()}:send("hello")
  expect(sent):acknowledged_by({}, {within = 0.1})
end)

scenario("a request that is answered by too few", function(t)
  local source, a, b = t:hosts("source", "a", "b")
  local group, port = t:group(), t:port()
  a:receiver{group = group, port = port, reply = "ack"}
  local sender = source:sender{group = group, port = port}
  local acks = sender:request("hello", {within = 0.1, from = {a, b}})
  expect(acks:missing()):equals{}
end)
