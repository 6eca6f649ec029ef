-- file:LINE beyond the last scenario.
-- run: run {file}:999
-- expect: exit 5
-- expect: stderr mcast-harness: command/line-none.lua:999: there is no scenario at this line

scenario("one", {tags = {"quick"}}, function() expect(1):equals(1) end)

scenario("two", {tags = {"slow"}}, function() expect(1):equals(2) end)

scenario("three", {each = {"left", "right"}}, function(t) expect(t.case):exists() end)
