-- Silence counts only if something was sent towards it.
-- expect: exit 1

scenario("something came", function(t)
  local source, a = t:hosts("source", "a")
  local receiver = a:receiver{group = "239.1.2.3", port = 5000}
  source:sender{group = "239.1.2.3", port = 5000}:send("hello")
  expect(receiver):receives_nothing{during = 0.1}
end)

scenario("something comes while it listens on", function(t)
  local source, a = t:hosts("source", "a")
  local receiver = a:receiver{group = "239.1.2.3", port = 5000}
  local sender = source:sender{group = "239.1.2.3", port = 5000}
  mcast.spawn(function() sender:send("hello") end)
  expect(receiver):receives_nothing{during = 0.2}
end)

scenario("nothing was ever sent", function(t)
  local a = t:hosts("a")
  local receiver = a:receiver{group = "239.1.2.3", port = 5000}
  expect(receiver):receives_nothing{during = 0.1}
end)

scenario("nothing was sent since it was cleared", function(t)
  local source, a = t:hosts("source", "a")
  local receiver = a:receiver{group = "239.1.2.3", port = 5000}
  source:sender{group = "239.1.2.3", port = 5000}:send("hello")
  expect(receiver):receives("hello")
  receiver:clear()
  expect(receiver):receives_nothing{during = 0.1}
end)

scenario("the receiver was deaf: closed", function(t)
  local source, a = t:hosts("source", "a")
  local receiver = a:receiver{group = "239.1.2.3", port = 5000}
  receiver:close()
  source:sender{group = "239.1.2.3", port = 5000}:send("hello")
  expect(receiver):receives_nothing{during = 0.1}
end)
