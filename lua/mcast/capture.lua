--- A capture keeps the packets that a host's interfaces send and receive. The kernel filters, in
--- libpcap's language; nothing is promiscuous. Packets stay in C until somebody asks for them.
local core = require "mcast.core"
local class = require "mcast.class"
local errors = require "mcast.errors"
local packet_filter = require "mcast.packet_filter"
local options = require "mcast.options"
local packet = require "mcast.packet"
local types = require "mcast.types"
local words = require "mcast.words"

local capture = {}

local default_limit = 64 * 1024 * 1024 -- bytes

---@class mcast.Capture
---@field host mcast.Host
---@field interfaces mcast.Interface[]
---@field filter string|nil
local Capture = class.define("capture")
capture.class = Capture

function Capture.metatable.__tostring(self)
  return ("capture on %s of host '%s'"):format(words.list(words.names(self.interfaces)),
    self.host.name)
end

-- ---- opening --------------------------------------------------------------------------------

local option_types = { interface = types.any, interfaces = types.list,
  filter = packet_filter.expression, limit = types.integer(0) }

--- All of them but loopback: who only looks need not choose.
local function default_interfaces(host, stack)
  local list = {}
  for i, planned in ipairs(host._planned) do list[i] = stack:object(planned) end
  return list
end

local function read_interfaces(where, host, wanted)
  local stack = host:_get_stack()
  if wanted.interface ~= nil and wanted.interfaces then
    errors.usage("%s: both interface and interfaces: give one of them", where)
  end
  local named = wanted.interfaces or { wanted.interface }
  local list, seen = {}, {}
  for i, one in ipairs(named) do
    list[i] = stack:find(where, one)
    if seen[list[i]] then errors.usage("%s: interface %s is named twice", where, list[i].name) end
    seen[list[i]] = true
  end
  if #list == 0 then list = default_interfaces(host, stack) end
  if #list == 0 then errors.usage("%s: %s has no interface but loopback", where, tostring(host)) end
  return list
end

local function start(self, limit)
  local expression = self._filter or nil
  self._raw = core.capture(limit, expression and packet_filter.compile("host:capture", expression))
  for _, one in ipairs(self.interfaces) do
    errors.on_host(self.host.name, self._raw.add, self._raw, self.host._stack.netns, one.index)
    self._names[one.index], self._macs[one.index] = one.name, one.mac
  end
end

---@param host mcast.Host
---@param given {interface: any?, interfaces: any[]?, filter: string?, limit: integer?}|nil
---@return mcast.Capture
function capture.open(host, given)
  local where = "host:capture"
  local wanted = options.check(where, given, option_types)
  if wanted.filter then packet_filter.compile(where, wanted.filter) end
  local self = class.new(Capture, { host = host, interfaces = read_interfaces(where, host, wanted),
    _filter = wanted.filter or false, _names = {}, _macs = {}, _raw = false, _cursors = {},
    _comments = {}, _cleared_at = core.now(), _before = { kernel_drops = 0, downs = 0 },
    _stopped = false })
  host.network:_forbid_offload("a capture looks at frames")
  start(self, wanted.limit or default_limit)
  host._captures = host._captures or {}
  table.insert(host._captures, self)
  host.network._captures = host.network._captures or {}
  table.insert(host.network._captures, self)
  host.network._run:opened { close = function() self:_finish() end }
  return self
end

function Capture.properties.filter(self) return self._filter or nil end
function Capture.properties.stopped(self) return self._stopped end

-- ---- reading --------------------------------------------------------------------------------

--- Takes what lies in the sockets; how many packets there are then.
---@return integer
function Capture.methods._read(self)
  if not self._stopped then self._raw:read() end
  return self._raw:count()
end

---@param i integer
---@return mcast.Packet
function Capture.methods._packet(self, i)
  local found = packet.adopt(self._raw:packet(i))
  found.interface = self._names[found.interface] or tostring(found.interface)
  return found
end

--- The first packet from number `from` on that is wanted.
---@param wanted string|function|nil
---@param from integer
---@return integer|nil i, mcast.Packet|nil packet when it had to be decoded
function Capture.methods._find(self, wanted, from)
  if wanted == nil then return from <= self._raw:count() and from or nil end
  if type(wanted) == "string" then
    return self._raw:find(packet_filter.compile("capture", wanted), from)
  end
  local i = from
  while i <= self._raw:count() do
    local found = self:_packet(i)
    if wanted(found) then return i, found end
    i = i + 1
  end
  return nil
end

