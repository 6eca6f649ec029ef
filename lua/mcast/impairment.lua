--- interface:impair{...} and link:impair{...}: a link that loses, delays, repeats and reorders frames, in
--- user space and by a seed (src/traffic/impaired_link.h). It is put into the cable when the first
--- impairment needs it, one direction at a time; without any, frames go their way as always.
local core = require "mcast.core"
local chance = require "mcast.chance"
local class = require "mcast.class"
local fault = require "mcast.fault"
local impair_plan = require "mcast.impair_plan"
local row = require "mcast.row"

local impairment = {}

---@class mcast.Impairment
---@field interface mcast.Interface|nil which one
---@field direction "in"|"out"|"both"|nil
---@field link mcast.Link|mcast.Trunk|nil which one
---@field from string|nil
local Impairment = class.define("impairment")
impairment.class = Impairment

function Impairment.metatable.__tostring(self)
  return ("impairment of %s"):format(tostring(self._place))
end

--- What is impaired, and how that is said.
---@class mcast.ImpairedPlace
---@field place mcast.Interface|mcast.Link|mcast.Trunk
---@field network mcast.Network
---@field fault_at mcast.Host|mcast.Link|mcast.Trunk
---@field lanes {lane: mcast.ImpairedLane, name: string, way: string}[] with names of their own for seeds, and
---  the way as the scenario calls it
---@field word "direction"|"from" what the scenario calls the ways
---@field way string|nil the one; nil: both
---@field text string "eth0 is impaired, what comes to it"
---@field cleared string "eth0 is no longer impaired"

-- ---- coming and going -----------------------------------------------------------------------

--- What it did stays readable.
function Impairment.methods._keep_result(self, lane)
  self._counts[lane], self._logs[lane] = lane:count(), lane:drops()
end

local function is_live(self, lane) return lane.by == self end

local function release_all(self)
  for _, each in ipairs(self._lanes) do
    if is_live(self, each.lane) then each.lane:release() end
  end
end

function Impairment.properties.cleared(self)
  for _, each in ipairs(self._lanes) do
    if is_live(self, each.lane) then return false end
  end
  return true
end

--- Where nothing is left to chance no seed is drawn from.
local function seed_text(run, wanted, number)
  if wanted.seed then return tostring(wanted.seed) end
  return impair_plan.is_random(wanted) and chance.base(run, number) or "none"
end

--- Each has its own luck, and the same in every run with the same seed.
local function plans_of(at, wanted)
  local plans, numbers = {}, {}
  for i, each in ipairs(at.lanes) do -- filters are compiled first
    local owner = each.lane.owner
    numbers[owner] = numbers[owner] or each.lane:count_anew()
    local base = seed_text(at.network._run, wanted, numbers[owner])
    plans[i] = core.impairment(impair_plan.plan(wanted, chance.seed(base .. ":" .. each.name)))
  end
  return plans
end

local function install(self, lane, raw)
  local former = lane:install(self, raw)
  if former and former.cleared then former._fault:close() end
end

---@param at mcast.ImpairedPlace
---@param wanted table from impair_plan.read()
---@return mcast.Impairment
function impairment.new(at, wanted)
  local self = class.new(Impairment, { _place = at.place, _network = at.network, _lanes = at.lanes,
    _word = at.word, _way = at.way or "both", _cleared_text = at.cleared, _counts = {}, _logs = {},
    _fault = false, _travel = (wanted.delay or 0) + (wanted.jitter or 0),
    _queueing = impair_plan.longest_queueing(wanted) })
  for i, raw in ipairs(plans_of(at, wanted)) do install(self, at.lanes[i].lane, raw) end
  table.insert(at.network._impairments, self)
  self._fault = fault.inject(at.fault_at, "impair",
    ("%s: %s"):format(at.text, impair_plan.describe(wanted)), function() release_all(self) end)
  return self
end

function Impairment.methods.clear(self)
  self._fault:undo("clear", self._cleared_text)
end

Impairment.metatable.__close = Impairment.methods.clear

--- None any more, of all that impair these.
---@param lanes table<"in"|"out", mcast.ImpairedLane>
function impairment.clear(lanes)
  for _, direction in ipairs { "in", "out" } do
    local lane = lanes[direction]
    if lane and lane.by then lane.by:clear() end
  end
end

-- ---- where ----------------------------------------------------------------------------------

function Impairment.properties.interface(self)
  return self._word == "direction" and self._place or nil
end

function Impairment.properties.direction(self)
  return self._word == "direction" and self._way or nil
end

function Impairment.properties.link(self) return self._word == "from" and self._place or nil end
function Impairment.properties.from(self) return self._word == "from" and self._way or nil end

-- ---- what it did ----------------------------------------------------------------------------

--- The sum of its directions.
local function count(self, name)
  local sum = 0
  self._network._run:await_ready()
  for _, each in ipairs(self._lanes) do
    local counts = is_live(self, each.lane) and each.lane:count() or self._counts[each.lane]
    sum = sum + counts[name]
  end
  return sum
end

for _, name in ipairs { "seen", "passed", "dropped", "delayed", "duplicated", "reordered",
  "overflowed", "refused", "held" } do
  Impairment.properties[name] = function(self) return count(self, name) end
end

--- The last 1,024 of one lane.
---@param each {lane: mcast.ImpairedLane, way: string}
---@return mcast.ImpairedFrame[]
function Impairment.methods._drops(self, each)
  local log = is_live(self, each.lane) and each.lane:drops() or self._logs[each.lane]
  for _, drop in ipairs(log) do drop[self._word] = each.way end
  return log
end

local drop_row = row.kind("a row of impairment:drops()", { "time", "direction", "from", "cause",
  "source", "destination", "protocol", "source_port", "port", "length" })

--- The last 1,024 of each direction, in the order of time.
---@return mcast.ImpairedFrame[]
function Impairment.methods.drops(self)
  local list = {}
  self._network._run:await_ready()
  for _, each in ipairs(self._lanes) do
    local log = self:_drops(each)
    table.move(log, 1, #log, #list + 1, list)
  end
  table.sort(list, function(a, b) return a.time < b.time end)
  return row.each(drop_row, list)
end

return impairment
