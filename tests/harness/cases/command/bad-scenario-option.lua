-- A misspelt option of a scenario.
-- run: run command/data/bad-option.lua
-- expect: exit 2
-- expect: stderr mcast-harness: command/data/bad-option.lua:1: scenario: unknown option 'tiemout' (did you mean 'timeout'?)

scenario("one", {tags = {"quick"}}, function() expect(1):equals(1) end)

scenario("two", {tags = {"slow"}}, function() expect(1):equals(2) end)

scenario("three", {each = {"left", "right"}}, function(t) expect(t.case):exists() end)
