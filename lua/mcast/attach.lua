--- net:attach: a place that is there already, as a host. It is used as it is found, and left so.
local core = require "mcast.core"
local class = require "mcast.class"
local errors = require "mcast.errors"
local host = require "mcast.host"
local interface = require "mcast.interface"
local place = require "mcast.place"
local sysctl = require "mcast.sysctl"

local attach = {}

---@class mcast.AttachedHost: mcast.Host
local AttachedHost = class.define("host", nil, host.class)

function AttachedHost.metatable.__tostring(self)
  return ("host '%s'"):format(self.name)
end

function AttachedHost.methods._get_stack(self)
  self.network:_build()
  return self._stack
end

--- Its neighbours are not ours to tell.
function AttachedHost.methods._introduce() end

--- The place outlives the scenario, and has it as it was, also after SIGKILL.
function AttachedHost.methods._keep_interface(self, kept)
  errors.on_host(self.name, core.keep_interface, self._stack.netns, kept.name)
end

--- The same for a kernel setting; and at once when the scenario ends by itself.
function AttachedHost.methods.sysctl(self, key, value)
  if value ~= nil then
    local before, path = sysctl.call(self, key), sysctl.path_of(key)
    errors.on_host(self.name, core.keep_setting, self._stack.netns, path, tostring(before))
    self.network._run:opened { close = function() sysctl.call(self, key, before) end }
  end
  return sysctl.call(self, key, value)
end

--- An interface's first address of a family; of IPv6, one that means something beyond its link.
local function first_address(found, pattern)
  for _, one in ipairs(found.addresses) do
    if one.address:find(pattern) and not one.address:find("^fe[89ab]") then return one.address end
  end
  return false
end

local function plan(added, found)
  local planned = interface.new { name = found.name, host = added, _stack = added._stack,
    _index = found.index, _mac = found.mac, _address = first_address(found, "%."),
    _address6 = first_address(found, ":") }
  table.insert(added._planned, planned)
  added._stack:adopt(planned)
  for _, one in ipairs(found.addresses) do added.network._origin:add(one.address, added) end
end

local function is_same(planned, found)
  return planned.name == found.name and planned._index == found.index and planned._mac == found.mac
end

--- One network stack as two hosts would prove what is not so: it never hears itself from outside.
local function refuse_twice(network, name, found)
  for _, other in ipairs(network.hosts) do
    for _, planned in ipairs(other._attached and other._planned or {}) do
      for _, one in ipairs(found.interfaces) do
        if is_same(planned, one) then
          errors.usage("net:attach: host '%s': %s of %s is host '%s' already", name, one.name,
            found.description, other.name)
        end
      end
    end
  end
end

local function addresses_of(interfaces)
  local list = {}
  for _, found in ipairs(interfaces) do
    for _, one in ipairs(found.addresses) do list[#list + 1] = one.address end
  end
  return list
end

---@param network mcast.Network
---@param name string
---@param given table
---@return mcast.AttachedHost
function attach.new(network, name, given)
  local found = place.open(network._run, name, given)
  refuse_twice(network, name, found)
  local added = class.new(AttachedHost, host.fields(network, name))
  added._attached = found.description
  added._stack = require("mcast.stack").new(network._run, found.netns, added)
  for _, one in ipairs(found.interfaces) do plan(added, one) end
  if found.is_shared then added._all_addresses = addresses_of(found.interfaces) end
  return added
end

return attach
