--- interface:impair{...} and link:impair{...}: which cable, which way, and in which words.
local class = require "mcast.class"
local errors = require "mcast.errors"
local host = require "mcast.host"
local impair_plan = require "mcast.impair_plan"
local impaired_lane = require "mcast.impaired_lane"
local impairment = require "mcast.impairment"
local switch = require "mcast.switch"
local types = require "mcast.types"

local impair = {}

local function prepare(network)
  network:_build()
  network._run:await_ready()
  network:_forbid_offload("an impaired link looks at frames")
end

-- ---- an interface ---------------------------------------------------------------------------

--- Only a cable of our own leads through a place where frames can be held back.
local function check_interface(interface)
  if interface._port then return end
  local attached = interface.host and interface.host._attached
  if attached then
    errors.usage("interface:impair: %s is attached (%s): its cable is not the harness's to cut "
      .. "open. Impair the other end, if that is a host of this network, or run tc-netem(8) there",
      tostring(interface), attached)
  end
  errors.usage("interface:impair: %s is not on a switch or link of this network: only those that "
    .. "are can be impaired", tostring(interface))
end

local interface_ways = { ["in"] = { "in" }, out = { "out" }, both = { "in", "out" } }
local said = { ["in"] = ", what comes to it", out = ", what leaves it", both = "" }

local function lane_of(interface, direction)
  local network = interface.host.network
  return { lane = impaired_lane.of(interface, network, direction), way = direction,
    name = ("%s:%s:%s"):format(interface.host.name, interface.name, direction) }
end

---@param interface mcast.Interface
---@return mcast.ImpairedPlace
local function place_of(interface, direction)
  local lanes = {}
  for i, way in ipairs(interface_ways[direction]) do lanes[i] = lane_of(interface, way) end
  return { place = interface, network = interface.host.network, fault_at = interface.host,
    lanes = lanes, word = "direction", way = direction,
    text = ("%s is impaired%s"):format(interface.name, said[direction]),
    cleared = ("%s is no longer impaired"):format(interface.name) }
end

--- Of one that may never have been impaired.
local function clear_interface(interface)
  impairment.clear(interface._impaired and interface._impaired.lanes or {})
end

---@param interface mcast.Interface
---@param given table|nil
---@return mcast.Impairment|nil
function impair.interface(interface, given)
  local wanted = impair_plan.read("interface:impair", given, "direction",
    types.one_of { "in", "out", "both" })
  check_interface(interface)
  if not wanted then return clear_interface(interface) end
  prepare(interface.host.network)
  return errors.on_host(interface.host.name, function()
    return impairment.new(place_of(interface, wanted.direction or "both"), wanted)
  end)
end

-- ---- a link ---------------------------------------------------------------------------------

--- One of its ends, or the name of one.
local function end_type(ends, wanted_class)
  local expected = ("%s or %s: the end that frames come from"):format(tostring(ends[1]),
    tostring(ends[2]))
  return function(value)
    for _, one in ipairs(ends) do
      if value == one.name or class.is(value, wanted_class) and value == one then return one end
    end
    return nil, expected
  end
end

--- Both ways, or the one from `from`.
---@param lanes table[] of each end
---@return mcast.ImpairedPlace
local function place_of_link(link, ends, lanes, from)
  local chosen = {}
  for i, one in ipairs(ends) do
    if not from or from == one then chosen[#chosen + 1] = lanes[i] end
  end
  return { place = link, network = link.network, fault_at = link, lanes = chosen, word = "from",
    way = from and from.name, cleared = "it is no longer impaired",
    text = from and ("what %s sends over it is impaired"):format(from.name) or "it is impaired" }
end

--- A cable between hosts suffers where frames leave the host.
---@param link mcast.Link
---@param given table|nil
---@return mcast.Impairment|nil
function impair.link(link, given)
  local ends = link.hosts
  local wanted = impair_plan.read("link:impair", given, "from", end_type(ends, host.class))
  if not wanted then
    for _, port in ipairs(link._ports) do clear_interface(port.interface) end
    return nil
  end
  prepare(link.network)
  local lanes = {}
  for i, port in ipairs(link._ports) do
    lanes[i] = lane_of(port.interface, "out")
    lanes[i].way = ends[i].name
  end
  return impairment.new(place_of_link(link, ends, lanes, wanted.from), wanted)
end

local to_the_other_end = { "out", "in" }

---@param trunk mcast.Trunk
---@param given table|nil
---@return mcast.Impairment|nil
function impair.trunk(trunk, given)
  local ends = trunk.switches
  local wanted = impair_plan.read("link:impair", given, "from", end_type(ends, switch.class))
  if not wanted then
    impairment.clear(trunk._impaired and trunk._impaired.lanes or {})
    return nil
  end
  prepare(trunk.network)
  local lanes = {}
  for i, one in ipairs(ends) do
    lanes[i] = { lane = impaired_lane.of(trunk, trunk.network, to_the_other_end[i]),
      way = one.name, name = ("%s:%s"):format(trunk.name, one.name) }
  end
  return impairment.new(place_of_link(trunk, ends, lanes, wanted.from), wanted)
end

return impair
