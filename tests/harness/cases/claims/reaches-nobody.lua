-- `reaches_nobody` needs proof that somebody could have heard it.
-- expect: exit 1

scenario("somebody heard it", function(t)
  local source, a = t:hosts("source", "a")
  local group, port = t:group(), t:port()
  a:receiver{group = group, port = port}
  expect(source:sender{group = group, port = port}:send("hello")):reaches_nobody()
end)

scenario("there is nobody who could hear", function(t)
  local source = t:hosts("source")
  local group, port = t:group(), t:port()
  expect(source:sender{group = group, port = port}:send("hello")):reaches_nobody()
end)

scenario("all receivers are closed", function(t)
  local source, a = t:hosts("source", "a")
  local group, port = t:group(), t:port()
  a:receiver{group = t:group(), port = port}:close()
  expect(source:sender{group = group, port = port}:send("hello")):reaches_nobody()
end)

scenario("it never left the host", function(t)
  local source, a = t:hosts("source", "a")
  local group, port = t:group(), t:port()
  local here = source:receiver{group = group, port = port}
  a:receiver{group = group, port = port}
  local sender = source:sender{group = group, port = port, ttl = 0, loop = true}
  local sent = sender:send("hello")
  expect(here):receives("hello")
  here:close()
  expect(sent):reaches_nobody()
end)
