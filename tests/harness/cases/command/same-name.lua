-- Two scenarios of one name.
-- run: run command/data/same-name.lua
-- expect: exit 2
-- expect: stderr mcast-harness: command/data/same-name.lua:2: scenario: there is a scenario "twice" already, in line 1

scenario("one", {tags = {"quick"}}, function() expect(1):equals(1) end)

scenario("two", {tags = {"slow"}}, function() expect(1):equals(2) end)

scenario("three", {each = {"left", "right"}}, function(t) expect(t.case):exists() end)
