-- Errors of Lua's own, with what they probably come of, and without where it is something else.
-- expect: exit 1
-- expect: broken "a host too many" attempt to index a nil value (local 'c') (10)
-- expect: hint 'c' is nil: t:hosts returns one host for each name that it is given
-- expect: broken "something else that is nil" attempt to index a nil value (local 'reply') (16)
-- expect: broken "a word that is misspelt" attempt to call a nil value (global 'evntually') (20)
-- expect: hint did you mean 'eventually'?
scenario("a host too many", function(t)
  local a, b, c = t:hosts("a", "b")
  return a.name, b.name, c.name
end)

scenario("something else that is nil", function(t)
  local a = t:hosts("a")
  local reply = a:receiver{group = t:group(), port = t:port()}:next{within = 0.001}
  return reply.data
end)

scenario("a word that is misspelt", function()
  evntually(function() return true end) -- luacheck: ignore 113
end)
