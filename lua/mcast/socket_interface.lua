--- The interface that a call of a socket means: by name, number or address of its own; else the only
--- one there is.
local errors = require "mcast.errors"
local options = require "mcast.options"
local types = require "mcast.types"

local socket_interface = {}

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
  if text then self:_check_family(where, by, text) end
  if wanted.interface ~= nil then found = self._stack:find(where, wanted.interface) end
  if not text then return found end
  if not found then return self._stack:find_address(where, by, text) end
  if has_address(found, text) then return found end
  errors.usage("%s: %s: %s is not an address of %s", where, by, text, tostring(found))
end

local choice = { interface = types.any, local_addr = types.unicast }

--- The interface that a membership call means.
---@param self mcast.Socket
---@param where string
---@param given {interface: any?, local_addr: string?}|nil
---@return mcast.Interface
function socket_interface.chosen(self, where, given)
  local wanted = options.check(where, given, choice)
  return named(self, where, wanted, "local_addr") or self._stack:require_default(where)
end

local function set_outgoing(self, found, local_address)
  self:_call("set_multicast_if", found and found.index or 0, local_address)
  self._outgoing = found
end

--- The interface's own address: IP_MULTICAST_IF by index alone reads back as 0.0.0.0 (ip(7)).
local function own_address(self, found)
  return self._family == "ipv4" and found and found.address or nil
end

local outgoing_types = { interface = types.any, address = types.unicast }

---@param self mcast.Socket
---@param given {address: string?, interface: any?}
function socket_interface.set_outgoing(self, given)
  local where = "socket:set_multicast_if"
  local wanted = options.check(where, given, outgoing_types)
  local found = named(self, where, wanted, "address")
  if not found then
    errors.usage("%s: expected address = or interface =, got neither", where)
  end
  -- An IPv6 socket takes its interface by index alone (ipv6(7)).
  set_outgoing(self, found, self._family == "ipv4" and wanted.address or own_address(self, found))
end

---@param self mcast.Socket
---@return {interface: string|nil, address: string|nil}
function socket_interface.outgoing(self)
  local index, local_address = self:_call("multicast_if")
  local name = index and index ~= 0 and self._stack:name_of(index) or nil
  return { interface = name, address = local_address }
end

--- A send without an interface goes out of the only one there is.
---@param self mcast.Socket
---@param where string
function socket_interface.choose_outgoing(self, where)
  if self._outgoing then return end
  local found = not self._device and self._stack:default(where)
  if found then set_outgoing(self, found, own_address(self, found)) end
end

return socket_interface
