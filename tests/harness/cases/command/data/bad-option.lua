scenario("one", {tiemout = 3}, function() expect(1):equals(1) end)
