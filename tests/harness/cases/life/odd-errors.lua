-- Errors that are meant to confuse whoever tells them.
-- expect: exit 1
-- expect: broken "a metatable that is none" a table was raised: {} (23)
-- expect: broken "words that raise" inner (27)
-- expect: broken "words that are none" '__tostring' must return a string (31)
-- expect: broken "words without end" <any>C stack overflow<any> (35)
-- expect: broken "a line that no file has" far away (39)
-- expect: broken "longer than somebody reads" xxxx<any>xxxx... (50000000 bytes) (43)
-- expect: stdout   a table was raised: {}
-- expect: broken "a hook that raises" from the hook (47)
-- expect: broken "a hook without end" timed out after 0.3 s in life/odd-errors.lua:52 (52)
-- expect: inconclusive "a message handler that raises" it ended without having made a claim (57)
-- expect: broken "a deferred function" inner (62)
-- expect: passed "a claim in spite of all"

local soon = 0.3 -- seconds

local function worded(words)
  return setmetatable({}, {__tostring = words})
end

scenario("a metatable that is none", function()
  error(setmetatable({}, {__metatable = 5}))
end)

scenario("words that raise", function()
  error(worded(function() error("inner") end))
end)

scenario("words that are none", function()
  error(worded(function() return nil end))
end)

scenario("words without end", function()
  error(worded(function(self) return tostring(self) end))
end)

scenario("a line that no file has", function()
  error("odd-errors.lua:99999999999999999999: far away", 0)
end)

scenario("longer than somebody reads", function()
  error(("x"):rep(50000000), 0)
end)

scenario("a hook that raises", function()
  debug.sethook(function() error("from the hook") end, "l")
  expect(1):equals(1)
end)

scenario("a hook without end", {timeout = soon}, function()
  debug.sethook(function() while true do end end, "l")
  expect(1):equals(1)
end)

-- luacheck: ignore
scenario("a message handler that raises", function()
  xpcall(error, function(raised) error(raised) end)
end)

scenario("a deferred function", function(t)
  t:defer(function() error(worded(function() error("inner") end)) end)
  expect(1):equals(1)
end)

scenario("a claim in spite of all", function()
  pcall(error, setmetatable({}, {__metatable = 5}))
  setmetatable({}, {__gc = function() error("nobody hears of it") end})
  collectgarbage()
  expect(setmetatable({}, {__metatable = 5})):exists()
end)
