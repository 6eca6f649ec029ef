-- `reaches_nobody` needs proof that somebody could have heard it.
-- expect: exit 1
-- expect: failed "somebody heard it" datagram "hello" from host 'source' to 239.1.2.3 port 5000: expected to reach nobody, seen a: a got it and should not have (13)
-- expect: inconclusive "there is nobody who could hear" datagram "hello" from host 'source' to 239.1.2.3 port 5000: inconclusive, because there is no receiver that could have heard it (19)
-- expect: inconclusive "all receivers are closed" datagram "hello" from host 'source' to 239.1.2.3 port 5000: inconclusive, because there is no receiver that could have heard it (26)
-- expect: inconclusive "it never left the host" datagram "hello" from host 'source' to 239.1.2.3 port 5000: inconclusive, because there is no proof that the datagram left host 'source' (its TTL is 0) (35)
-- expect: inconclusive "a silent receiver lost something else meanwhile" datagram "hello" from host 'source' to 239.1.2.3 port 5000: inconclusive, because receiver on host 'a' (239.1.2.4 port 5000) dropped <number> datagrams meanwhile, because its buffer was full (45)

scenario("somebody heard it", function(t)
  local source, a = t:hosts("source", "a")
  local group, port = "239.1.2.3", 5000
  a:receiver{group = group, port = port}
  expect(source:sender{group = group, port = port}:send("hello")):reaches_nobody()
end)

scenario("there is nobody who could hear", function(t)
  local source = t:hosts("source")
  local group, port = "239.1.2.3", 5000
  expect(source:sender{group = group, port = port}:send("hello")):reaches_nobody()
end)

scenario("all receivers are closed", function(t)
  local source, a = t:hosts("source", "a")
  local group, port = "239.1.2.3", 5000
  a:receiver{group = "239.1.2.4", port = port}:close()
  expect(source:sender{group = group, port = port}:send("hello")):reaches_nobody()
end)

scenario("it never left the host", function(t)
  local source, a = t:hosts("source", "a")
  local group, port = "239.1.2.3", 5000
  source:socket():add_membership(group) -- TTL 0 stays in a host that is a member itself
  a:receiver{group = group, port = port}
  local sent = source:sender{group = group, port = port, ttl = 0}:send("hello")
  expect(sent):reaches_nobody()
end)

scenario("a silent receiver lost something else meanwhile", function(t)
  local source, a = t:hosts("source", "a")
  local group, other_group, port = "239.1.2.3", "239.1.2.4", 5000
  a:receiver{group = other_group, port = port, receive_buffer = 1}
  local sent = source:sender{group = group, port = port}:send("hello")
  local flood = source:sender{group = other_group, port = port}
  for i = 1, 20 do flood:send(("x"):rep(1000) .. i) end
  expect(sent):reaches_nobody()
end)
