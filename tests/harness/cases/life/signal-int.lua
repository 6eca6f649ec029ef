-- Ended by a signal: everything is cleaned up and told, with what was known, then 128+n.
-- run: run -j 1 {file}
-- when ready: INT
-- expect: exit 130
-- expect: passed "before"
-- expect: broken "interrupted" interrupted by SIGINT (24)
-- expect: claim expected 2, seen 1
-- expect: stdout interrupted by SIGINT
-- expect: stdout 1 not run

local ready = param("ready", "")

scenario("before", function()
  expect(1):equals(1)
end)

scenario("interrupted", function(t)
  t:defer(function() t:log("cleaned up") end)
  expect.soft(true):is_true()
  expect.soft(1):equals(2)
  local file = assert(io.open(ready, "w"))
  file:write("ready\n")
  file:close()
  mcast.sleep(60)
end)

scenario("after", function()
  expect(1):equals(1)
end)
