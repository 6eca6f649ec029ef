--- What a host's kernel has counted since its network stack was made, by the kernel's own names:
--- /proc/net/snmp, netstat and snmp6 as nstat(8) calls them, and each interface's of /proc/net/dev.
local class = require "mcast.class"
local errors = require "mcast.errors"
local words = require "mcast.words"

local counters = {}

-- ---- what the kernel tells --------------------------------------------------------------------

--- Lines in pairs: "Ip: Forwarding DefaultTTL ..." and "Ip: 2 64 ...".
local function add_pairs(text, values)
  for names, numbers in text:gmatch("([^\n]+)\n([^\n]+)\n") do
    local prefix, next_number = names:match("^(%w+):"), numbers:gmatch("%s(%-?%d+)")
    for name in names:gmatch("%s(%w+)") do
      values[prefix .. name] = math.tointeger(next_number())
    end
  end
end

local function add_lines(text, values)
  for name, number in text:gmatch("(%w+)%s+(%d+)\n") do
    values[name] = math.tointeger(number)
  end
end

-- The columns of /proc/net/dev.
local columns = { "rx_bytes", "rx_packets", "rx_errors", "rx_dropped", "rx_fifo", "rx_frame",
  "rx_compressed", "rx_multicast", "tx_bytes", "tx_packets", "tx_errors", "tx_dropped", "tx_fifo",
  "tx_collisions", "tx_carrier", "tx_compressed" }

local function add_interfaces(text, values)
  for name, numbers in text:gmatch("%s*(%S+):([^\n]+)\n") do
    local of_interface, column = {}, 0
    for number in numbers:gmatch("%d+") do
      column = column + 1
      of_interface[columns[column] or column] = math.tointeger(number)
    end
    values[name] = of_interface
  end
end

-- ---- the object -------------------------------------------------------------------------------

local Counters = class.define("counters")
counters.class = Counters
class.open(Counters)

function Counters.metatable.__tostring(self)
  return ("counters of %s"):format(self._of)
end

--- Counters of protocols begin with a capital; the rest are interfaces.
function Counters.missing(self, word)
  local known = words.keys(self._values)
  errors.usage("%s: there is no counter '%s'%s", tostring(self), word, words.suggest(word, known))
end

local function wrap(of, values)
  local fields = { _of = of, _values = values }
  for name, value in pairs(values) do
    fields[name] = type(value) == "table" and wrap(("%s of %s"):format(name, of), value) or value
  end
  return class.new(Counters, fields)
end

local function subtract(later, earlier)
  local change = {}
  for name, value in pairs(later) do
    local before = earlier[name]
    if type(value) == "table" then
      change[name] = subtract(value, type(before) == "table" and before or {})
    else
      change[name] = value - (before or 0)
    end
  end
  return change
end

--- later - earlier: what was counted in between.
function Counters.metatable.__sub(later, earlier)
  if not class.is(later, Counters) or not class.is(earlier, Counters) then
    errors.usage("counters can be subtracted from counters only")
  end
  return wrap(later._of, subtract(later._values, earlier._values))
end

--- Those that are not 0, by name: what there is to see.
function Counters.methods.changed(self)
  local list = {}
  for name, value in pairs(self._values) do
    if type(value) == "table" then value = self[name]:changed() end
    if type(value) == "table" and next(value) or type(value) ~= "table" and value ~= 0 then
      list[name] = value
    end
  end
  return list
end

--- As they are, by name.
---@param netns core.Netns
---@return table<string, integer|table<string, integer>>
function counters.values(netns)
  local values = {}
  local function read(name) return netns:read_proc(name) end
  add_pairs(read("snmp"), values)
  add_pairs(read("netstat"), values)
  add_interfaces(read("dev"), values)
  local ok, text = pcall(read, "snmp6") -- a kernel without IPv6 has none
  if ok then add_lines(text, values) end
  return values
end

---@param host mcast.Host
---@return mcast.Counters
function counters.read(host)
  local netns = host:_get_stack().netns
  host.network._run:await_ready()
  return wrap(tostring(host), errors.on_host(host.name, counters.values, netns))
end

return counters
