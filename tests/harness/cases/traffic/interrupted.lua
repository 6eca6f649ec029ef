-- Interrupted while it is busy itself and a stream of its own thread runs: told, and nothing hangs.
-- when ready: INT
-- expect: exit 130
-- expect: broken "interrupted" interrupted by SIGINT (19)
-- expect: stdout interrupted by SIGINT

local ready = param("ready", "")

scenario("interrupted", function(t)
  local a, source = t:hosts("a", "source")
  local group, port = t:group(), t:port()
  a:receiver{group = group, port = port}
  for _, rate in ipairs{0.01, 2000, 3000} do
    source:sender{group = group, port = port}:stream{rate = rate, lockstep = false}
  end
  local file = assert(io.open(ready, "w"))
  file:write("ready\n")
  file:close()
  while true do end
end)
