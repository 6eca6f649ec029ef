--- What mcast.measure measured: one latency per host, and their percentiles. A host without one
--- counts as infinitely slow, so that no number looks better for want of an answer.
local core = require "mcast.core"
local class = require "mcast.class"
local hosts = require "mcast.host"
local options = require "mcast.options"
local proof = require "mcast.proof"
local show = require "mcast.show"
local words = require "mcast.words"

local measurement = {}

---@class mcast.Measurement
---@field kind "join"|"leave"|"channel change"
---@field flow mcast.Flow the stream that was measured by
---@field entries mcast.MeasurementEntry[] one per host
---@field resolution number seconds, the coarsest of all entries
local Measurement = class.define("measurement")
measurement.class = Measurement

local function target(self)
  local to = self._to and (" to %s"):format(self._to.group) or ""
  return self.flow.group .. to
end

--- "join of 239.1.2.3 by 3 hosts".
function Measurement.methods._title(self)
  local who = #self.entries == 1 and self.entries[1].host.name
    or words.count(#self.entries, "host")
  return ("%s of %s by %s"):format(self.kind, target(self), who)
end

-- ---- numbers ---------------------------------------------------------------------------------

--- Nearest rank: a latency that some host really had.
---@param sorted number[]
---@param share number 0 to 1
---@return number
local function percentile(sorted, share)
  return sorted[math.max(1, math.ceil(share * #sorted))]
end

local shares = { min = 0, p50 = 0.5, p90 = 0.9, p99 = 0.99, max = 1 }

local function mean(list)
  local sum = 0
  for _, latency in ipairs(list) do sum = sum + latency end
  return sum / #list
end

for name, share in pairs(shares) do
  Measurement.properties[name] = function(self) return percentile(self._sorted, share) end
end

function Measurement.properties.mean(self) return mean(self._sorted) end

local function sorted(entries, f)
  local list = {}
  for i, entry in ipairs(entries) do list[i] = f(entry) end
  table.sort(list)
  return list
end

--- As if each latency were off by so many times its own resolution.
local function number_off_by(self, name, times)
  local list = sorted(self.entries, function(entry)
    return entry.latency + times * entry.resolution
  end)
  return name == "mean" and mean(list) or percentile(list, shares[name])
end

--- Between which two a number lies. The stream's last datagram was seen, and the next one would have come
--- this much later: until then the path may have been open. Before a first datagram it may have been open
--- for as long.
---@param name "min"|"mean"|"p50"|"p90"|"p99"|"max"
---@return number least, number most
function Measurement.methods._bounds(self, name)
  if self.kind == "leave" then return self[name], number_off_by(self, name, 1) end
  return number_off_by(self, name, -1), self[name]
end

--- Of the old stream, at all hosts together.
function Measurement.properties.leaked(self)
  if self.kind == "join" then return nil end
  local sum = 0
  for _, entry in ipairs(self.entries) do sum = sum + entry.leaked end
  return sum
end

--- Those that may have leaked beside, for all that the paths lost.
function Measurement.methods._unseen(self)
  local sum = 0
  for _, entry in ipairs(self.entries) do sum = sum + entry._unseen end
  return sum
end

--- Hosts without a latency.
function Measurement.properties.missing(self)
  local list = {}
  for _, entry in ipairs(self.entries) do
    if entry.latency == math.huge then list[#list + 1] = entry.host end
  end
  return list
end

local told = { "min", "p50", "p99", "max" }

local function describe(self)
  if self._sorted[1] == math.huge then return "none" end
  local parts = {}
  for i, name in ipairs(told) do
    local seconds = self[name]
    parts[i] = ("%s %s"):format(name, seconds < math.huge and show.duration(seconds) or "none")
  end
  return table.concat(parts, ", ")
end

function Measurement.metatable.__tostring(self)
  local leaked = self.leaked
  return ("%s: %s (resolution %s)%s"):format(self:_title(), describe(self),
    show.duration(self.resolution), leaked and ("; %d leaked"):format(leaked) or "")
end

--- The entry of a host.
---@param host mcast.Host
---@return mcast.MeasurementEntry
function Measurement.methods.at(self, host)
  options.argument("measurement:at", "host", host, class.type(hosts.class))
  for _, entry in ipairs(self.entries) do
    if entry.host == host then return entry end
  end
  options.refuse("measurement:at", "host", "one of those that were measured", host)
end

-- ---- making it -------------------------------------------------------------------------------

---@class mcast.MeasurementEntry
local Entry = class.define("measurement entry")

function Entry.metatable.__tostring(self)
  return ("%s: %s"):format(self.host.name, self.latency == math.huge and self.why
    or show.duration(self.latency))
end

for _, name in ipairs { "why", "called", "leaked", "receiver", "leave_latency", "overlap" } do
  Entry.properties[name] = function(self) return self["_" .. name] or nil end
end

local function finite(seconds)
  return seconds < math.huge and seconds or nil
end

--- The event `measurement`.
local function tell(self)
  local entries = {}
  for i, entry in ipairs(self.entries) do
    entries[i] = { host = entry.host.name, latency = finite(entry.latency), why = entry.why,
      resolution = entry.resolution, leaked = entry.leaked,
      leave_latency = entry.leave_latency and finite(entry.leave_latency),
      overlap = entry.overlap }
  end
  local fields = { kind = self.kind, host = self.flow.host.name, group = self.flow.group,
    to = self._to and self._to.group, resolution = self.resolution, leaked = self.leaked,
    text = tostring(self), entries = core.array(entries) }
  for name in pairs(shares) do fields[name] = finite(self[name]) end
  fields.mean = finite(self.mean)
  self.flow.host.network._run:emit("measurement", fields)
end

local function coarsest(entries)
  local resolution = 0
  for _, entry in ipairs(entries) do resolution = math.max(resolution, entry.resolution) end
  return resolution
end

local function make(kind, flow, to, entries, drops)
  local self = class.new(Measurement, { kind = kind, flow = flow, entries = entries,
    resolution = coarsest(entries), _to = to or false,
    _sorted = sorted(entries, function(entry) return entry.latency end),
    _lost = proof.machine_since(flow.host.network, drops) or false })
  tell(self)
  return self
end

---@param kind "join"|"leave"
---@param flow mcast.Flow
---@param parts (mcast.Joining|mcast.Leaving)[]
---@param resolution number of the stream
---@param drops integer of the machine, before
---@return mcast.Measurement
function measurement.new(kind, flow, parts, resolution, drops)
  local entries = {}
  for i, part in ipairs(parts) do
    entries[i] = class.new(Entry, { host = part.host, latency = part.latency,
      _why = part.why or false, _leaked = part.leaked or false, _proved = part.proved,
      _called = part.called or false,
      _unseen = part.unseen or 0, _receiver = part.receiver or false,
      resolution = resolution + part.obscured, _losses = { part.seen } })
  end
  return make(kind, flow, nil, entries, drops)
end

--- How long both streams came, and took the room of two on the line; and for how long they may have come.
---@return number seen, number most
local function overlap(left, joined, resolution)
  if left.latency == math.huge or joined.latency == math.huge then return math.huge, math.huge end
  local seen = left.called + left.latency - (joined.called + joined.latency)
  local hidden = 2 * resolution + left.obscured + joined.obscured
  return math.max(0, seen), math.max(0, seen + hidden)
end

--- From the leave until the first datagram of the other stream.
---@param from mcast.Flow
---@param to mcast.Flow
---@param left mcast.Leaving[]
---@param joined mcast.Joining[]
---@param resolution number of both streams
---@param drops integer of the machine, before
---@return mcast.Measurement
function measurement.change(from, to, left, joined, resolution, drops)
  local entries = {}
  for i, old in ipairs(left) do
    local new = joined[i]
    local began = old.called or new.called
    local both, most = overlap(old, new, resolution)
    entries[i] = class.new(Entry, { host = old.host, latency = new.called + new.latency - began,
      _why = old.why or new.why or false, _leaked = old.leaked, _unseen = old.unseen,
      _receiver = new.receiver, _leave_latency = old.latency,
      _overlap = both < math.huge and both or false, _most_overlap = most,
      resolution = resolution + math.max(old.obscured, new.obscured),
      _losses = { old.seen, new.seen }, _proved = old.proved and new.proved })
  end
  return make("channel change", from, to, entries, drops)
end

return measurement
