--- Group join and leave delays of several measurements (RFC 3918 sections 6 and 8.2).
local row = require "mcast.row"

local delay = {}

local delay_row = row.kind("the delay of measurements",
  { "min", "mean", "max", "count", "resolution" })

local function entries_of(measured, hosts)
  if not hosts then return measured.entries end
  local list = {}
  for i, host in ipairs(hosts) do list[i] = measured:at(host) end
  return list
end

---@param measurements mcast.Measurement[] one at least
---@param hosts mcast.Host[]|nil all that were measured
---@return {min: number, mean: number, max: number, count: integer, resolution: number}
function delay.summary(measurements, hosts)
  local total, all = 0, { min = math.huge, max = 0, mean = 0, count = 0, resolution = 0 }
  for _, measured in ipairs(measurements) do
    for _, entry in ipairs(entries_of(measured, hosts)) do
      all.min, all.max = math.min(all.min, entry.latency), math.max(all.max, entry.latency)
      total, all.count = total + entry.latency, all.count + 1
      all.resolution = math.max(all.resolution, entry.resolution)
    end
  end
  all.mean = total / all.count
  return delay_row(all)
end

return delay
