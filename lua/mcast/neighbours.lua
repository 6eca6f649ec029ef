--- Who is at the ports of a switch: hosts, and the switches that trunks join with it. To the switch
--- they are alike.
local class = require "mcast.class"
local errors = require "mcast.errors"
local hosts = require "mcast.host"
local options = require "mcast.options"
local switches = require "mcast.switch"
local types = require "mcast.types"
local words = require "mcast.words"

local neighbours = {}

---@alias mcast.Neighbour mcast.Host|mcast.Switch

local function linked_switches(switch)
  local list = {}
  for _, trunk in ipairs(switch.network.trunks) do
    for i, one in ipairs(trunk.switches) do
      if one == switch then list[#list + 1] = trunk.switches[3 - i] end
    end
  end
  return list
end

--- Hosts in the order in which they were attached, then switches.
---@param switch mcast.Switch
---@return mcast.Neighbour[]
function neighbours.of(switch)
  local list = switch.hosts
  for _, one in ipairs(linked_switches(switch)) do list[#list + 1] = one end
  return list
end

---@param switch mcast.Switch
---@param one mcast.Neighbour
---@return boolean
function neighbours.has(switch, one)
  for _, other in ipairs(neighbours.of(switch)) do
    if other == one then return true end
  end
  return false
end

-- ---- lists of them ----------------------------------------------------------------------------

local function find(where, switch, given)
  local network = switch.network
  if type(given) == "string" then
    return network.hosts[given] or network.switches[given] or network:_find(where, given)
  end
  if not class.is(given, hosts.class) and not class.is(given, switches.class) then
    options.refuse(where, "to", "a list of hosts or linked switches", given)
  end
  return given
end

--- Those that the user listed: objects or names, none twice.
---@param where string
---@param given any
---@param switch mcast.Switch
---@return mcast.Neighbour[]
function neighbours.list(where, given, switch)
  if class.of(given) then given = { given } end
  options.argument(where, "to", given, types.list)
  local list, seen = {}, {}
  for i = 1, #given do
    local found = find(where, switch, given[i])
    if not neighbours.has(switch, found) then
      errors.usage("%s: to: %s is not attached to %s", where, tostring(found), tostring(switch))
    end
    if seen[found] then errors.usage("%s: to: %s is named twice", where, tostring(found)) end
    seen[found], list[i] = true, found
  end
  return list
end

---@param one mcast.Neighbour
---@return string
function neighbours.name(one)
  return class.is(one, switches.class) and tostring(one) or one.name
end

--- "a, b and switch 'right'", in the order of the list, then in the switch's.
---@param set table<mcast.Neighbour, any>
---@param listed mcast.Neighbour[]
---@param switch mcast.Switch
function neighbours.names(set, listed, switch)
  local names, seen = {}, {}
  for _, list in ipairs { listed, neighbours.of(switch) } do
    for _, one in ipairs(list) do
      if set[one] and not seen[one] then names[#names + 1] = neighbours.name(one) end
      seen[one] = true
    end
  end
  return #names == 0 and "nobody" or words.list(names)
end

-- ---- where a source's datagrams come in ---------------------------------------------------------

--- Of the linked switches the one that leads to the other. There are no loops.
local function towards(switch, other, from)
  for _, one in ipairs(linked_switches(switch)) do
    if one ~= from and (one == other or towards(one, other, switch)) then return one end
  end
  return nil
end

--- Adds the neighbour behind which a host of the LAN is, or the host itself.
local function add_way(set, switch, host)
  for _, port in ipairs(host._planned) do
    local its = port.switch
    if its == switch then
      set[host] = true
    elseif its and its:_root() == switch:_root() then
      set[towards(switch, its)] = true
    end
  end
end

local function is_in_lan(interface, switch)
  local its = interface and interface.switch
  return its ~= nil and its:_root() == switch:_root()
end

local function is_host_of_lan(host, switch)
  for _, interface in ipairs(host._planned) do
    if is_in_lan(interface, switch) then return true end
  end
  return false
end

--- The neighbours from which datagrams of the sender may come: itself, a linked switch, or, where it
--- is in no LAN of this one, the routers whose way to it leads out of the LAN.
---@param switch mcast.Switch
---@param sender mcast.Host|nil
---@return table<mcast.Neighbour, true>
function neighbours.entrances(switch, sender)
  local set = {}
  if not sender then return set end
  if is_host_of_lan(sender, switch) then
    add_way(set, switch, sender)
    return set
  end
  for _, router in ipairs(switch.network.routers) do
    local way = switch.network._routing:interface_towards(router, sender)
    if way and not is_in_lan(way, switch) then add_way(set, switch, router) end
  end
  return set
end

return neighbours
