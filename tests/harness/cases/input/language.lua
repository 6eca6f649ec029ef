-- Mistakes of the language: the file and the line, and no traceback of the library.
-- expect: exit 1
-- expect: broken "an undeclared global, assigned" global variable 'gruop' is not declared: write 'local gruop' (17)
-- expect: failed "an undeclared global, read" expected 1, seen nil (21)
-- expect: broken "an error of one's own" out of coffee (25)
-- expect: broken "an error that is a table" a table was raised: {coffee = 0} (29)
-- expect: broken "an error that is nothing" an error without a value was raised (33)
-- expect: broken "a nil that is called" attempt to call a nil value (field 'no_such_method') (37)
-- expect: broken "an error in a deferred function" out of tea (46)
-- expect: broken "an error in a task that is joined" out of milk (51)
-- expect: broken "an error in a task that nobody joins" out of sugar (55)
-- expect: broken "an error in a reply" out of words (62)
-- expect: broken "a reply that is no string" receiver: reply: what it returned: expected a string, got {} (69)
-- expect: broken "a reply that is too large" host a: send 65508 bytes to 10.1.0.1 port <number>: Message too long (EMSGSIZE) (77)
-- expect: broken "an endless recursion" stack overflow (41)
scenario("an undeclared global, assigned", function()
  gruop = "239.1.2.3" -- luacheck: ignore
end)

scenario("an undeclared global, read", function()
  expect(gruop):equals(1) -- luacheck: ignore
end)

scenario("an error of one's own", function()
  error("out of coffee")
end)

scenario("an error that is a table", function()
  error{coffee = 0}
end)

scenario("an error that is nothing", function()
  error(nil)
end)

scenario("a nil that is called", function(t)
  t:hosts("a").address6.no_such_method()
end)

scenario("an endless recursion", function()
  local function again() return 1 + again() end
  again()
end)

scenario("an error in a deferred function", function(t)
  t:defer(function() error("out of tea") end)
  expect(1):equals(1)
end)

scenario("an error in a task that is joined", function()
  mcast.spawn(function() error("out of milk") end):join()
end)

scenario("an error in a task that nobody joins", function()
  local task = mcast.spawn(function() error("out of sugar") end)
  eventually(function() return task.finished end)
  expect(1):equals(1)
end)

scenario("an error in a reply", function(t)
  local source, a = t:hosts("source", "a")
  a:receiver{group = "239.1.2.3", port = 5000, reply = function() error("out of words") end}
  local sent = source:sender{group = "239.1.2.3", port = 5000}:send("x")
  expect(sent):acknowledged_by({a}, {within = 0.2})
end)

scenario("a reply that is no string", function(t)
  local source, a = t:hosts("source", "a")
  a:receiver{group = "239.1.2.3", port = 5000, reply = function() return {} end}
  local sent = source:sender{group = "239.1.2.3", port = 5000}:send("x")
  expect(sent):acknowledged_by({a}, {within = 0.2})
end)

scenario("a reply that is too large", function(t)
  local source, a = t:hosts("source", "a")
  local large = ("x"):rep(65508)
  a:receiver{group = "239.1.2.3", port = 5000, reply = function() return large end}
  local sent = source:sender{group = "239.1.2.3", port = 5000}:send("x")
  expect(sent):acknowledged_by({a}, {within = 0.2})
end)
