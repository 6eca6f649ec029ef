-- A parameter of the wrong type.
-- run: run {file} --param count=many
-- expect: exit 2
-- expect: stderr mcast-harness: command/param-type.lua:6: param count: expected an integer, got "many" from --param

local count = param("count", 3, "how many")

scenario("never runs", function()
  expect(count):equals(3)
end)
