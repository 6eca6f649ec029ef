--- mcast.traffic.mix{...}: measured streams to many groups, which share a rate and have a shape. Each
--- schedule comes from the seed and the group's place in the list alone, so that a mix can be sent again.
local core = require "mcast.core"
local chance = require "mcast.chance"
local class = require "mcast.class"
local in_turns = require "mcast.in_turns"
local mix_plan = require "mcast.mix_plan"
local options = require "mcast.options"
local stream = require "mcast.stream"
local types = require "mcast.types"
local words = require "mcast.words"

local mix = {}

---@class mcast.Mix
---@field flows mcast.Flow[]
---@field groups string[]
---@field port integer
---@field shares number[]
---@field wanted_rate number
---@field shape string
---@field seed integer
local Mix = class.define("mix")

function Mix.metatable.__tostring(self)
  return ("mix of %s, %.6g packets per second, %s"):format(words.count(#self.groups, "group"),
    self.wanted_rate, self.shape)
end

-- ---- starting --------------------------------------------------------------------------------

--- Each mix of a scenario has its own seed, and the same in every run with the same one.
local function seed_of(run, wanted)
  run.mixes = (run.mixes or 0) + 1
  return wanted.seed or chance.seed("mix:" .. chance.base(run, run.mixes))
end

--- Before the first of them sends: what is wrong with a host is told while nothing runs.
local function open_senders(wanted)
  local list = {}
  for i, group in ipairs(wanted.groups) do
    local host = wanted.from[(i - 1) % #wanted.from + 1]
    list[i] = host:sender{ group = group, port = wanted.port, ttl = wanted.ttl }
  end
  return list
end

local function start_one(self, wanted, sender, i)
  local shape = wanted.shape
  return stream.start(sender, { rate = wanted.pps * wanted.shares[i], size = wanted.size,
    count = wanted.counts and wanted.counts[i], duration = wanted.duration },
    { kind = shape.kind, on = shape.on, off = shape.off, together = wanted.pps,
      seed = chance.seed(("%d:%d"):format(self.seed, i)) })
end

local function start_all(self, wanted, senders)
  local _ <close> = setmetatable({}, { __close = function(_, problem)
    if problem ~= nil then self:stop() end
  end })
  in_turns.each(senders, function(sender, i)
    self.flows[i] = start_one(self, wanted, sender, i)
  end)
end

---@param run mcast.Run
---@param given table
---@return mcast.Mix
function mix.start(run, given)
  local wanted = mix_plan.read(run, given)
  local self = class.new(Mix, { flows = {}, groups = wanted.groups, port = wanted.port,
    shares = wanted.shares, wanted_rate = wanted.pps, shape = wanted.shape.kind,
    seed = seed_of(run, wanted) })
  start_all(self, wanted, open_senders(wanted))
  return self
end

-- ---- what became of it -----------------------------------------------------------------------

local function sum(self, name)
  local total = 0
  for _, flow in ipairs(self.flows) do total = total + flow[name] end
  return total
end

--- How many the kernel took until now, to all groups together.
function Mix.properties.sent(self) return sum(self, "sent") end
--- Packets that the kernel did not take when they were due.
function Mix.properties.refused(self) return sum(self, "refused") end

--- The furthest that one was behind its schedule, in seconds.
function Mix.properties.late(self)
  local late = 0
  for _, flow in ipairs(self.flows) do late = math.max(late, flow.late) end
  return late
end

--- Is any of them?
function Mix.properties.running(self)
  for _, flow in ipairs(self.flows) do
    if flow.running then return true end
  end
  return false
end

--- Did each of them?
function Mix.properties.kept_rate(self)
  for _, flow in ipairs(self.flows) do
    if not flow.kept_rate then return false end
  end
  return true
end

-- ---- its end ---------------------------------------------------------------------------------

--- Waits until all have ended and reads what has come; nil, "timeout" at the end of `within`.
---@param given {within: number?}|nil
---@return mcast.Mix|nil mix, "timeout"|nil
function Mix.methods.wait(self, given)
  local wanted = options.check("mix:wait", given, { within = types.seconds })
  local deadline = wanted.within and core.now() + wanted.within
  for _, flow in ipairs(self.flows) do
    local left = deadline and { within = math.max(0, deadline - core.now()) }
    if not flow:wait(left) then return nil, "timeout" end
  end
  return self
end

--- Sends nothing any more. Harmless when it has ended.
---@return mcast.Mix
function Mix.methods.stop(self)
  for _, flow in ipairs(self.flows) do flow:stop() end
  return self
end

return mix
