-- file:LINE selects the scenario on that line.
-- run: run {file}:8
-- expect: exit 1
-- expect: failed "two" expected 2, seen 1 (8)

scenario("one", {tags = {"quick"}}, function() expect(1):equals(1) end)

scenario("two", {tags = {"slow"}}, function() expect(1):equals(2) end)

scenario("three", {each = {"left", "right"}}, function(t) expect(t.case):exists() end)
