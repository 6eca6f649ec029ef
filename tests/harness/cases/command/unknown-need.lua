-- A capability that nobody knows.
-- run: run command/data/unknown-need.lua
-- expect: exit 2
-- expect: stderr mcast-harness: command/data/unknown-need.lua:1: scenario: needs: expected a capability: ipv6, root or user-namespaces; nearest is 'user-namespaces', got "quantum_entanglement"

scenario("one", {tags = {"quick"}}, function() expect(1):equals(1) end)

scenario("two", {tags = {"slow"}}, function() expect(1):equals(2) end)

scenario("three", {each = {"left", "right"}}, function(t) expect(t.case):exists() end)
