-- An option whose value is no number.
-- run: run {file} --timeout soon
-- expect: exit 2
-- expect: stderr mcast-harness: --timeout: seconds above 0 expected, got 'soon'
-- expect: stderr Try 'mcast-harness --help'.

scenario("one", {tags = {"quick"}}, function() expect(1):equals(1) end)

scenario("two", {tags = {"slow"}}, function() expect(1):equals(2) end)

scenario("three", {each = {"left", "right"}}, function(t) expect(t.case):exists() end)
