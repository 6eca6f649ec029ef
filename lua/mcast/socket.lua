--- A UDP socket of a host or of this machine: the kernel's options and membership calls, with
--- arguments checked and interfaces found by name (lua-api section 4).
local core = require "mcast.core"
local address = require "mcast.address"
local class = require "mcast.class"
local errors = require "mcast.errors"
local losses = require "mcast.losses"
local options = require "mcast.options"
local pause = require "mcast.pause"
local row = require "mcast.row"
local membership = require "mcast.socket_membership"
local socket_interface = require "mcast.socket_interface"
local types = require "mcast.types"

local socket = {}

---@class mcast.Socket
local Socket = class.define("socket")
socket.class = Socket

function Socket.metatable.__tostring(self)
  local host = self._stack.host
  return host and ("socket of host '%s'"):format(host.name) or "socket of this machine"
end

local boolean_options = { "reuse_addr", "reuse_port", "multicast_loop", "multicast_all" }
local integer_options = { multicast_ttl = "multicast_ttl", multicast_hops = "multicast_ttl",
  unicast_ttl = "unicast_ttl", unicast_hops = "unicast_ttl", tos = "tos",
  receive_buffer = "receive_buffer", send_buffer = "send_buffer" }

--- Calls a method of the C socket; an error object learns the host.
function Socket.methods._call(self, method, ...)
  local raw = self._socket
  if self._closed then errors.usage("%s is closed", tostring(self)) end
  return errors.on_host(self._stack:host_name(), raw[method], raw, ...)
end

-- ---- properties -----------------------------------------------------------------------------

for _, name in ipairs(boolean_options) do
  Socket.properties[name] = function(self) return self:_call("get", name) end
  Socket.setters[name] = function(self, value)
    self:_call("set", name, options.argument("socket", name, value, types.boolean))
  end
end

local any_integer = function(value)
  local number = math.type(value) and math.tointeger(value)
  if not number or number < -0x80000000 or number > 0x7fffffff then return nil, "an integer" end
  return number
end

-- Ranges are the kernel's affair: what it refuses is an error object with its code.
for name, option in pairs(integer_options) do
  Socket.properties[name] = function(self) return self:_call("get", option) end
  Socket.setters[name] = function(self, value)
    self:_call("set", option, options.argument("socket", name, value, any_integer))
  end
end

function Socket.properties.device(self) return self:_call("device") end
function Socket.setters.device(self, value)
  local found = value ~= nil and self._stack:find("socket: device", value) or nil
  self:_call("set_device", found and found.name)
  self._device = found or false
end

function Socket.properties.timeout(self) return self._timeout or nil end
function Socket.setters.timeout(self, value)
  self._timeout = options.optional("socket", "timeout", value, types.seconds) or false
end

function Socket.properties.host(self) return self._stack.host or nil end
function Socket.properties.family(self) return self._family end
function Socket.properties.closed(self)
  return self._closed or self._socket:closed()
end
function Socket.properties.fd(self) return self:_call("fd") end
function Socket.properties.drops(self)
  return losses.split(self._stack, self:_call("drops")).full
end
function Socket.properties.local_address(self) return (self:_call("local_address")) end
function Socket.properties.local_port(self) return select(2, self:_call("local_address")) end

local membership_row = row.kind("a row of socket.memberships",
  { "group", "interface", "mode", "sources" })

function Socket.properties.memberships(self)
  local list = self:_call("memberships")
  for _, one in ipairs(list) do
    one.interface = self._stack:name_of(one.interface)
    membership_row(one)
  end
  return list
end

-- ---- binding --------------------------------------------------------------------------------

function Socket.methods._check_family(self, where, name, text)
  local family = address.family(text)
  if family ~= self._family then
    errors.usage("%s: %s: the socket is %s, %s is %s", where, name, self._family, text, family)
  end
  return text
end

function Socket.methods._check_address(self, where, name, value, check)
  return self:_check_family(where, name, options.argument(where, name, value, check))
end

local function bind(self, where_to, port)
  local bound_to, bound_port = self:_call("bind", where_to, port)
  self._bound_at = core.now()
  return bound_to, bound_port
end

---@param where_to string|nil nil: any address
---@param port integer|nil 0 or nil: a free one
---@return string address, integer port
function Socket.methods.bind(self, where_to, port)
  local where = "socket:bind"
  if where_to ~= nil then
    where_to = self:_check_address(where, "address", where_to, types.address)
  end
  if port == nil then port = 0 end
  return bind(self, where_to, options.argument(where, "port", port, types.port))
end

--- Binds to the group itself: other groups on the port are not heard.
---@return string group, integer port
function Socket.methods.bind_multicast(self, group, port)
  local where = "socket:bind_multicast"
  group = self:_check_address(where, "group", group, types.group)
  if port == nil then port = 0 end
  return bind(self, group, options.argument(where, "port", port, types.port))
end

-- ---- interfaces and memberships --------------------------------------------------------------

Socket.methods.set_multicast_if = socket_interface.set_outgoing
Socket.methods.get_multicast_if = socket_interface.outgoing

Socket.methods.add_membership = membership.call("join", "socket:add_membership", false)
Socket.methods.drop_membership = membership.call("leave", "socket:drop_membership", false)
Socket.methods.add_source_membership =
  membership.call("join", "socket:add_source_membership", true)
