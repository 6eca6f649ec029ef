-- Ended by a signal: everything is cleaned up and told, then 128+n.
-- when ready: HUP
-- expect: exit 129
-- expect: broken "interrupted" interrupted by SIGHUP (13)

local ready = param("ready", "")

scenario("interrupted", function(t)
  t:defer(function() t:log("cleaned up") end)
  local file = assert(io.open(ready, "w"))
  file:write("ready\n")
  file:close()
  mcast.sleep(60)
end)
