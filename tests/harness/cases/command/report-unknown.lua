-- A report of an unknown kind.
-- run: run {file} --report jnuit
-- expect: exit 2
-- expect: stderr mcast-harness: --report: console, tap, junit, jsonl (did you mean 'junit'?) expected, got 'jnuit'
-- expect: stderr Try 'mcast-harness --help'.

scenario("one", {tags = {"quick"}}, function() expect(1):equals(1) end)

scenario("two", {tags = {"slow"}}, function() expect(1):equals(2) end)

scenario("three", {each = {"left", "right"}}, function(t) expect(t.case):exists() end)
