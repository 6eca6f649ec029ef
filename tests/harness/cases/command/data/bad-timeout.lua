scenario("one", {timeout = math.huge}, function() expect(1):equals(1) end)
