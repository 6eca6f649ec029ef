-- A scenario makes a claim, and one that does not hold cannot be hidden.
-- expect: exit 1
-- expect: broken "eventually an error" out of coffee (18)
-- expect: inconclusive "no claim at all" it ended without having made a claim (21)
-- expect: inconclusive "an expectation without a claim" expect(1): no claim was made about it (26)
-- expect: failed "given up" the vendor never answered (30)
-- expect: failed "a claim inside pcall still fails" expected 2, seen 1 (34)
-- expect: failed "a claim in a task of its own" expected 2, seen 1 (39)
-- expect: failed "a claim in a task that nobody joins" expected 2, seen 1 (43)
-- expect: inconclusive "eventually never" it ended without having made a claim (13)
-- expect: failed "a claim in a deferred function" expected 2, seen 1 (49)

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
  local task = mcast.spawn(function() expect(1):equals(2) end)
  eventually(function() return task.finished end)
  expect(1):equals(1)
end)

scenario("a claim in a deferred function", function(t)
  t:defer(function() expect(1):equals(2) end)
  expect(1):equals(1)
end)
