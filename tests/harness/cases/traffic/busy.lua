-- A scenario that ends, in whatever way, while a stream of its own thread runs and it is busy itself.

-- expect: exit 1
-- expect: broken "time is up" timed out after 3 s in traffic/busy.lua:20 (20)
-- expect: broken "an error" on purpose (25)
-- expect: passed "nobody stops it"
-- expect: passed "it is as fast as can be"

local function start(t, given)
  local a, source = t:hosts("a", "source")
  local group, port = t:group(), t:port()
  a:receiver{group = group, port = port}
  local flow = source:sender{group = group, port = port}:stream(given)
  expect(flow.lockstep):equals(false)
  return flow
end

scenario("time is up", {timeout = 3}, function(t)
  start(t, {rate = 2000})
  while true do end
end)

scenario("an error", function(t)
  start(t, {rate = 2000})
  error("on purpose")
end)

scenario("nobody stops it", function(t)
  start(t, {rate = 0.01})
  start(t, {rate = 2000})
end)

scenario("it is as fast as can be", function(t)
  start(t, {lockstep = false})
end)