--- Checks what is looked for, so that a slip is told at the call.
---@return string|function|nil
function Capture.methods._wanted(_, where, wanted)
  if type(options.optional(where, "filter", wanted, packet_filter.wanted)) == "string" then
    packet_filter.compile(where, wanted)
  end
  return wanted
end

local function numbers_of(self, wanted)
  local list, i = {}, 0
  self:_read()
  while true do
    i = self:_find(wanted, i + 1)
    if not i then return list end
    list[#list + 1] = i
  end
end

--- How many packets there are since it was opened or last cleared.
---@param wanted string|function|nil
---@return integer
function Capture.methods.count(self, wanted)
  self:_wanted("capture:count", wanted)
  self.host.network._run:await_ready()
  if wanted == nil then return self:_read() end
  return #numbers_of(self, wanted)
end

--- The packets since it was opened or last cleared, by time.
---@param wanted string|function|nil
---@return mcast.Packet[]
function Capture.methods.packets(self, wanted)
  self:_wanted("capture:packets", wanted)
  self.host.network._run:await_ready()
  local list, order = {}, {}
  for n, i in ipairs(numbers_of(self, wanted)) do
    list[n] = self:_packet(i)
    order[list[n]] = i
  end
  -- Several interfaces are read one after the other.
  if #self.interfaces > 1 then
    table.sort(list, function(a, b)
      if a.time ~= b.time then return a.time < b.time end
      return order[a] < order[b]
    end)
  end
  return list
end

local wait_types = { within = types.seconds }

--- The next packet for a filter, behind the one that it gave last. `looked` remembers how far it
--- came, and what was the last clearing then.
local function next_packet(self, wanted, looked)
  local count, key = self:_read(), packet_filter.identity(wanted)
  if looked.clearing ~= self._cleared_at then
    looked.clearing, looked.from = self._cleared_at, (self._cursors[key] or 0) + 1
  end
  local i, found = self:_find(wanted, looked.from)
  looked.from = count + 1
  if not i then return nil end
  self._cursors[key] = i
  return found or self:_packet(i)
end

--- Waits for a packet. Each filter goes on behind the packet that it gave last.
---@param wanted string|function|nil
---@param given {within: number?}|nil
---@return mcast.Packet|nil packet, "timeout"|nil
function Capture.methods.wait(self, wanted, given)
  local where, looked = "capture:wait", {}
  if type(wanted) == "table" and given == nil then wanted, given = nil, wanted end
  self:_wanted(where, wanted)
  local deadline = core.now() + (options.check(where, given, wait_types).within or 1)
  self.host.network._run:await_ready()
  while true do
    local found = next_packet(self, wanted, looked)
    if found then return found end
    local left = deadline - core.now()
    if left <= 0 or self._stopped then return nil, "timeout" end
    self._raw:changed():wait(left)
  end
end

--- Forgets the packets until now, with all that was counted.
function Capture.methods.clear(self)
  self.host.network._run:await_ready() -- the reports of receivers that are open came before
  self:_read()
  self._before = self._raw:losses()
  self._raw:clear()
  self._cursors, self._comments, self._cleared_at = {}, {}, core.now()
end

--- Captures no more; what it has stays until the scenario ends.
function Capture.methods.stop(self)
  if self._stopped then return end
  self.host.network._run:await_ready()
  self:_read()
  self._raw:stop()
  self._stopped = true
end

Capture.metatable.__close = Capture.methods.stop

--- At the end of the scenario.
function Capture.methods._finish(self)
  self._stopped = true
  self._raw:close()
end

-- ---- what it may have missed ----------------------------------------------------------------

--- Since it was opened or last cleared: packets that the kernel dropped, packets that came when the
--- limit was reached, and how often an interface went down.
---@return {kernel_drops: integer, unkept: integer, downs: integer}
function Capture.methods._losses(self)
  local losses = self._raw:losses()
  losses.kernel_drops = losses.kernel_drops - self._before.kernel_drops
  losses.downs = losses.downs - self._before.downs
  return losses
end

--- Packets that it could not take, for want of buffer or beyond the limit.
function Capture.properties.drops(self)
  local losses = self:_losses()
  return losses.kernel_drops + losses.unkept
end

-- ---- saving ---------------------------------------------------------------------------------

--- Something points at packet `i`: that is told in the saved file.
---@param i integer
---@param text string
function Capture.methods._comment(self, i, text)
  local earlier = self._comments[i]
  self._comments[i] = earlier and (earlier .. "\n" .. text) or text
end

---@param path string
---@param given {with: mcast.Capture[]?}|nil
---@return string path absolute
function Capture.methods.save(self, path, given)
  return require("mcast.capture_file").save(self, path, given)
end

return capture
