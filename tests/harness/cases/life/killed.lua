-- Killed from outside, as the kernel does when memory is short.
-- when ready: KILL scenario
-- expect: exit 1
-- expect: broken "killed" killed from outside: SIGKILL (8)

local ready = param("ready", "")

scenario("killed", function(t)
  t:step("waiting for the end")
  local file = assert(io.open(ready, "w"))
  file:write("ready\n")
  file:close()
  mcast.sleep(60)
end)
