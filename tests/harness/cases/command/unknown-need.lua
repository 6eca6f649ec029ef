-- A capability that nobody knows is missing: it skips.
-- run: run command/data/unknown-need.lua
-- expect: exit 4
-- expect: skipped "one" it needs 'quantum_entanglement', which this version does not know (known: frr, ipv6, pimd, root, smcroute and user-namespaces) (1)

scenario("one", {tags = {"quick"}}, function() expect(1):equals(1) end)

scenario("two", {tags = {"slow"}}, function() expect(1):equals(2) end)

scenario("three", {each = {"left", "right"}}, function(t) expect(t.case):exists() end)
