-- -k selects by text.
-- run: run {file} -k three
-- expect: exit 0
-- expect: passed "three [left]"
-- expect: passed "three [right]"

scenario("one", {tags = {"quick"}}, function() expect(1):equals(1) end)

scenario("two", {tags = {"slow"}}, function() expect(1):equals(2) end)

scenario("three", {each = {"left", "right"}}, function(t) expect(t.case):exists() end)
