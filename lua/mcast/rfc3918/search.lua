--- The search for the highest rate at which no frame is lost: throughput, RFC 1242 section 3.17 and
--- RFC 2544 section 26.1. It begins with the highest rate there is and halves what is left.
local class = require "mcast.class"
local options = require "mcast.options"
local types = require "mcast.types"

local search = {}

---@class mcast.Throughput
---@field subject string
---@field highest number
---@field trials mcast.Rfc3918Trial[]
local Throughput = class.define("throughput")
search.class = Throughput

function Throughput.metatable.__tostring(self)
  return ("zero-loss rate of %s"):format(self.subject)
end

--- Frames per second; nil: there was loss at every rate.
function Throughput.properties.rate(self) return self._best and self._best_rate or nil end
--- The trial at that rate.
function Throughput.properties.trial(self) return self._best or nil end
--- The last trial above that rate; nil: it is the highest there is.
function Throughput.properties.above(self) return self._above or nil end

local limits = { lost = "loss", disturbed = "this machine" }

--- What keeps it from being higher: "line rate", "loss" or "this machine".
function Throughput.properties.limit(self)
  return self._above and limits[self._above.outcome] or "line rate"
end

-- Trials that the machine itself has disturbed say nothing about the network.
local default_attempts = 5

--- A trial, repeated when it was disturbed.
---@param run fun(): mcast.Rfc3918Trial
---@param attempts integer|nil 5
---@param kept mcast.Rfc3918Trial[]|nil where all of them are kept
---@return mcast.Rfc3918Trial
function search.attempt(run, attempts, kept)
  local one
  for _ = 1, attempts or default_attempts do
    one = run()
    if kept then kept[#kept + 1] = one end
    if one.outcome ~= "disturbed" then break end
  end
  return one
end

local plan_types = { subject = types.string, highest = types.number(0), attempts = types.integer(1),
  resolution = types.number(0), trial = types.func }

--- Ends when what is left between a rate without loss and one with loss is at most
--- `resolution` (0.01) of the highest rate.
---@param given table subject, highest, resolution, attempts, trial(rate)
---@return mcast.Throughput
function search.run(given)
  local plan = options.require("rfc3918.search", given, plan_types,
    { "subject", "highest", "trial" })
  local step = math.max(plan.resolution or 0.01, 1e-6) * plan.highest
  local found = class.new(Throughput, { subject = plan.subject, highest = plan.highest,
    trials = {}, _best = false, _best_rate = 0, _above = false })
  local low, high, rate = 0, plan.highest, plan.highest
  repeat
    local one = search.attempt(function() return plan.trial(rate) end, plan.attempts, found.trials)
    if one.outcome == "passed" then
      low, found._best, found._best_rate = rate, one, rate
    else
      high, found._above = rate, one
    end
    rate = (low + high) / 2
  until high - low <= step
  return found
end

return search
