--- What a scenario sets at single ports of a switch: static entries of its table, and what it knows of
--- multicast routers there. The words are those of bridge(8) and ip-link(8).
local address = require "mcast.address"
local class = require "mcast.class"
local errors = require "mcast.errors"
local fault = require "mcast.fault"
local host = require "mcast.host"
local interface = require "mcast.interface"
local options = require "mcast.options"
local types = require "mcast.types"

local switch_port = {}

local function of_host(self, where, given)
  local found
  for _, port in ipairs(self._ports) do
    if port.host == given then
      if found then
        errors.usage("%s: %s has several interfaces on %s: name one", where, tostring(given),
          tostring(self))
      end
      found = port.interface
    end
  end
  return found
end

--- The interface of a host at the other end of the port.
---@param self mcast.Switch
---@param where string
---@param name string of the argument
---@param given any
---@return mcast.Interface
local function find(self, where, name, given)
  if type(given) == "string" then given = self.network:_find(where, given) end
  local found
  if class.is(given, host.class) then
    found = of_host(self, where, given)
  elseif class.is(given, interface.class) then
    found = given._switch == self and given or nil
  else
    options.refuse(where, name, "a host, or an interface of one", given)
  end
  if not found then
    errors.usage("%s: %s: %s is not attached to %s", where, name, tostring(given), tostring(self))
  end
  return found
end

-- ---- multicast routers ------------------------------------------------------------------------

-- MDB_RTR_TYPE_* of linux/if_bridge.h; "temporary" without a query or PIM hello that renews it ends
-- after the querier interval.
local modes = { disabled = 0, automatic = 1, permanent = 2, temporary = 3 }
switch_port.modes = modes
local mode_type = types.one_of { "disabled", "automatic", "permanent", "temporary" }

local function word_of(mode)
  for word, number in pairs(modes) do
    if number == mode then return word end
  end
  return tostring(mode)
end

--- Reads it, or sets it: "permanent" and "temporary" send the port all multicast, "automatic" learns
--- from queries and PIM hellos, "disabled" does not.
---@param self mcast.Switch
---@param given any a host, an interface or a name
---@param mode string|nil
---@return string
function switch_port.multicast_router(self, given, mode)
  local where = "switch:multicast_router"
  local found = find(self, where, "host", given)
  mode = options.optional(where, "mode", mode, mode_type)
  self.network:_build()
  local lab, port = self.network._lab, found._port
  local before = lab:multicast_router(port)
  if not mode then return word_of(before) end
  self.network._run:await_ready()
  lab:set_multicast_router(port, modes[mode])
  fault.inject(self, "multicast_router", ("multicast router at %s: %s"):format(tostring(found),
    mode), function() lab:set_multicast_router(port, before) end)
  return word_of(lab:multicast_router(port))
end

-- ---- static entries ---------------------------------------------------------------------------

---@class mcast.MdbEntry
---@field switch mcast.Switch
---@field interface mcast.Interface
---@field group string
---@field source string|nil
local Entry = class.define("mdb entry", "entry")
switch_port.entry_class = Entry

local function describe(self)
  return ("(%s, %s) for %s"):format(self._source or "*", self.group, tostring(self.interface))
end

function Entry.metatable.__tostring(self)
  return ("static entry %s of %s"):format(describe(self), tostring(self.switch))
end

local entry_types = { group = types.group, source = types.unicast, host = types.any }

local function check(wanted, where)
  if wanted.source and address.family(wanted.source) ~= address.family(wanted.group) then
    errors.usage("%s: source: %s and group %s are of different families", where, wanted.source,
      wanted.group)
  end
  if address.is_never_learnt(wanted.group) then
    errors.usage("%s: group: %s is sent to every port anyway", where, wanted.group)
  end
end

---@param self mcast.Switch
---@param given table
---@return mcast.MdbEntry
function switch_port.mdb_add(self, given)
  local where = "switch:mdb_add"
  local wanted = options.require(where, given, entry_types, { "group" })
  check(wanted, where)
  local found = find(self, where, "host", wanted.host)
  self.network:_build()
  local lab, port = self.network._lab, found._port
  local entry = class.new(Entry, { switch = self, interface = found, group = wanted.group,
    _source = wanted.source or false })
  self.network._run:await_ready()
  lab:add_mdb_entry(port, wanted.group, wanted.source)
  entry._fault = fault.inject(self, "mdb_add", "static entry " .. describe(entry), function()
    lab:remove_mdb_entry(port, wanted.group, wanted.source)
  end)
  return entry
end

function Entry.properties.source(self) return self._source or nil end

function Entry.methods.remove(self)
  self._fault:undo("mdb_remove", ("static entry %s removed"):format(describe(self)))
end

return switch_port
