--- A network stack: the namespace of a host, or this machine's own. Finds interfaces by what the
--- user calls them, and the one that is meant when none is named.
local class = require "mcast.class"
local errors = require "mcast.errors"
local interface = require "mcast.interface"
local options = require "mcast.options"
local words = require "mcast.words"

---@class mcast.Stack
---@field run mcast.Run
---@field host mcast.Host|nil nil: this machine
local Stack = {}
Stack.__index = Stack

---@param run mcast.Run
---@param netns core.Netns
---@param host mcast.Host|nil
---@return mcast.Stack
function Stack.new(run, netns, host)
  return setmetatable({ run = run, netns = netns, host = host or false, _by_name = {} }, Stack)
end

---@return string
function Stack:describe()
  return self.host and ("host '%s'"):format(self.host.name) or "this machine"
end

function Stack:host_name()
  return self.host and self.host.name or nil
end

--- Straight from the kernel.
---@return table[]
function Stack:interfaces()
  return self.netns:interfaces()
end

--- One object for each name, so that they can be compared.
---@return mcast.Interface
function Stack:object(found)
  local known = self._by_name[found.name]
  if not known then
    known = interface.new { name = found.name, host = self.host, _stack = self,
      _index = found.index }
    self._by_name[found.name] = known
  end
  return known
end

---@param object mcast.Interface one that a plan made
function Stack:adopt(object)
  self._by_name[object.name] = object
end

---@return mcast.Interface[]
function Stack:objects()
  local objects = {}
  for i, found in ipairs(self:interfaces()) do objects[i] = self:object(found) end
  return objects
end

local function matches(found, wanted)
  if class.is(wanted, interface.class) then return found.name == wanted.name end
  return found.name == wanted or found.index == wanted
end

local function refuse(self, where, wanted, all)
  if type(wanted) ~= "string" and math.type(wanted) ~= "integer" then
    options.refuse(where, "interface", "the name, index or object of an interface", wanted)
  end
  errors.usage("%s: interface: %s has no interface '%s' (it has %s)", where, self:describe(),
    wanted, words.list(words.names(all)))
end

--- The interface that the user named, by name, index or object.
---@param where string "socket:add_membership"
---@param wanted any
---@return mcast.Interface
function Stack:find(where, wanted)
  if class.is(wanted, interface.class) and wanted.host ~= self.host then
    errors.usage("%s: interface: %s is not an interface of %s", where, tostring(wanted),
      self:describe())
  end
  local known = self._by_name[wanted]
  if known then return known end
  local all = self:interfaces()
  for _, found in ipairs(all) do
    if matches(found, wanted) then return self:object(found) end
  end
  refuse(self, where, wanted, all)
end

---@param where string
---@param name string of the argument
---@param address string canonical
---@return mcast.Interface
function Stack:find_address(where, name, address)
  for _, found in ipairs(self:interfaces()) do
    for _, one in ipairs(found.addresses) do
      if one.address == address then return self:object(found) end
    end
  end
  errors.usage("%s: %s: %s is not an address of %s", where, name, address, self:describe())
end

local function not_loopback(self)
  local candidates = {}
  for _, found in ipairs(self:interfaces()) do
    if not found.flags.loopback then candidates[#candidates + 1] = found end
  end
  return candidates
end

--- The one that is not loopback. nil when there is none (the kernel then says what it thinks of
--- that); several are an error: the kernel would guess.
---@param where string
---@return mcast.Interface|nil
function Stack:default(where)
  if self._default then return self._default end
  local candidates = self.host and self.host._planned or not_loopback(self)
  if #candidates > 1 then
    errors.usage("%s: interface: missing; %s has several, name one: %s", where, self:describe(),
      words.list(words.names(candidates), "or"))
  end
  self._default = candidates[1] and self:object(candidates[1]) or nil
  return self._default
end

--- The same for a membership, which without an interface is none.
---@param where string
---@return mcast.Interface
function Stack:require_default(where)
  return self:default(where) or errors.raise { code = "ENODEV", operation = where,
    host = self:host_name(), message = ("%s: %s has no interface but loopback"):format(where,
      self:describe()), hint = "name one: interface = \"lo\"" }
end

---@param index integer
---@return string
function Stack:name_of(index)
  if not self._names then self._names = {} end
  if not self._names[index] then
    for _, found in ipairs(self:interfaces()) do self._names[found.index] = found.name end
  end
  return self._names[index] or tostring(index)
end

return Stack
