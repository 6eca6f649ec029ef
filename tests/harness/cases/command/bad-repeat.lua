-- Repeated no time.
-- run: run {file} --repeat 0
-- expect: exit 2
-- expect: stderr mcast-harness: --repeat: a whole number from 1 expected, got '0'
-- expect: stderr Try 'mcast-harness --help'.

scenario("one", {tags = {"quick"}}, function() expect(1):equals(1) end)

scenario("two", {tags = {"slow"}}, function() expect(1):equals(2) end)

scenario("three", {each = {"left", "right"}}, function(t) expect(t.case):exists() end)
