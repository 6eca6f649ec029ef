--- Group join and leave delays of several measurements (RFC 3918 sections 6 and 8.2).
local row = require "mcast.row"

local delay = {}

local delay_row = row.kind("the delay of measurements",
  { "min", "mean", "max", "count", "resolution" })

---@param measurements mcast.Measurement[] one at least
---@return {min: number, mean: number, max: number, count: integer, resolution: number}
function delay.summary(measurements)
  local total, all = 0, { min = math.huge, max = 0, mean = 0, count = 0, resolution = 0 }
  for _, measured in ipairs(measurements) do
    for _, entry in ipairs(measured.entries) do
      all.min, all.max = math.min(all.min, entry.latency), math.max(all.max, entry.latency)
      total, all.count = total + entry.latency, all.count + 1
    end
    all.resolution = math.max(all.resolution, measured.resolution)
  end
  all.mean = total / all.count
  return delay_row(all)
end

return delay
