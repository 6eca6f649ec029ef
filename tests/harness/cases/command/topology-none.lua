-- A topology file that returns something else.
-- run: run {file} --topology command/data/no-topology.lua
-- expect: exit 2
-- expect: stderr mcast-harness: command/data/no-topology.lua: a topology file returns a topology, this one returns table

scenario("one", {tags = {"quick"}}, function() expect(1):equals(1) end)

scenario("two", {tags = {"slow"}}, function() expect(1):equals(2) end)

scenario("three", {each = {"left", "right"}}, function(t) expect(t.case):exists() end)
