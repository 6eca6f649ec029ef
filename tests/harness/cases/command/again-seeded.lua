-- A seed that the command line gave is kept; and the luck of a repetition is had by as many.
-- run: run {file} --seed 7 --repeat 2
-- expect: exit 1
-- expect: failed "draws nothing" expected 2, seen 1 (13)
-- expect: failed "draws nothing" expected 2, seen 1 (13)
-- expect: stdout   run again: mcast-harness run 'command/again-seeded.lua::draws nothing' --seed=7
-- expect: passed "fails the second time"
-- expect: failed "fails the second time" it drew that number (20)
-- expect: stdout   run again: mcast-harness run 'command/again-seeded.lua::fails the second time' --seed=7 --repeat=2

scenario("draws nothing", function()
  local one = 1
  expect(one):equals(2)
end)

scenario("fails the second time", function(t)
  local drawn = math.random(1 << 40)
  math.randomseed(7, 2)
  expect(drawn):exists()
  if drawn == math.random(1 << 40) then t:fail("it drew that number") end
end)
