--- interface:impair{...}: a link that loses, delays, repeats and reorders frames, in user space and
--- by a seed (src/traffic/impaired_link.h). It is put into the cable of a host at its switch, or half way
--- to another host, when the first impairment needs it, one direction at a time; without any, frames go
--- their way as always.
local core = require "mcast.core"
local chance = require "mcast.chance"
local class = require "mcast.class"
local errors = require "mcast.errors"
local fault = require "mcast.fault"
local impair_plan = require "mcast.impair_plan"
local row = require "mcast.row"

local impairment = {}

local where = "interface:impair"
local ethernet_header, vlan_tag = 14, 4

---@class mcast.Impairment
---@field interface mcast.Interface
---@field direction "in"|"out"|"both"
local Impairment = class.define("impairment")
impairment.class = Impairment

function Impairment.metatable.__tostring(self)
  return ("impairment of %s"):format(tostring(self.interface))
end

-- ---- the link -------------------------------------------------------------------------------

local function check_interface(interface)
  if interface._port then return end
  errors.usage("%s: %s is not on a switch or link of this network: only those that are can be "
    .. "impaired", where, tostring(interface))
end

---@return {core: core.ImpairedLink, by: table<string, mcast.Impairment>}
local function link_of(interface)
  if not interface._impaired then
    interface._impaired = { core = core.impaired_link(), by = {}, open = {}, count = 0 }
    interface.host.network._run:opened(interface._impaired.core)
  end
  return interface._impaired
end

local function open_lane(link, interface, direction)
  if link.open[direction] then return end
  local lab = interface.host.network._lab
  local place = lab:make_detour(interface._port, direction)
  place.frame_max = place.mtu + ethernet_header + vlan_tag
  link.core:open(direction, lab:switches_netns(), place)
  link.open[direction] = true
end

--- Each impairment has its own luck, and the same in every run with the same seed.
local function seed_of(interface, link, wanted, direction)
  local run = interface.host.network._run
  local base = wanted.seed and tostring(wanted.seed)
    or chance.base(run, link.count)
  return chance.seed(("%s:%s:%s:%s"):format(base, interface.host.name, interface.name, direction))
end

local function directions_of(direction)
  return direction == "both" and { "in", "out" } or { direction }
end

-- ---- coming and going -----------------------------------------------------------------------

--- What it did stays readable.
local function keep_result(self, link, direction)
  self._counts[direction] = link.core:count(direction)
  self._logs[direction] = link.core:drops(direction)
  self._live[direction] = nil
end

--- Frames on their way go on at once, in order, before others go past.
local function release(self, direction)
  local interface = self.interface
  local link = interface._impaired
  link.core:release(direction)
  interface.host.network._lab:remove_detour(interface._port, direction)
  keep_result(self, link, direction)
  link.by[direction] = nil
end

local function release_all(self)
  for _, direction in ipairs { "in", "out" } do
    if self._live[direction] then release(self, direction) end
  end
end

local function text_of(self, wanted)
  local way = { ["in"] = " what comes to it", out = " what leaves it", both = "" }
  return ("%s is impaired%s: %s"):format(self.interface.name,
    self.direction == "both" and "" or "," .. way[self.direction], impair_plan.describe(wanted))
end

--- The new one takes the old one's place without a frame going past both.
local function install(self, link, direction, raw)
  local former = link.by[direction]
  open_lane(link, self.interface, direction)
  if former then keep_result(former, link, direction) end
  link.core:impair(direction, raw)
  if not former then
    self.interface.host.network._lab:insert_detour(self.interface._port, direction)
  end
  link.by[direction], self._live[direction] = self, true
  if former and next(former._live) == nil then former._fault:close() end
end

local function impair(interface, wanted)
  local link = link_of(interface)
  link.count = link.count + 1
  local self = class.new(Impairment, { interface = interface, direction = wanted.direction,
    _live = {}, _counts = {}, _logs = {}, _fault = false,
    _travel = (wanted.delay or 0) + (wanted.jitter or 0),
    _queueing = impair_plan.longest_queueing(wanted) })
  local raw = {}
  for _, direction in ipairs(directions_of(wanted.direction)) do -- filters are compiled first
    raw[direction] = core.impairment(impair_plan.plan(wanted,
      seed_of(interface, link, wanted, direction)))
  end
  for _, direction in ipairs(directions_of(wanted.direction)) do
    install(self, link, direction, raw[direction])
  end
  table.insert(interface.host.network._impairments, self)
  self._fault = fault.inject(interface.host, "impair", text_of(self, wanted), function()
    release_all(self)
  end)
  return self
end

--- Without options: none any more.
local function clear_interface(interface)
  local by = interface._impaired and interface._impaired.by or {}
  for _, direction in ipairs { "in", "out" } do
    if by[direction] then by[direction]:clear() end
  end
end

---@param interface mcast.Interface
---@param given table|nil
---@return mcast.Impairment|nil
function impairment.impair(interface, given)
  local wanted = impair_plan.read(given)
  check_interface(interface)
  if not wanted then return clear_interface(interface) end
  interface.host.network._run:await_ready()
  interface.host.network:_forbid_offload("an impaired link looks at frames")
  return errors.on_host(interface.host.name, impair, interface, wanted)
end

function Impairment.methods.clear(self)
  self._fault:undo("clear", ("%s is no longer impaired"):format(self.interface.name))
end

Impairment.metatable.__close = Impairment.methods.clear

function Impairment.properties.cleared(self) return next(self._live) == nil end

-- ---- what it did ----------------------------------------------------------------------------

local function counts_of(self, direction)
  if self._live[direction] then return self.interface._impaired.core:count(direction) end
  return self._counts[direction]
end

--- The sum of its directions.
local function count(self, name)
  local sum = 0
  for _, direction in ipairs(directions_of(self.direction)) do
    sum = sum + counts_of(self, direction)[name]
  end
  return sum
end

for _, name in ipairs { "seen", "passed", "dropped", "delayed", "duplicated", "reordered",
  "overflowed", "refused", "held" } do
  Impairment.properties[name] = function(self) return count(self, name) end
end

--- The last 1,024 of one direction.
---@param direction "in"|"out"
---@return mcast.ImpairedFrame[]
function Impairment.methods._drops(self, direction)
  local log = self._live[direction] and self.interface._impaired.core:drops(direction)
    or self._logs[direction] or {}
  for _, drop in ipairs(log) do drop.direction = direction end
  return log
end

local drop_row = row.kind("a row of impairment:drops()", { "time", "direction", "cause", "source",
  "destination", "protocol", "source_port", "port", "length" })

--- The last 1,024 of each direction, in the order of time.
---@return mcast.ImpairedFrame[]
function Impairment.methods.drops(self)
  local list = {}
  for _, direction in ipairs(directions_of(self.direction)) do
    local log = self:_drops(direction)
    table.move(log, 1, #log, #list + 1, list)
  end
  table.sort(list, function(a, b) return a.time < b.time end)
  return row.each(drop_row, list)
end

return impairment
