-- Soft claims are all told, and what follows them still runs.
-- run: run {file} -v
-- expect: exit 1
-- expect: failed "two soft claims fail, and the rest goes on" expected 2, seen 1 (10)
-- expect: claim expected 2, seen 1
-- expect: claim expected "b", seen "a"
-- expect: stdout   run again: mcast-harness run 'claims/soft.lua::two soft claims fail, and the rest goes on'

scenario("two soft claims fail, and the rest goes on", function(t)
  expect.soft(1):equals(2)
  expect.soft("a"):equals("b")
  t:log("still here")
  expect(1):equals(1)
end)
