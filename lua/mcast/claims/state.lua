--- How claims about the kernel's state wait: it is looked at again and again, because not every
--- change of it is announced, until it is as claimed and has been so for a while.
local core = require "mcast.core"
local types = require "mcast.types"

local state = {}

local look_every = 0.01

--- Options that all of them take.
state.timing = { within = types.seconds, quiet = types.seconds }

state.default_within, state.default_quiet = 1, 0.05

--- Of most state the kernel tells no change: then it is looked at again.
local function pause(changed, seconds)
  if changed then changed:wait(seconds) else core.sleep(seconds) end
end

--- Waits until the look says true, and has said so for `quiet` seconds without a break.
---@param look fun(): boolean
---@param wanted {within: number?, quiet: number?}
---@param quiet number default; 0: once is enough
---@param changed core.Condition|nil wakes it early
---@return boolean holds
function state.settle(look, wanted, quiet, changed)
  local deadline, since = core.now() + (wanted.within or state.default_within), nil
  quiet = wanted.quiet or quiet
  while true do
    since = look() and (since or core.now()) or nil
    local left = (since and since + quiet or deadline) - core.now()
    if left <= 0 then return since ~= nil end
    pause(changed, math.min(look_every, left))
  end
end

return state
