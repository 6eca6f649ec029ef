-- A failure weighs more than a doubt.
-- expect: exit 1
-- expect: failed "fails" expected 2, seen 1 (7)
-- expect: inconclusive "proves nothing" it ended without having made a claim (10)

scenario("fails", function()
  expect(1):equals(2)
end)

scenario("proves nothing", function(t)
  t:log("just passing by")
end)
