-- -k that selects nothing.
-- run: run {file} -k four
-- expect: exit 5
-- expect: stderr mcast-harness: no scenario was selected

scenario("one", {tags = {"quick"}}, function() expect(1):equals(1) end)

scenario("two", {tags = {"slow"}}, function() expect(1):equals(2) end)

scenario("three", {each = {"left", "right"}}, function(t) expect(t.case):exists() end)
