--- Ways out of a router, as a scenario names them: an interface, what it is on, or who is behind it.
local class = require "mcast.class"
local errors = require "mcast.errors"
local host = require "mcast.host"
local interface = require "mcast.interface"
local options = require "mcast.options"
local types = require "mcast.types"
local words = require "mcast.words"

local direction = {}

local function interface_on(where, router, segment)
  for _, planned in ipairs(router._planned) do
    local own = planned:_segment()
    if own and own:_root() == segment:_root() then return planned end
  end
  errors.usage("%s: %s has no interface on %s", where, tostring(router), tostring(segment))
end

---@param where string "router:mroute"
---@param router mcast.Router
---@param other mcast.Host
---@return mcast.Interface
function direction.towards(where, router, other)
  if other == router then
    errors.usage("%s: %s is the router itself: name an interface", where, tostring(router))
  end
  if other.network ~= router.network then
    errors.usage("%s: %s is not of this network", where, tostring(other))
  end
  return router.network._routing:interface_towards(router, other)
    or errors.usage("%s: %s has no path to %s", where, tostring(router), tostring(other))
end

local function own_interface(where, router, name, given)
  if given.host ~= router then
    errors.usage("%s: %s: %s is not an interface of %s", where, name, tostring(given),
      tostring(router))
  end
  local flags = given.flags
  if flags.loopback or not flags.multicast then
    errors.usage("%s: %s: multicast is not routed through %s", where, name, tostring(given))
  end
  return given
end

--- All that a way out may be named by.
local function names_of_ways(router)
  local names = {}
  for _, planned in ipairs(router._planned) do names[#names + 1] = planned.name end
  for _, list in ipairs { router.network.switches, router.network.hosts } do
    for _, one in ipairs(list) do
      if one ~= router then names[#names + 1] = one.name end
    end
  end
  return names
end

local function named(where, router, name, given)
  for _, planned in ipairs(router._planned) do
    if planned.name == given then return planned end
  end
  local network = router.network
  local segment, other = network.switches[given], network.hosts[given]
  if segment then return interface_on(where, router, segment) end
  if other then return direction.towards(where, router, other) end
  errors.usage("%s: %s: %s has no interface '%s', and there is no switch or host of that name%s",
    where, name, tostring(router), given, words.suggest(given, names_of_ways(router)))
end

--- An interface, a switch or link that the router is on, a host that it reaches, or a name of one.
---@return mcast.Interface
function direction.resolve(where, router, name, given)
  if type(given) == "string" then return named(where, router, name, given) end
  if class.is(given, interface.class) then return own_interface(where, router, name, given) end
  if class.is(given, host.class) then return direction.towards(where, router, given) end
  if class.of(given) and given._pool_of then return interface_on(where, router, given) end
  options.refuse(where, name, "an interface, a switch, a link or a host", given)
end

--- Two hosts behind the same interface are reached by one copy.
---@return mcast.Interface[]
function direction.resolve_all(where, router, given)
  if type(given) ~= "table" or class.of(given) then given = { given } end
  local list, seen = {}, {}
  for _, one in ipairs(given) do
    local found = direction.resolve(where, router, "to", one)
    if not seen[found] then list[#list + 1] = found end
    seen[found] = true
  end
  if #list == 0 then
    errors.usage("%s: to: expected interfaces, switches or hosts, got none", where)
  end
  return list
end

--- {right, r2}, {{right, ttl_threshold = 16}, r2}, {right, ttl_threshold = 16} or a single one.
local function listed(given)
  if type(given) ~= "table" or class.of(given) or given.ttl_threshold ~= nil then
    return { given }
  end
  return given
end

local output_types = { ttl_threshold = types.integer(1, 254) }

local function read_output(where, router, given)
  if type(given) ~= "table" or class.of(given) then
    return { interface = direction.resolve(where, router, "to", given) }
  end
  local copy = {}
  for key, value in pairs(given) do
    if key ~= 1 then copy[key] = value end
  end
  local checked = options.check(where .. ": to", copy, output_types)
  return { interface = direction.resolve(where, router, "to", given[1]),
    ttl_threshold = checked.ttl_threshold }
end

---@class mcast.Output
---@field interface mcast.Interface
---@field ttl_threshold integer|nil

--- Two hosts behind the same interface are reached by one copy.
---@return mcast.Output[]
function direction.outputs(where, router, given)
  local list, by_interface = {}, {}
  for _, one in ipairs(listed(given)) do
    local output = read_output(where, router, one)
    local known = by_interface[output.interface]
    if known and known.ttl_threshold ~= output.ttl_threshold then
      errors.usage("%s: to: %s is named twice, with different TTL thresholds", where,
        tostring(output.interface))
    end
    if not known then list[#list + 1] = output end
    by_interface[output.interface] = output
  end
  return list
end

return direction
