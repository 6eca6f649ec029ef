-- A parameter has the type of its default.
-- run: run {file} --param count=4 --param name=x --param loud=true
-- expect: exit 0
-- expect: passed "the values from the command line"

local count = param("count", 3, "how many")
local name = param("name", "nobody")
local loud = param("loud", false)

scenario("the values from the command line", function()
  expect(count):equals(4)
  expect(name):equals("x")
  expect(loud):equals(true)
end)
