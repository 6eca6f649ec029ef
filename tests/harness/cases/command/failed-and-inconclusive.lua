-- A failure weighs more than a doubt.
-- expect: exit 1

scenario("fails", function()
  expect(1):equals(2)
end)

scenario("proves nothing", function(t)
  t:log("just passing by")
end)
