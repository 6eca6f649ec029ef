--- An observer joins nothing: it watches an interface and tells which multicast frames the network
--- delivered there. It is how pruning is proved.
local core = require "mcast.core"
local class = require "mcast.class"
local errors = require "mcast.errors"
local options = require "mcast.options"
local row = require "mcast.row"
local types = require "mcast.types"

local observer = {}

---@class mcast.Observer
---@field host mcast.Host
---@field interface mcast.Interface
---@field group string|nil
local Observer = class.define("observer")
observer.class = Observer

function Observer.metatable.__tostring(self)
  return ("observer on %s of host '%s'"):format(self.interface.name, self.host.name)
end

local function new(host, interface, group, keep_data)
  host.network:_forbid_offload("an observer looks at frames")
  local raw = errors.on_host(host.name, core.observer, host._stack.netns, interface.index,
    group, keep_data)
  return class.new(Observer, { host = host, interface = interface, group = group or false,
    _raw = raw, _since = 0, _read = 0, _cleared_at = core.now(), _opened_at = core.now(),
    _closed = false, _downs = 0 })
end

---@param host mcast.Host
---@param given {group: string?, interface: any?}|nil
---@param without_data boolean|nil nobody will ask for the payload
---@return mcast.Observer
function observer.open(host, given, without_data)
  local where = "host:observer"
  local wanted = options.check(where, given, { group = types.group, interface = types.any })
  local stack = host:_get_stack()
  local interface = wanted.interface ~= nil and stack:find(where, wanted.interface)
    or stack:default(where)
  if not interface then errors.usage("%s: %s has no interface to watch", where, tostring(host)) end
  local self = new(host, interface, wanted.group, not without_data)
  table.insert(host._observers, self)
  table.insert(host.network._all_observers, self)
  host.network._run:opened(self)
  return self
end

--- The harness's own, behind sent:crosses.
---@return mcast.Observer
function observer.watch(host, interface)
  local self = new(host, interface, nil)
  host.network._run:opened(self)
  return self
end

local function check_open(self, word)
  if self._closed then errors.usage("observer:%s: the observer is closed", word) end
end

--- Frames that it could not take.
function Observer.properties.drops(self)
  check_open(self, "drops")
  return self._raw:drops()
end

function Observer.properties.closed(self) return self._closed end

--- Frames since it was opened or last cleared.
---@return integer
function Observer.methods.count(self)
  check_open(self, "count")
  self.host.network._run:await_ready()
  core.drain()
  return self._raw:count() - self._since
end

---@return mcast.Frame[]
function Observer.methods.frames(self)
  local list = {}
  check_open(self, "frames")
  for i = 1, self:count() do list[i] = self:_frame(self._since + i) end
  return list
end

local frame_row = row.kind("a frame of observer:frames()", { "time", "source", "group", "protocol",
  "ttl", "source_port", "port", "length", "data" })

function Observer.methods._frame(self, i) return frame_row(self._raw:frame(i)) end

local function await_total(self, wanted, within)
  self.host.network._run:await_ready()
  local deadline = core.now() + within
  while self._raw:count() < wanted do
    local left = deadline - core.now()
    if left <= 0 then
      core.drain()
      return self._raw:count() >= wanted
    end
    self._raw:changed():wait(left)
    check_open(self, "wait")
  end
  return true
end

local wait_types = { within = types.seconds }

---@param n integer
---@param given {within: number}|nil
---@return mcast.Frame[]|nil frames, "timeout"|nil
function Observer.methods.wait(self, n, given)
  check_open(self, "wait")
  options.argument("observer:wait", "n", n, types.integer(0))
  local wanted = options.check("observer:wait", given, wait_types)
  if not await_total(self, self._since + n, wanted.within or 1) then return nil, "timeout" end
  return self:frames()
end

---@param given {within: number}|nil
---@return mcast.Frame|nil frame, "timeout"|nil
function Observer.methods.next(self, given)
  check_open(self, "next")
  local wanted = options.check("observer:next", given, wait_types)
  if not await_total(self, self._read + 1, wanted.within or 1) then return nil, "timeout" end
  self._read = self._read + 1
  return self:_frame(self._read)
end

--- Forgets what it saw until now.
function Observer.methods.clear(self)
  check_open(self, "clear")
  self.host.network._run:await_ready() -- the reports of receivers that are open came before
  core.drain()
  self._since = self._raw:count()
  self._read, self._cleared_at = self._since, core.now()
  self._downs = self._raw:downs()
end

--- Did its interface go down since it was opened or last cleared, or is it?
---@return boolean
function Observer.methods._was_down(self)
  local flags = self.interface.flags
  return self._raw:downs() > self._downs or not (flags.up and flags.running)
end

--- How often it saw the datagram. Not all keep the payload: addresses, ports, length and the time until
--- the same was sent again tell which one it is.
---@param sent mcast.Sent
---@param until_time number
---@return integer count, number|nil time
function Observer.methods._sightings(self, sent, until_time)
  local count, first = 0, nil
  for i = 1, self._raw:count() do
    local frame = self._raw:frame(i)
    if sent:_resembles(frame) and frame.time < until_time then
      count, first = count + 1, first or frame.time
    end
  end
  return count, first
end

function Observer.methods.close(self)
  if self._closed then return end
  self._closed = true
  self._raw:close()
end

Observer.metatable.__close = Observer.methods.close

return observer
