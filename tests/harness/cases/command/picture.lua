-- A file that is not Lua.
-- run: run command/data/picture.png
-- expect: exit 2
-- expect: stderr mcast-harness: command/data/picture.png: is not Lua text

scenario("one", {tags = {"quick"}}, function() expect(1):equals(1) end)

scenario("two", {tags = {"slow"}}, function() expect(1):equals(2) end)

scenario("three", {each = {"left", "right"}}, function(t) expect(t.case):exists() end)
