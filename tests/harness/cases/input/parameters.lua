-- A parameter that the command line could not set.
-- expect: exit 2
-- expect: stderr mcast-harness: input/parameters.lua:5: param: name: expected a name without '=', got "a=b"

local value = param("a=b", 5)

scenario("has it", function() expect(value):equals(5) end)
