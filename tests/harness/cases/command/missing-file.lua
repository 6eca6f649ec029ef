-- A file that does not exist.
-- run: run data/no-such-file.lua
-- expect: exit 2
-- expect: stderr mcast-harness: data/no-such-file.lua: no such file or folder
-- expect: stderr Try 'mcast-harness --help'.

scenario("one", {tags = {"quick"}}, function() expect(1):equals(1) end)

scenario("two", {tags = {"slow"}}, function() expect(1):equals(2) end)

scenario("three", {each = {"left", "right"}}, function(t) expect(t.case):exists() end)
