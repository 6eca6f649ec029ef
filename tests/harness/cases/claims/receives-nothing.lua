-- Silence counts only if something was sent towards it.
-- expect: exit 1
-- expect: failed "something came" receiver on host 'a' (239.1.2.3 port 5000): expected nothing, received "hello" from source to 239.1.2.3 (13)
-- expect: failed "something comes while it listens on" receiver on host 'a' (239.1.2.3 port 5000): expected nothing, received "hello" from source to 239.1.2.3 (21)
-- expect: inconclusive "nothing was ever sent" receiver on host 'a' (239.1.2.3 port 5000): inconclusive, because nothing was sent towards it (27)
-- expect: inconclusive "nothing was sent since it was cleared" receiver on host 'a' (239.1.2.3 port 5000): inconclusive, because nothing was sent towards it (36)
-- expect: inconclusive "the receiver was deaf: closed" receiver on host 'a' (239.1.2.3 port 5000): inconclusive, because receiver on host 'a' (239.1.2.3 port 5000) was closed meanwhile (44)

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
