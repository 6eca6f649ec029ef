-- A file that ends too early.
-- run: run command/data/unfinished.txt
-- expect: exit 2
-- expect: stderr mcast-harness: command/data/unfinished.txt:2: 'end' expected (to close 'function' at line 1) near <eof>

scenario("one", {tags = {"quick"}}, function() expect(1):equals(1) end)

scenario("two", {tags = {"slow"}}, function() expect(1):equals(2) end)

scenario("three", {each = {"left", "right"}}, function(t) expect(t.case):exists() end)
