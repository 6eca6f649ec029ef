scenario("one", {needs = {"quantum_entanglement"}}, function() expect(1):equals(1) end)
