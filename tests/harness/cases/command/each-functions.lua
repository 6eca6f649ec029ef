-- Elements of `each` that have no name are called by their places; functions, too.
-- run: run {file} --report tap={scratch}/report
-- expect: exit 1
-- expect: passed "of functions [1]"
-- expect: passed "of functions [2]"
-- expect: passed "of tables [1]"
-- expect: passed "of tables [2]"
-- expect: broken "of tables in any order [1]" command/each-functions.lua declares the elements of `each` in another order each time it is loaded

local function one() return 1 end
local function two() return 2 end

scenario("of functions", {each = {one, two}}, function(t)
  expect(t.name):equals(("of functions [%d]"):format(t.case()))
end)

scenario("of tables", {each = {{x = 1, f = one}, {x = 2, f = two}}}, function(t)
  expect(t.name):equals(("of tables [%d]"):format(t.case.x))
  expect(t.case.f()):equals(t.case.x)
end)

local random = assert(io.open("/dev/urandom", "rb"))
scenario("of tables in any order", {each = {{x = ("I7"):unpack(random:read(7))}}}, function(t)
  expect(t.case.x):exists()
end)
