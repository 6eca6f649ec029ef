-- A file that declares its scenarios in the order of pairs(), which is another in each process.
-- run: run {file} -j 1
-- expect: exit 1
-- expect: passed "one"
-- expect: passed "two"
-- expect: passed "three"
-- expect: passed "four"
-- expect: passed "five"
-- expect: passed "six"
-- expect: failed "seven" expected at most 6, seen 7 (14)

local cases = {one = 1, two = 2, three = 3, four = 4, five = 5, six = 6, seven = 7}
for name, number in pairs(cases) do
  scenario(name, function() expect(number):is_at_most(6) end)
end
