--- mcast.traffic: what loads a network as many senders do.
local mix = require "mcast.mix"

local traffic = {}

---@param given table
---@param run mcast.Run
---@return mcast.Mix
function traffic.mix(given, run) return mix.start(run, given) end

return traffic
