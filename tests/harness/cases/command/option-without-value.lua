-- An option that lacks its value.
-- run: run {file} --timeout
-- expect: exit 2
-- expect: stderr mcast-harness: option --timeout needs a value
-- expect: stderr Try 'mcast-harness --help'.

scenario("one", {tags = {"quick"}}, function() expect(1):equals(1) end)

scenario("two", {tags = {"slow"}}, function() expect(1):equals(2) end)

scenario("three", {each = {"left", "right"}}, function(t) expect(t.case):exists() end)
