-- Soft claims are all told; `eventually` has an end; a scenario claims something.
-- expect: exit 1

scenario("two soft claims fail, and the rest goes on", function(t)
  expect.soft(1):equals(2)
  expect.soft("a"):equals("b")
  t:log("still here")
  expect(1):equals(1)
end)

scenario("eventually never", function()
  eventually(function() return false end, {within = 0.1})
end)

scenario("eventually an error", function()
  eventually(function() error("out of coffee", 0) end, {within = 0.1})
end)

scenario("no claim at all", function(t)
  t:hosts("a", "b")
end)

scenario("an expectation without a claim", function()
  expect(1)
end)

scenario("given up", function(t)
  t:fail("the vendor never answered")
end)

scenario("a claim inside pcall still fails", function()
  pcall(function() expect(1):equals(2) end)
  expect(1):equals(1)
end)

scenario("a claim in a task of its own", function()
  mcast.spawn(function() expect(1):equals(2) end):join()
end)

scenario("a claim in a task that nobody joins", function()
  mcast.spawn(function() expect(1):equals(2) end)
  expect(1):equals(1)
end)

scenario("a claim in a deferred function", function(t)
  t:defer(function() expect(1):equals(2) end)
  expect(1):equals(1)
end)
