-- No command at all.
-- run:
-- expect: exit 2
-- expect: stderr Usage: mcast-harness COMMAND [OPTION]... [ARGUMENT]...
-- expect: stderr <rest>

scenario("one", {tags = {"quick"}}, function() expect(1):equals(1) end)

scenario("two", {tags = {"slow"}}, function() expect(1):equals(2) end)

scenario("three", {each = {"left", "right"}}, function(t) expect(t.case):exists() end)
