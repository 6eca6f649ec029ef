--- A cable between two switches: with it they are one LAN, with one subnet. There is no spanning
--- tree, so that a loop would be a broadcast storm: it is refused.
local class = require "mcast.class"
local errors = require "mcast.errors"
local options = require "mcast.options"
local switch = require "mcast.switch"
local words = require "mcast.words"

local trunk = {}

---@class mcast.Trunk
---@field name string "left--right"
---@field network mcast.Network
---@field switches mcast.Switch[] the two, in the order of net:link
local Trunk = class.define("trunk")
trunk.class = Trunk

local where = "net:link"

function Trunk.metatable.__tostring(self)
  return ("link '%s'"):format(self.name)
end

--- A name that a host has, too, is the host's.
---@param network mcast.Network
---@param given any
---@return boolean
function trunk.is_end(network, given)
  if type(given) == "string" and not network.hosts[given] then given = network.switches[given] end
  return class.is(given, switch.class)
end

local function find(network, position, given)
  local found = type(given) == "string" and network.switches[given] or given
  if not class.is(found, switch.class) then
    options.refuse(where, position,
      "a switch, as the other end is (hosts are attached by net:host)", given)
  end
  if found.network ~= network then
    errors.usage("%s: %s: %s is not of this network", where, position, tostring(found))
  end
  return found
end

local function refuse_loop(a, b)
  errors.usage("%s: %s and %s are one LAN already (%s): a loop without spanning tree is a "
    .. "broadcast storm", where, tostring(a), tostring(b), words.list(words.names(a:_lan())))
end

local function has_hosts(lan)
  for _, one in ipairs(lan) do
    if #one._ports > 0 then return true end
  end
  return false
end

--- The one of the two that gives its subnets to the other's switches, too.
local function choose_root(a, b)
  local a_root, b_root = a:_root(), b:_root()
  local a_needs = has_hosts(a:_lan()) or a_root:_has_pools()
  local b_needs = has_hosts(b:_lan()) or b_root:_has_pools()
  if a_needs and b_needs then
    errors.usage("%s: %s and %s have subnets of their own: name one at most, and link switches "
      .. "before hosts are attached", where, tostring(a), tostring(b))
  end
  if b_needs then return b_root, a_root end
  return a_root, b_root
end

---@param network mcast.Network
---@param a mcast.Switch|string
---@param b mcast.Switch|string
---@param given table|nil options: there are none yet
---@return mcast.Trunk
function trunk.new(network, a, b, given)
  a, b = find(network, "a", a), find(network, "b", b)
  options.check(where, given, {})
  if a == b then errors.usage("%s: %s cannot be linked to itself", where, tostring(a)) end
  if a:_root() == b:_root() then refuse_loop(a, b) end
  local root, other = choose_root(a, b)
  other._lan_root = root
  return class.new(Trunk, { name = ("%s--%s"):format(a.name, b.name), network = network,
    switches = { a, b }, _number = false, _impaired = false })
end

-- ---- impairing it ---------------------------------------------------------------------------

--- Loses, delays, repeats and reorders what crosses it; without options none of it any more.
---@param given table|nil
---@return mcast.Impairment|nil
function Trunk.methods.impair(self, given)
  return require("mcast.impair").trunk(self, given)
end

--- Where it is cut open: where frames arrive.
---@param direction "in"|"out" to the first of its switches or to the second
---@return integer place, "in"|"out" way
function Trunk.methods._detour(self, direction)
  return self.network._lab:trunk_place(self._number, direction == "in" and 0 or 1), "out"
end

--- The end that a switch of its LAN is at, or behind. nil: another LAN's.
---@param one mcast.Switch
---@return mcast.Switch|nil
function Trunk.methods._side_of(self, one)
  local near, far = self.switches[1], self.switches[2]
  if one:_root() ~= near:_root() then return nil end
  local known, frontier = { [near] = true, [far] = true }, { far }
  while #frontier > 0 do
    local here = table.remove(frontier)
    if here == one then return far end
    for _, neighbour in ipairs(here:_neighbours()) do
      if not known[neighbour] then
        known[neighbour] = true
        table.insert(frontier, neighbour)
      end
    end
  end
  return near
end

return trunk
