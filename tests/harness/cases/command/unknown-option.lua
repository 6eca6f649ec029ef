-- A misspelt option.
-- run: run --reprot tap {file}
-- expect: exit 2
-- expect: stderr mcast-harness: unknown option --reprot (did you mean '--report'?)
-- expect: stderr Try 'mcast-harness --help'.

scenario("one", {tags = {"quick"}}, function() expect(1):equals(1) end)

scenario("two", {tags = {"slow"}}, function() expect(1):equals(2) end)

scenario("three", {each = {"left", "right"}}, function(t) expect(t.case):exists() end)
