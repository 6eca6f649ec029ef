-- A scenario that writes into the stream of its events: its own verdict may be wrong, the run goes on.
-- run: run {file} --report junit={scratch}/junit.xml
-- expect: exit 1
-- expect: passed "what is no event"
-- expect: broken "an end that is none" ended without a verdict (exit status 0) (32)
-- expect: broken "half an event" ended without a verdict (exit status 0) (37)
-- expect: passed "the next one is well"
-- expect: stdout   │ {"event":"log","time":"soon"}

local function say(text)
  local stream <close> = assert(io.open("/proc/self/fd/3", "w"))
  stream:write(text)
end

local nonsense = [[
{"event":5}
[]
null
"text"
{"event":"log","time":"soon"}
{"event":"timeline","entries":5}
{"event":"timeline","entries":[{"time":"soon"}]}
{"event":"error","traceback":[{}],"message":"x"}
{"event":"scenario_end"}
]]

scenario("what is no event", function()
  say(nonsense)
  expect(1):equals(1)
end)

scenario("an end that is none", function()
  say(nonsense .. '{"event":"scenario_end","outcome":"splendid"}\n')
  os.exit(0)
end)

scenario("half an event", function()
  say('{"event":"scenario_end","outcome":"pas')
  os.exit(0)
end)

scenario("the next one is well", function()
  expect(1):equals(1)
end)
