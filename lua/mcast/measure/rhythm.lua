--- How often a stream tells that it is there: what its pauses hide cannot be measured.
local machine = require "mcast.machine"

local rhythm = {}

local least_quiet, quiet_intervals = 0.1, 5

--- The longest time between two datagrams, as they were planned, in seconds.
---@param flow mcast.Flow
---@return number
function rhythm.interval(flow)
  local rate = flow.wanted_rate or flow.rate
  return rate > 0 and flow._burst / rate or 0
end

--- After such a silence the stream counts as gone.
---@param flow mcast.Flow
---@return number seconds
function rhythm.quiet(flow)
  return math.max(least_quiet, quiet_intervals * rhythm.interval(flow))
end

--- The longest time between two datagrams that come when so many between them are lost.
---@param flow mcast.Flow
---@param lost integer in a row
---@return number
function rhythm.silence(flow, lost)
  return math.ceil((lost + 1) / flow._burst) * rhythm.interval(flow)
end

--- The longest time between two datagrams from here on: the interval, and by how much the stream
--- was held up in the meantime, however long it was held up before.
---@param flow mcast.Flow
---@return fun(): number seconds
function rhythm.pauses(flow)
  local sent = flow.sent
  return function() return rhythm.interval(flow) + flow._raw:late_since(sent) end
end

local function status_of(flow)
  local status = flow._raw:status()
  status.machine_drops = machine.drops()
  return status
end

--- What the senders know, and what the machine has lost: asked once for all hosts that have their turn.
---@return fun(flow: mcast.Flow): table
function rhythm.statuses()
  local known = {}
  return function(flow)
    known[flow] = known[flow] or status_of(flow)
    return known[flow]
  end
end

return rhythm
