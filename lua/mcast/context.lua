--- `t`: what a scenario's function is given.
local core = require "mcast.core"
local class = require "mcast.class"
local errors = require "mcast.errors"
local options = require "mcast.options"
local show = require "mcast.show"
local types = require "mcast.types"

local context = {}

---@class mcast.Context
---@field name string of the scenario
---@field net mcast.Network
---@field case any the element of `each`
local Context = class.define("context", "t")

function Context.metatable.__tostring() return "t" end

---@param run mcast.Run
---@param topology mcast.Topology|nil
---@return mcast.Context
function context.new(run, topology)
  local self = class.new(Context, { name = run.scenario.name, _run = run, _net = false,
    _topology = topology or false, _lan = false, _case = { run.scenario.case } })
  return self
end

function Context.properties.case(self) return self._case[1] end

function Context.properties.net(self)
  if not self._net then
    local name = self._topology and self._topology.name or "network"
    self._net = require("mcast.network").new(self._run, name)
    if self._topology then self._topology:_fill(self._net) end
  end
  return self._net
end

--- The one switch of scenarios without a topology.
local function lan(self)
  if not self._lan then
    local net = self.net
    self._lan = net.switches.lan or net:switch("lan")
  end
  return self._lan
end

local function host_of(self, name)
  local net = self.net
  if self._topology or net.hosts[name] then return net:_find("t:hosts", name) end
  return net:host(name, lan(self))
end

--- The hosts of those names, in order.
---@param ... string
---@return mcast.Host ...
function Context.methods.hosts(self, ...)
  local names, found, seen = table.pack(...), {}, {}
  for i = 1, math.max(names.n, 1) do
    local name = options.argument("t:hosts", "name", names[i], types.name)
    if seen[name] then errors.usage("t:hosts: host '%s' is named twice", name) end
    seen[name], found[i] = true, host_of(self, name)
  end
  return table.unpack(found, 1, names.n)
end

local group_types = { family = types.family, ssm = types.boolean }

---@param given {family: "ipv4"|"ipv6"|nil, ssm: boolean?}|nil
---@return string
function Context.methods.group(self, given)
  local wanted = options.check("t:group", given, group_types)
  return self._run.identifiers:group(wanted.family or "ipv4", wanted.ssm or false)
end

---@return integer
function Context.methods.port(self)
  return self._run.identifiers:port()
end

---@param text string
function Context.methods.step(self, text)
  text = errors.bounded(options.argument("t:step", "text", text, types.string))
  table.insert(self._run.steps, { time = core.now(), text = text })
  self._run:emit("step", { text = text })
end

---@param format string
function Context.methods.log(self, format, ...)
  local text = tostring(format)
  if select("#", ...) > 0 then
    local ok, formatted = pcall(string.format, text, ...)
    if not ok then
      errors.usage("t:log: %s", (formatted:gsub("^bad argument #(%d+) to '[%w.]+'", "argument %1")))
    end
    text = formatted
  end
  self._run:log(text, "log")
end

--- Tables that JSON can say stay tables; all else is told in words.
local function attachable(data)
  if type(data) ~= "table" then return tostring(data) end
  return pcall(core.json_encode, data) and data or show.value(data)
end

---@param name string
---@param data any
function Context.methods.attach(self, name, data)
  options.argument("t:attach", "name", name, types.name)
  self._run:emit("attach", { name = name, data = attachable(data) })
end

--- Ends the scenario as skipped.
---@param reason string
function Context.methods.skip(self, reason)
  reason = errors.bounded(options.argument("t:skip", "reason", reason, types.string))
  self._run:problem("skipped", reason, errors.user_position() or self._run.scenario:position())
  errors.stop("skipped", reason)
end

--- Ends the scenario as failed.
---@param message string
function Context.methods.fail(self, message)
  message = errors.bounded(options.argument("t:fail", "message", message, types.string))
  self._run:tell_sends()
  self._run:tell_timeline()
  self._run:problem("failed", message, errors.user_position())
  errors.stop("failed", message)
end

--- Runs `f` at the end, last one first.
---@param f function
function Context.methods.defer(self, f)
  options.argument("t:defer", "function", f, types.func)
  self._run:defer(f)
end

return context
