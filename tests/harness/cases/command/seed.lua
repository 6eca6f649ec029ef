-- The run's seed makes Lua's random numbers the same again: those of the file, and of each scenario.
-- run: run {file} --seed 7
-- expect: exit 0
-- expect: passed "one <number>"
-- expect: passed "two"

local function is_seeded()
  local first = math.random(1 << 40)
  math.randomseed(7, 1)
  expect(first):equals(math.random(1 << 40))
end

scenario("one " .. math.random(1 << 40), is_seeded)
scenario("two", is_seeded)
