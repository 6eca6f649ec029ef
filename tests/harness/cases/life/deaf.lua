-- The deadline of what cannot hear of it: the child ends what it waits for, or itself.
-- run: run {file} --jobs 12
-- expect: exit 1
-- expect: passed "a program that is left behind"
-- expect: broken "a program whose end is awaited" timed out after 0.3 s in life/deaf.lua:44 (44)
-- expect: broken "a program" timed out after 0.3 s in life/deaf.lua:27 (27)
-- expect: broken "a program in a session of its own" timed out after 0.3 s in life/deaf.lua:31 (31)
-- expect: broken "programs without end" timed out after 0.3 s in life/deaf.lua:34 (34)
-- expect: broken "a program whose output is read" timed out after 0.3 s in life/deaf.lua:40 (40)
-- expect: broken "a slow pattern" timed out after 0.3 s in life/deaf.lua:52 (52)
-- expect: broken "a slow pattern in a coroutine" timed out after 0.3 s in life/deaf.lua:52 (52)
-- expect: broken "a slow pattern in another file" timed out after 0.3 s in data/a "file".lua:1 (data/a "file".lua:1)
-- expect: broken "a finalizer" timed out after 0.3 s in life/deaf.lua:75 (75)
-- expect: broken "an error handler" timed out after 0.3 s in life/deaf.lua:85 (85)
-- expect: broken "a slow pattern, while it ends" cleaning up did not end within 5 s in life/deaf.lua:52 (52)
-- expect: broken "a finalizer, when all is over" was passed, but its process did not end; killed (79)
-- expect: claim expected 2, seen 1
-- expect: stdout   │ known until then
-- expect: stdout   │ cleaned up

local soon = 0.3 -- seconds
local pipe

scenario("a program", {timeout = soon}, function(t)
  t:defer(function() t:log("cleaned up") end)
  os.execute("sleep 1000")
end)

scenario("a program in a session of its own", {timeout = soon}, function()
  os.execute("setsid sleep 1000")
end)

scenario("programs without end", {timeout = soon}, function()
  while true do pcall(os.execute, "trap '' HUP TERM INT; sleep 1000") end
end)

scenario("a program whose output is read", {timeout = soon}, function()
  pipe = io.popen("sleep 1000")
  pipe:read("a")
end)

scenario("a program whose end is awaited", {timeout = soon}, function()
  io.popen("exec sleep 1000"):close()
end)

scenario("a program that is left behind", function()
  pipe = io.popen("sleep 1000")
  expect(pipe):exists()
end)

local function match_for_ever()
  return (("a"):rep(40)):find(("a-"):rep(40) .. "b") ~= nil
end

scenario("a slow pattern", {timeout = soon}, function(t)
  t:log("known until then")
  expect.soft(1):equals(2)
  match_for_ever()
end)

scenario("a slow pattern in a coroutine", {timeout = soon}, function()
  coroutine.wrap(match_for_ever)()
end)

scenario("a slow pattern in another file", {timeout = soon}, function()
  load("return (('a'):rep(40)):find(('a-'):rep(40) .. 'b') ~= nil", "@data/a \"file\".lua")()
end)

scenario("a slow pattern, while it ends", function(t)
  t:defer(match_for_ever)
  expect(1):equals(1)
end)

scenario("a finalizer", {timeout = soon}, function()
  setmetatable({}, {__gc = function() while true do end end})
  collectgarbage()
end)

scenario("a finalizer, when all is over", function()
  pipe = setmetatable({}, {__gc = function() while true do end end})
  expect(1):equals(1)
end)

scenario("an error handler", {timeout = soon}, function()
  xpcall(function() while true do end end, function() while true do end end)
end)
