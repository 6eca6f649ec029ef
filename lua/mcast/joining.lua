--- Which groups of which sources a receiver is a member of on which interfaces: out of its options,
--- and done on its socket.
local address = require "mcast.address"
local errors = require "mcast.errors"
local membership_limit = require "mcast.membership_limit"

local joining = {}

--- `one` or `several`, as a list.
local function list_of(where, wanted, one, several)
  if wanted[one] ~= nil and wanted[several] ~= nil then
    errors.usage("%s: %s and %s: give one of them", where, one, several)
  end
  return wanted[several] or wanted[one] ~= nil and { wanted[one] } or {}
end

--- An empty list is most likely one that a scenario failed to fill: it means none, not any.
local function refuse_empty(where, wanted, several, otherwise)
  if wanted[several] and #wanted[several] == 0 then
    errors.usage("%s: %s: expected one or more, got an empty list; without it: %s", where, several,
      otherwise)
  end
end

--- Puts groups, sources, excluded sources and interfaces into one form: lists.
---@param where string
---@param wanted table the options
function joining.read(where, wanted)
  refuse_empty(where, wanted, "groups", "nothing is joined")
  refuse_empty(where, wanted, "sources", "any source")
  refuse_empty(where, wanted, "interfaces", "the host's only interface")
  wanted.groups = list_of(where, wanted, "group", "groups")
  wanted.sources = list_of(where, wanted, "source", "sources")
  wanted.interfaces = list_of(where, wanted, "interface", "interfaces")
  if type(wanted.exclude) == "string" then wanted.exclude = { wanted.exclude } end
  wanted.exclude = wanted.exclude or {}
end

--- "the socket is ipv4, the group ff02::1 is ipv6".
local function check_family(where, family, what, list)
  for _, text in ipairs(list) do
    if address.family(text) ~= family then
      errors.usage("%s: %s: the socket is %s, the %s %s is %s", where, what, family, what, text,
        address.family(text))
    end
  end
end

---@param where string
---@param wanted table
---@param family "ipv4"|"ipv6"
function joining.check_families(where, wanted, family)
  check_family(where, family, "group", wanted.groups)
  check_family(where, family, "source", wanted.sources)
  check_family(where, family, "exclude", wanted.exclude)
end

local function interfaces_of(stack, where, named)
  if #named == 0 then return { stack:require_default(where) } end
  local found = {}
  for i, name in ipairs(named) do found[i] = stack:find(where, name) end
  return found
end

--- Joins one group on one interface, and notes the memberships that the switch must learn.
local function join_one(raw, stack, group, joined, wanted, memberships)
  local index = joined.index
  for _, source in ipairs(wanted.sources) do
    membership_limit.join(raw, stack, group, index, source)
    memberships[#memberships + 1] = { group = group, source = source, interface = joined }
  end
  if #wanted.sources > 0 then return end
  membership_limit.join(raw, stack, group, index)
  memberships[#memberships + 1] = { group = group, interface = joined }
  for _, source in ipairs(wanted.exclude) do raw:block(group, index, source) end
end

--- Joins them all and returns the memberships that the switches must learn.
---@param raw core.Socket
---@param stack mcast.Stack
---@param where string
---@param wanted table
---@return table[]
function joining.join(raw, stack, where, wanted)
  local memberships = {}
  if #wanted.groups == 0 then return memberships end
  for _, joined in ipairs(interfaces_of(stack, where, wanted.interfaces)) do
    for _, group in ipairs(wanted.groups) do
      join_one(raw, stack, group, joined, wanted, memberships)
    end
  end
  return memberships
end

local function leave_one(raw, group, left, sources)
  local index = left.index
  if #sources == 0 then return raw:leave(group, index) end
  for _, source in ipairs(sources) do raw:leave(group, index, source) end
end

---@param raw core.Socket
---@param stack mcast.Stack
---@param where string
---@param wanted table
function joining.leave(raw, stack, where, wanted)
  for _, left in ipairs(interfaces_of(stack, where, wanted.interfaces)) do
    leave_one(raw, wanted.groups[1], left, wanted.sources)
  end
end

return joining
