-- What only just holds, holds.
-- expect: exit 0
-- expect: passed "at the boundary"
-- expect: passed "equal, though not the same"
-- expect: passed "exactly this error"

scenario("at the boundary", function()
  expect(2):is_at_most(2)
  expect(2):is_at_least(2)
  expect(1.5):near(1, 0.5)
  expect(0.5):near(1, 0.5)
  expect(math.huge):is_at_least(math.maxinteger)
  expect(""):contains("")
  expect(false):exists()
end)

scenario("equal, though not the same", function()
  expect{1, {a = "b"}}:equals{1, {a = "b"}}
  expect{}:equals{}
  expect(1.0):equals(1)
  expect("a%b"):contains("%b") -- text, not a pattern
  expect{{1}, {2}}:contains{2}
end)

scenario("exactly this error", function(t)
  local socket = t:hosts("a"):socket()
  expect(function() socket:drop_membership("239.1.2.3") end):raises("EADDRNOTAVAIL")
  expect(function() error("out of coffee", 0) end):raises("^out of %a+$")
  expect(function() error("a.b") end):raises()
end)
