-- A router with a daemon that will not end: it ignores every polite signal, left its parent, and has
-- written where daemons write.

local ending = param("ending", "passed")
local ready = param("ready", "")

local daemon = [[
trap '' TERM INT HUP QUIT
for folder in /run /etc /var/lib /tmp; do echo here >$folder/mcast-harness-leftover; done
echo ready
while :; do sleep 1000; done
]]

local function tell_ready()
  local file <close> = assert(io.open(ready, "w"))
  file:write("ready\n")
end

-- Where the deadline ends it, it still has to get there.
local has_time = ending ~= "timeout" and ending ~= "stuck"

scenario("stubborn", {timeout = has_time and 60 or 2}, function(t)
  local lan = t.net:switch("lan")
  local router, host = t.net:router("router", lan), t.net:host("host", lan)
  host:receiver{group = t:group(), port = t:port()}
  router:start{"sh", "-c", daemon}:expect_output("ready")
  router:start{"setsid", "--fork", "sh", "-c", daemon}:expect_output("ready")

  if ending == "failed" then expect(1):equals(2) end
  if ending == "broken" then error("on purpose") end
  if ending == "timeout" then mcast.sleep(60) end
  if ending == "stuck" then
    os.execute("trap '' HUP TERM; sleep 1000 &")
    return (("a"):rep(40)):find(("a-"):rep(40) .. "b")
  end
  if ending == "killed" then
    tell_ready()
    mcast.sleep(60)
  end
  expect(1):equals(1)
end)
