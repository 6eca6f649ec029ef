-- What an error of Lua's own probably comes of.
local slip = require "mcast.slip"

local here = debug.getinfo(1, "S").source:sub(2)

local function message_of(f)
  local _, problem = pcall(f)
  return problem
end

scenario("slip: a host that t:hosts was not asked for", function(t)
  local asked, unasked = t:hosts("asked")
  local other = nil
  expect(asked):exists()
  expect(slip.hint(message_of(function() return unasked.name end), here)):is_nil() -- an upvalue
  expect(slip.hint("x:1: attempt to index a nil value (local 'unasked')", here)):equals(
    "'unasked' is nil: t:hosts returns one host for each name that it is given")
  expect(slip.hint("x:1: attempt to index a nil value (local 'other')", here)):is_nil()
  expect(slip.hint("x:1: attempt to index a nil value (local 'unasked')", nil)):is_nil()
  expect(slip.hint("x:1: attempt to index a nil value (local 'unasked')", "/no/file")):is_nil()
  expect(other):is_nil()
end)

scenario("slip: a word of the language", function()
  local known = message_of(function() return scenrio("x") end) -- luacheck: ignore 113
  expect(known):contains "scenrio"
  expect(slip.hint("attempt to call a nil value (global 'scenrio')")):equals(
    "did you mean 'scenario'?")
  expect(slip.hint("attempt to call a nil value (global 'zebra')")):is_nil()
  expect(slip.hint("bad argument #1 to 'format'")):is_nil()
end)
