--- A UDP socket of a host or of this machine: the kernel's options and membership calls, with
--- arguments checked and interfaces found by name (lua-api section 4).
local core = require "mcast.core"
local address = require "mcast.address"
local class = require "mcast.class"
local errors = require "mcast.errors"
local options = require "mcast.options"
local pause = require "mcast.pause"
local row = require "mcast.row"
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
local function call(self, method, ...)
  local raw = self._socket
  if self._closed then errors.usage("%s is closed", tostring(self)) end
  return errors.on_host(self._stack:host_name(), raw[method], raw, ...)
end

-- ---- properties -----------------------------------------------------------------------------

for _, name in ipairs(boolean_options) do
  Socket.properties[name] = function(self) return call(self, "get", name) end
  Socket.setters[name] = function(self, value)
    call(self, "set", name, options.argument("socket", name, value, types.boolean))
  end
end

local any_integer = function(value)
  local number = math.type(value) and math.tointeger(value)
  if not number or number < -0x80000000 or number > 0x7fffffff then return nil, "an integer" end
  return number
end

-- Ranges are the kernel's affair: what it refuses is an error object with its code.
for name, option in pairs(integer_options) do
  Socket.properties[name] = function(self) return call(self, "get", option) end
  Socket.setters[name] = function(self, value)
    call(self, "set", option, options.argument("socket", name, value, any_integer))
  end
end

function Socket.properties.device(self) return call(self, "device") end
function Socket.setters.device(self, value)
  local found = value ~= nil and self._stack:find("socket: device", value) or nil
  call(self, "set_device", found and found.name)
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
function Socket.properties.fd(self) return call(self, "fd") end
function Socket.properties.drops(self) return call(self, "drops") end
function Socket.properties.local_address(self) return (call(self, "local_address")) end
function Socket.properties.local_port(self) return select(2, call(self, "local_address")) end

local membership_row = row.kind("a row of socket.memberships",
  { "group", "interface", "mode", "sources" })

function Socket.properties.memberships(self)
  local list = call(self, "memberships")
  for _, membership in ipairs(list) do
    membership.interface = self._stack:name_of(membership.interface)
    membership_row(membership)
  end
  return list
end

-- ---- binding --------------------------------------------------------------------------------

local function check_family(self, where, name, text)
  local family = address.family(text)
  if family ~= self._family then
    errors.usage("%s: %s: the socket is %s, %s is %s", where, name, self._family, text, family)
  end
  return text
end

local function check_address(self, where, name, value, check)
  return check_family(self, where, name, options.argument(where, name, value, check))
end

local function bind(self, where_to, port)
  local bound_to, bound_port = call(self, "bind", where_to, port)
  self._bound_at = core.now()
  return bound_to, bound_port
end

---@param where_to string|nil nil: any address
---@param port integer|nil 0 or nil: a free one
---@return string address, integer port
function Socket.methods.bind(self, where_to, port)
  local where = "socket:bind"
  if where_to ~= nil then
    where_to = check_address(self, where, "address", where_to, types.address)
  end
  if port == nil then port = 0 end
  return bind(self, where_to, options.argument(where, "port", port, types.port))
end

--- Binds to the group itself: other groups on the port are not heard.
---@return string group, integer port
function Socket.methods.bind_multicast(self, group, port)
  local where = "socket:bind_multicast"
  group = check_address(self, where, "group", group, types.group)
  if port == nil then port = 0 end
  return bind(self, group, options.argument(where, "port", port, types.port))
end

-- ---- interfaces -----------------------------------------------------------------------------

local function any(value) return value end

local function has_address(found, text)
  for _, one in ipairs(found.addresses) do
    if one.address == text then return true end
  end
  return false
end

--- The interface by its name, by an address of its own, or by both, which must agree.
---@param by string "local_addr"
---@return mcast.Interface|nil
local function named(self, where, wanted, by)
  local text, found = wanted[by], nil
  if text then check_family(self, where, by, text) end
  if wanted.interface ~= nil then found = self._stack:find(where, wanted.interface) end
  if not text then return found end
  if not found then return self._stack:find_address(where, by, text) end
  if has_address(found, text) then return found end
  errors.usage("%s: %s: %s is not an address of %s", where, by, text, tostring(found))
end

local choice = { interface = any, local_addr = types.unicast }

--- The interface that a membership call means.
local function chosen(self, where, given)
  local wanted = options.check(where, given, choice)
  return named(self, where, wanted, "local_addr") or self._stack:require_default(where)
end

local function index_of(found)
  return found and found.index or 0
end

local function set_outgoing(self, found, local_address)
  call(self, "set_multicast_if", index_of(found), local_address)
  self._outgoing = found
end

