-- What a receiver has heard since it was opened or cleared.
-- expect: exit 1
-- expect: failed "nothing came" receiver on host 'a' (239.1.2.3 port 5000): expected "hello", received nothing (12)
-- expect: failed "something else came" receiver on host 'a' (239.1.2.3 port 5000): expected "hello", received "good bye" (19)
-- expect: failed "no message satisfies the function" receiver on host 'a' (239.1.2.3 port 5000): expected a message that the function accepts, received "good bye" (26)
-- expect: failed "it came before the receiver was cleared" receiver on host 'a' (239.1.2.3 port 5000): expected "hello", received nothing (35)
-- expect: failed "the receiver is closed" receiver on host 'a' (239.1.2.3 port 5000): expected "hello", received nothing; it is closed (42)

scenario("nothing came", function(t)
  local a = t:hosts("a")
  local receiver = a:receiver{group = "239.1.2.3", port = 5000}
  expect(receiver):receives("hello", {within = 0.1})
end)

scenario("something else came", function(t)
  local source, a = t:hosts("source", "a")
  local receiver = a:receiver{group = "239.1.2.3", port = 5000}
  source:sender{group = "239.1.2.3", port = 5000}:send("good bye")
  expect(receiver):receives("hello", {within = 0.1})
end)

scenario("no message satisfies the function", function(t)
  local source, a = t:hosts("source", "a")
  local receiver = a:receiver{group = "239.1.2.3", port = 5000}
  source:sender{group = "239.1.2.3", port = 5000}:send("good bye")
  expect(receiver):receives(function(message) return #message.data > 100 end, {within = 0.1})
end)

scenario("it came before the receiver was cleared", function(t)
  local source, a = t:hosts("source", "a")
  local receiver = a:receiver{group = "239.1.2.3", port = 5000}
  source:sender{group = "239.1.2.3", port = 5000}:send("hello")
  expect(receiver):receives("hello")
  receiver:clear()
  expect(receiver):receives("hello", {within = 0.1})
end)

scenario("the receiver is closed", function(t)
  local a = t:hosts("a")
  local receiver = a:receiver{group = "239.1.2.3", port = 5000}
  receiver:close()
  expect(receiver):receives("hello", {within = 0.1})
end)
