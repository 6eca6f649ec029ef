--- Ways out of a router, as a scenario names them: an interface, what it is on, or who is behind it.
local class = require "mcast.class"
local errors = require "mcast.errors"
local host = require "mcast.host"
local interface = require "mcast.interface"
local options = require "mcast.options"

local direction = {}

local function interface_on(where, router, segment)
  for _, planned in ipairs(router._planned) do
    if planned:_segment() == segment then return planned end
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
  for _, planned in ipairs(router._planned) do
    if planned == given then return planned end
  end
  errors.usage("%s: %s: multicast is not routed through %s", where, name, tostring(given))
end

local function named(where, router, name, given)
  for _, planned in ipairs(router._planned) do
    if planned.name == given then return planned end
  end
  local network = router.network
  local segment, other = network.switches[given], network.hosts[given]
  if segment then return interface_on(where, router, segment) end
  if other then return direction.towards(where, router, other) end
  errors.usage("%s: %s: %s has no interface '%s', and there is no switch or host of that name",
    where, name, tostring(router), given)
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

return direction
