-- Skipped, each with its reason.
-- expect: exit 4

scenario("by itself", function(t)
  t:skip("no third LAN in this building")
end)

scenario("for want of a capability", {needs = {"quantum_entanglement"}}, function()
  expect(1):equals(1)
end)
