-- Everything in the file.
-- run: run {file}
-- expect: exit 1
-- expect: passed "one"
-- expect: failed "two" expected 2, seen 1 (11)
-- expect: passed "three [left]"
-- expect: passed "three [right]"

scenario("one", {tags = {"quick"}}, function() expect(1):equals(1) end)

scenario("two", {tags = {"slow"}}, function() expect(1):equals(2) end)

scenario("three", {each = {"left", "right"}}, function(t) expect(t.case):exists() end)
