-- -q tells the last line alone.
-- run: run -q {file} -k one
-- expect: exit 0
-- expect: passed "one"

scenario("one", {tags = {"quick"}}, function() expect(1):equals(1) end)

scenario("two", {tags = {"slow"}}, function() expect(1):equals(2) end)

scenario("three", {each = {"left", "right"}}, function(t) expect(t.case):exists() end)
