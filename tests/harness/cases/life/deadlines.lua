-- A scenario's deadline finds it wherever it is.
-- run: run {file} --jobs 4
-- expect: exit 1
-- expect: broken "a wait for ever" timed out after 0.3 s in life/deadlines.lua:21 (21)
-- expect: broken "recvfrom without a timeout" timed out after 5 s in life/deadlines.lua:27 (27)
-- expect: broken "never waits" timed out after 0.3 s in life/deadlines.lua:31 (31)
-- expect: broken "never waits, and catches every error" timed out after 0.3 s in life/deadlines.lua:36 (36)
-- expect: broken "never waits, in a coroutine" timed out after 0.3 s in life/deadlines.lua:41 (41)
-- expect: broken "never waits, in a metamethod" timed out after 0.3 s in life/deadlines.lua:45 (45)
-- expect: broken "never waits, while it ends" cleaning up did not end within 5 s (49)
-- expect: broken "a blocked system call" timed out after 0.3 s in life/deadlines.lua:59 (59)
-- expect: broken "asleep" timed out after 0.3 s in life/deadlines.lua:66 (66)
-- expect: broken "a task that is joined and never ends" timed out after 0.3 s in life/deadlines.lua:70 (70)
-- expect: broken "a claim with more patience than the scenario" timed out after 0.3 s in life/deadlines.lua:74 (74)
-- expect: broken "a slow pattern" timed out after 0.3 s in life/deadlines.lua:62 (62)

local soon = 0.3 -- seconds

-- On one line: where the network is built as well as where it waits.
scenario("a wait for ever", {timeout = soon}, function(t)
  t:hosts("a"):receiver{group = "239.1.2.3", port = 5000}:wait(1, {within = 3600})
end)

scenario("recvfrom without a timeout", {timeout = 5}, function(t)
  local socket = t:hosts("a"):socket()
  socket:bind(nil, 5000)
  socket:recvfrom()
end)

scenario("never waits", {timeout = soon}, function()
  while true do end
end)

scenario("never waits, and catches every error", {timeout = soon}, function()
  while true do
    pcall(function() while true do end end)
  end
end)

scenario("never waits, in a coroutine", {timeout = soon}, function()
  coroutine.wrap(function() while true do end end)()
end)

scenario("never waits, in a metamethod", {timeout = soon}, function()
  local endless = setmetatable({}, {__index = function() while true do end end})
  return endless.x
end)

scenario("never waits, while it ends", {timeout = soon}, function(t)
  t:defer(function() while true do end end)
  expect(1):equals(1)
end)

local pipe -- kept, because collecting it would wait for the program, too

scenario("a blocked system call", {timeout = soon}, function()
  pipe = io.popen("exec sleep 60")
  pipe:read("a")
end)

scenario("a slow pattern", {timeout = soon}, function()
  return (("a"):rep(40)):find(("a-"):rep(40) .. "b")
end)

scenario("asleep", {timeout = soon}, function()
  mcast.sleep(3600)
end)

scenario("a task that is joined and never ends", {timeout = soon}, function()
  mcast.spawn(function() mcast.sleep(3600) end):join()
end)

scenario("a claim with more patience than the scenario", {timeout = soon}, function(t)
  expect(t:hosts("a"):receiver{group = "239.1.2.3", port = 5000}):receives("x", {within = 3600})
end)
