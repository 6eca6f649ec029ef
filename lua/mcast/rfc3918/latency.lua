--- Latencies of trials: of their tagged frames, as RFC 3918 section 5 wants them, and of all frames, its
--- more continuous profile.
local row = require "mcast.row"

local latency = {}

local latency_row = row.kind("the latency of trials", { "min", "mean", "max", "count" })
local spread_row = row.kind("the min/max latency of trials", { "min", "max", "difference" })

local function empty() return { min = math.huge, max = 0, total = 0, count = 0 } end

local function add(sum, got)
  local one = got.latency
  if not one then return end
  sum.min, sum.max = math.min(sum.min, one.min), math.max(sum.max, one.max)
  sum.total, sum.count = sum.total + one.mean * got.received, sum.count + got.received
end

--- What trials come to at these hosts; nil: nothing came.
local function summary(trials, hosts, each)
  local sum, wanted = empty(), {}
  for _, host in ipairs(hosts) do wanted[host] = true end
  for _, one in ipairs(trials) do
    one[each](one, function(got, receiver)
      if wanted[receiver.host] then add(sum, got) end
    end)
  end
  if sum.count == 0 then return nil end
  return latency_row { min = sum.min, mean = sum.total / sum.count, max = sum.max,
    count = sum.count }
end

--- The latency of all frames of these trials at these hosts; nil: none came.
---@param trials mcast.Rfc3918Trial[]
---@param hosts mcast.Host[]
---@return {min: number, mean: number, max: number, count: integer}|nil
function latency.summary(trials, hosts)
  return summary(trials, hosts, "_each_account")
end

--- Likewise, of their tagged frames.
---@param trials mcast.Rfc3918Trial[]
---@param hosts mcast.Host[]
---@return {min: number, mean: number, max: number, count: integer}|nil
function latency.tagged(trials, hosts)
  return summary(trials, hosts, "_each_tagged")
end

--- The least and the greatest latency of a tagged frame at one of these hosts, and their difference (RFC
--- 3918 section 5.2); of several trials the averages (RFC 2544 section 26.2).
---@param trials mcast.Rfc3918Trial[] valid ones
---@param hosts mcast.Host[]
---@return {min: number, max: number, difference: number}
function latency.spread(trials, hosts)
  local min, max = 0, 0
  for _, one in ipairs(trials) do
    local set = latency.tagged({ one }, hosts)
    min, max = min + set.min, max + set.max
  end
  return spread_row { min = min / #trials, max = max / #trials,
    difference = (max - min) / #trials }
end

return latency
