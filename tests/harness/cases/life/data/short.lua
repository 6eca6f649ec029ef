scenario("short", function() expect(1):equals(1) end)
