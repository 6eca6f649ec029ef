-- A scenario without a function.
-- run: run command/data/no-function.lua
-- expect: exit 2
-- expect: stderr mcast-harness: command/data/no-function.lua:1: scenario: function: expected a function, got nil

scenario("one", {tags = {"quick"}}, function() expect(1):equals(1) end)

scenario("two", {tags = {"slow"}}, function() expect(1):equals(2) end)

scenario("three", {each = {"left", "right"}}, function(t) expect(t.case):exists() end)
