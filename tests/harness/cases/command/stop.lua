-- -x stops after the first failure.
-- run: run -x -j 1 {file}
-- expect: exit 1
-- expect: passed "one"
-- expect: failed "two" expected 2, seen 1 (9)

scenario("one", {tags = {"quick"}}, function() expect(1):equals(1) end)

scenario("two", {tags = {"slow"}}, function() expect(1):equals(2) end)

scenario("three", {each = {"left", "right"}}, function(t) expect(t.case):exists() end)
