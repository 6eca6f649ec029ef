scenario("one", function() expect(1):equals(1) end)