--- The interface's own address: IP_MULTICAST_IF by index alone reads back as 0.0.0.0 (ip(7)).
local function own_address(self, found)
  return self._family == "ipv4" and found and found.address or nil
end

local outgoing_types = { interface = any, address = types.unicast }

---@param given {address: string?, interface: any?}
function Socket.methods.set_multicast_if(self, given)
  local where = "socket:set_multicast_if"
  local wanted = options.check(where, given, outgoing_types)
  local found = named(self, where, wanted, "address")
  if not found then
    errors.usage("%s: expected address = or interface =, got neither", where)
  end
  -- An IPv6 socket takes its interface by index alone (ipv6(7)).
  set_outgoing(self, found, self._family == "ipv4" and wanted.address or own_address(self, found))
end

---@return {interface: string|nil, address: string|nil}
function Socket.methods.get_multicast_if(self)
  local index, local_address = call(self, "multicast_if")
  local name = index and index ~= 0 and self._stack:name_of(index) or nil
  return { interface = name, address = local_address }
end

--- A send without an interface goes out of the only one there is.
local function choose_outgoing(self, where)
  if self._outgoing then return end
  local found = not self._device and self._stack:default(where)
  if found then set_outgoing(self, found, own_address(self, found)) end
end

-- ---- memberships ----------------------------------------------------------------------------

local function changed(self)
  local host = self._stack.host
  if host then host.network._memberships_changed:signal() end
end

local leaving = { leave = true, block = true }

--- What is sent after a join is not to be lost because the switch has not heard of it yet; nor
--- what an unblocked source sends because the switch still holds it back.
local function await_switch(self, method, membership)
  local host = self._stack.host
  if not host then return end
  local pending, member = host.network._pending, self._owner or self
  if leaving[method] then
    pending:forget(member, membership.group)
  elseif method == "join" or method == "unblock" then
    pending:expect(member, membership, true)
  end
  if self._owner then self._owner:_note_call(method, membership) end
end

--- One call about (group, source) on an interface.
local function membership_call(method, where, needs_source)
  return function(self, group, source, given)
    if not needs_source then source, given = nil, source end
    group = check_address(self, where, "group", group, types.group)
    if needs_source then
      source = check_address(self, where, "source", source, types.unicast)
    end
    local found = chosen(self, where, given)
    call(self, method, group, index_of(found), source)
    await_switch(self, method, { group = group, source = source, interface = found })
    changed(self)
  end
end

Socket.methods.add_membership = membership_call("join", "socket:add_membership", false)
Socket.methods.drop_membership = membership_call("leave", "socket:drop_membership", false)
Socket.methods.add_source_membership =
  membership_call("join", "socket:add_source_membership", true)
Socket.methods.drop_source_membership =
  membership_call("leave", "socket:drop_source_membership", true)
Socket.methods.block_source = membership_call("block", "socket:block_source", true)
Socket.methods.unblock_source = membership_call("unblock", "socket:unblock_source", true)

local filter_mode = types.one_of { "include", "exclude" }

---@param mode "include"|"exclude"
---@param sources string[]
function Socket.methods.set_source_filter(self, group, mode, sources, given)
  local where = "socket:set_source_filter"
  group = check_address(self, where, "group", group, types.group)
  options.argument(where, "mode", mode, filter_mode)
  sources = options.argument(where, "sources", sources, types.list_of(types.unicast))
  for _, source in ipairs(sources) do check_family(self, where, "sources", source) end
  local found = chosen(self, where, given)
  call(self, "set_filter", group, index_of(found), mode, sources)
  await_switch(self, "leave", { group = group })
  for _, source in ipairs(mode == "include" and sources or {}) do
    await_switch(self, "join", { group = group, source = source, interface = found })
  end
  if mode == "exclude" then await_switch(self, "join", { group = group, interface = found }) end
  changed(self)
end

---@return "include"|"exclude" mode, string[] sources
function Socket.methods.source_filter(self, group, given)
  local where = "socket:source_filter"
  group = check_address(self, where, "group", group, types.group)
  return call(self, "filter", group, index_of(chosen(self, where, given)))
end

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
  to = check_address(self, where, "address", to, types.address)
  options.argument(where, "port", port, destination_port)
  local run, host = self._stack.run, self._stack.host
  if host then pause.refuse(host, where) end
  run:await_ready()
  if address.is_multicast(to) then choose_outgoing(self, where) end
  if host then host:_introduce() end
  local sent = call(self, "send", data, to, port)
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
  local data, from, port, info = call(self, "receive", max, wanted.timeout or self._timeout or nil)
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
  call(self, "close")
  self._closed = true
  if self._stack.host then self._stack.host.network._pending:forget(self) end
  changed(self)
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
for word in pairs(Socket.setters) do open_types[word] = any end

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
