-- Bytecode is no scenario: it could crash the harness.
-- run: run command/data/compiled.luac
-- expect: exit 2
-- expect: stderr mcast-harness: command/data/compiled.luac: is not Lua text

scenario("one", {tags = {"quick"}}, function() expect(1):equals(1) end)

scenario("two", {tags = {"slow"}}, function() expect(1):equals(2) end)

scenario("three", {each = {"left", "right"}}, function(t) expect(t.case):exists() end)
