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

--- From the report or leave on; of a leave whose last datagram came before it none. A frame that came before
--- the report is a join delay below 0: the device forwarded the group there already.
local function since_report(measured, entry, reported)
  local seconds = entry.latency - reported
  return measured.kind == "leave" and math.max(0, seconds) or seconds
end

local function add(all, seconds, resolution)
  all.min, all.max = math.min(all.min, seconds), math.max(all.max, seconds)
  all.total, all.count = all.total + seconds, all.count + 1
  all.resolution = math.max(all.resolution, resolution)
end

---@param measurements mcast.Measurement[] one at least
---@param hosts mcast.Host[]|nil all that were measured
---@param reported table<mcast.Host, number>[]|nil what Bench:with_stream says; nil: from the calls on
---@return {min: number, mean: number, max: number, count: integer, resolution: number}
function delay.summary(measurements, hosts, reported)
  local all = { min = math.huge, max = -math.huge, total = 0, count = 0, resolution = 0 }
  for i, measured in ipairs(measurements) do
    for _, entry in ipairs(entries_of(measured, hosts)) do
      local after = not reported and 0 or reported[i][entry.host]
      if after then add(all, since_report(measured, entry, after), entry.resolution) end
    end
  end
  return delay_row { min = all.min, mean = all.total / all.count, max = all.max, count = all.count,
    resolution = all.resolution }
end

return delay
