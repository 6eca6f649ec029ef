--- How a claim waits: for its condition, with a deadline, and then for quiet.
local core = require "mcast.core"

local waiting = {}

---@alias mcast.Look fun(): "holds"|"open"|"lost", number|nil
--- What a claim sees now: it holds; it may yet hold; it has failed for good. And when the last
--- thing happened that matters to it.

--- Reads all that lies waiting, and lets ready tasks (replies computed in Lua) run on it.
local function catch_up()
  core.drain()
  core.sleep(0)
  core.drain()
end

--- The verdict at the end of the time that a look was given; nil: something new came, go on.
local function judge(look, deadline, quiet)
  local state, changed = look()
  local now = core.now()
  if state == "holds" then return now - (changed or 0) >= quiet or nil end
  if state == "lost" or now >= deadline then return false end
  return nil
end

--- Looks until the claim holds and nothing has come for `quiet` seconds, or is lost, or its time
--- is over. A deadline is judged by what had arrived by then, not by what the harness had found
--- time to read.
---@param look mcast.Look
---@param within number seconds
---@param quiet number seconds; 0: holding is enough
---@return boolean holds
function waiting.settle(look, within, quiet)
  local deadline = core.now() + within
  core.drain()
  while true do
    local state, changed = look()
    if state == "lost" then return false end
    local ends = state == "holds" and (changed or 0) + quiet or deadline
    local left = ends - core.now()
    if left > 0 then
      core.traffic_changed():wait(left)
    else
      catch_up()
      local holds = judge(look, deadline, quiet)
      if holds ~= nil then return holds end
    end
  end
end

return waiting
