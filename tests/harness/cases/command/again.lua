-- The command that runs a scenario again names the run's seed where the scenario drew from it, and only there.
-- expect: exit 1
-- expect: failed "draws nothing" expected 2, seen 1 (21)
-- expect: stdout   run again: mcast-harness run 'command/again.lua::draws nothing'
-- expect: failed "draws a number" expected 2, seen 1 (25)
-- expect: stdout   run again: mcast-harness run 'command/again.lua::draws a number' --seed=<number>
-- expect: failed "has a seed of its own" expected 2, seen 1 (30)
-- expect: stdout   run again: mcast-harness run 'command/again.lua::has a seed of its own'
-- expect: failed "a link that loses some" expected 2, seen 1 (34)
-- expect: stdout   run again: mcast-harness run 'command/again.lua::a link that loses some' --seed=<number>
-- expect: failed "a link that loses all, late" expected 2, seen 1 (38)
-- expect: stdout   run again: mcast-harness run 'command/again.lua::a link that loses all, late'
-- expect: failed "a link with a seed of its own" expected 2, seen 1 (42)
-- expect: stdout   run again: mcast-harness run 'command/again.lua::a link with a seed of its own'
-- expect: failed "a mix" expected 2, seen 1 (46)
-- expect: stdout   run again: mcast-harness run 'command/again.lua::a mix' --seed=<number>
-- expect: broken "dies" crashed: SIGSEGV (49)
-- expect: stdout   run again: mcast-harness run command/again.lua::dies --seed=<number>

scenario("draws nothing", function()
  expect(1):equals(2)
end)
scenario("draws a number", function()
  math.random()
  expect(1):equals(2)
end)
scenario("has a seed of its own", function()
  math.randomseed(5)
  math.random()
  expect(1):equals(2)
end)
scenario("a link that loses some", function(t)
  t:hosts("a").eth0:impair{loss = 0.5}
  expect(1):equals(2)
end)
scenario("a link that loses all, late", function(t)
  t:hosts("a").eth0:impair{loss = 1, delay = 0.01}
  expect(1):equals(2)
end)
scenario("a link with a seed of its own", function(t)
  t:hosts("a").eth0:impair{loss = 0.5, seed = 5}
  expect(1):equals(2)
end)
scenario("a mix", function(t)
  mcast.traffic.mix{from = t:hosts("a"), groups = 2, rate = 100}
  expect(1):equals(2)
end)

scenario("dies", function() -- what it drew until then nobody can ask it any more
  local code = string.dump(assert(load("return 'a constant'")))
  local wrong = code:gsub("\3\0\0\0", "\3\0\255\255", 1) -- as in life/crash.lua
  return #load(wrong, "wrong", "b")()
end)
