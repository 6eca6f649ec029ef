-- A file that raises while it loads.
-- run: run command/data/raises.lua
-- expect: exit 2
-- expect: stderr mcast-harness: command/data/raises.lua:1: out of coffee

scenario("one", {tags = {"quick"}}, function() expect(1):equals(1) end)

scenario("two", {tags = {"slow"}}, function() expect(1):equals(2) end)

scenario("three", {each = {"left", "right"}}, function(t) expect(t.case):exists() end)
