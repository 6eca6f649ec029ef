-- Nothing failed, but nothing was proved either.
-- expect: exit 3
-- expect: passed "proves something"
-- expect: inconclusive "proves nothing" it ended without having made a claim (10)

scenario("proves something", function()
  expect(1):equals(1)
end)

scenario("proves nothing", function(t)
  t:log("just passing by")
end)