Socket.methods.drop_source_membership =
  membership.call("leave", "socket:drop_source_membership", true)
Socket.methods.block_source = membership.call("block", "socket:block_source", true)
Socket.methods.unblock_source = membership.call("unblock", "socket:unblock_source", true)
Socket.methods.set_source_filter = membership.set_filter
Socket.methods.source_filter = membership.filter

-- ---- traffic --------------------------------------------------------------------------------

local destination_port = types.integer(1, 65535)

--- The kernel took it, and there is no later news of a plain socket's datagram: it left, unless it
--- was to stay.
local function has_left(self, host, to, ttl)
  if not address.is_multicast(to) then return not host:_has_address(to) end
  local out = self._device or self._outgoing
  return ttl > 0 and not (out and out.name == "lo")
end

local function note_send(self, data, to, port)
  local host = self._stack.host
  if not host then return end
  local is_unicast = not address.is_multicast(to)
  local ttl = is_unicast and self.unicast_ttl or self.multicast_ttl
  local departed = has_left(self, host, to, ttl)
  host.network._sends:add { host = host, family = self._family, to = to, port = port,
    source_port = self.local_port, data = data, length = #data, ttl = ttl,
    loop = is_unicast or self.multicast_loop, time = core.now(),
    is_unicast = is_unicast, departed = function() return departed end }
end

---@param data string
---@param to string
---@param port integer
---@return integer bytes
function Socket.methods.sendto(self, data, to, port)
  local where = "socket:sendto"
  options.argument(where, "data", data, types.string)
  to = self:_check_address(where, "address", to, types.address)
  options.argument(where, "port", port, destination_port)
  local run, host = self._stack.run, self._stack.host
  if host then pause.refuse(host, where) end
  run:await_ready()
  if address.is_multicast(to) then socket_interface.choose_outgoing(self, where) end
  if host then host:_introduce() end
  local sent = self:_call("send", data, to, port)
  note_send(self, data, to, port)
  return sent
end

local info_row = row.kind("the info of socket:recvfrom",
  { "to", "interface", "ttl", "time", "truncated" })

local receive_types = { timeout = types.seconds }
local largest_datagram = 65535

--- Waits for one datagram.
---@param max integer|nil bytes
---@param given {timeout: number}|nil
---@return string|nil data, string address_or_timeout, integer|nil port, table|nil info
function Socket.methods.recvfrom(self, max, given)
  local where = "socket:recvfrom"
  if type(max) == "table" then max, given = nil, max end
  max = options.optional(where, "max", max, types.integer(0)) or largest_datagram
  local wanted = options.check(where, given, receive_types)
  local host = self._stack.host
  if host then pause.refuse(host, where) end
  self._stack.run:await_ready()
  local data, from, port, info = self:_call("receive", max, wanted.timeout or self._timeout or nil)
  if not data then return nil, from end
  if host then pause.await_end(host) end
  info.interface = self._stack:name_of(info.interface)
  return data, from, port, info_row(info)
end

--- Did it listen on the datagram's port when that was sent, and does it still?
---@param sent mcast.Sent
---@return boolean
function Socket.methods._could_hear(self, sent)
  return not self.closed and self._bound_at and self._bound_at <= sent.time
    and self._family == sent.family and self.local_port == sent.port
end

function Socket.methods.close(self)
  if self._closed then return end
  self:_call("close")
  self._closed = true
  membership.end_all(self)
end

Socket.metatable.__close = Socket.methods.close

-- ---- opening --------------------------------------------------------------------------------

---@param raw core.Socket
---@param stack mcast.Stack
---@param family "ipv4"|"ipv6"
---@param owner mcast.Receiver|nil whose memberships they are
---@return mcast.Socket
function socket.wrap(raw, stack, family, owner)
  return class.new(Socket, { _socket = raw, _stack = stack, _family = family, _closed = false,
    _owner = owner or false, _timeout = false, _outgoing = false, _device = false,
    _bound_at = false })
end

-- What can be assigned can be given at once: host:socket{reuse_addr = true}.
local open_types = { family = types.family }
for word in pairs(Socket.setters) do open_types[word] = types.any end

---@param stack mcast.Stack
---@param given table|nil
---@param where string "host:socket"
---@return mcast.Socket
function socket.open(stack, given, where)
  local wanted = options.check(where, given, open_types)
  local family = wanted.family or "ipv4"
  if stack.host then pause.refuse(stack.host, where) end
  local raw = errors.on_host(stack:host_name(), core.socket, stack.netns, family)
  local opened = socket.wrap(raw, stack, family)
  if stack.host then table.insert(stack.host._sockets, opened) end
  stack.run:opened(opened)
  for word in pairs(Socket.setters) do
    if wanted[word] ~= nil then opened[word] = wanted[word] end
  end
  return opened
end

--- A socket that receivers and senders are made of; closed again when `prepare` raises.
---@param prepare fun(raw: core.Socket): any what it returns is returned
function socket.prepared(stack, family, prepare)
  local host_name = stack:host_name()
  return errors.on_host(host_name, function()
    local raw <close> = core.socket(stack.netns, family)
    return prepare(raw)
  end)
end

return socket
