-- Modules beside the scenario's file.
-- expect: exit 1
-- expect: passed "one that returns false"
-- expect: passed "one that does not load, asked for twice"
-- expect: broken "one that is not there" module 'data.nowhere' not found:<any>
-- expect: broken "two that require each other" require: module 'data.circle1' requires itself, by way of what it requires (input/data/circle2.lua:1)
-- expect: stdout   	no file 'input/data/nowhere.lua'
-- expect: stdout   	no file 'input/data/nowhere/init.lua'

scenario("one that returns false", function()
  expect(require "data.falsy"):is_false()
  expect(require "data.falsy"):is_false()
end)

scenario("one that does not load, asked for twice", function()
  for _ = 1, 2 do expect(function() require "data.raises" end):raises("out of paper") end
end)

scenario("one that is not there", function()
  require "data.nowhere"
end)

scenario("two that require each other", function()
  local circle = require "data.circle1"
  expect(circle):exists()
end)
