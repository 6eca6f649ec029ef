scenario("twice", function() expect(1):equals(1) end)
scenario("twice", function() expect(1):equals(1) end)
