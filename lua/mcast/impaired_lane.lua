--- One way of a cable that can be impaired: what comes to a host's interface or leaves it, or what one
--- switch sends to another one. It is cut open when the first impairment needs it
--- (src/lab/detour.h), and has one impairment at a time.
local core = require "mcast.core"
local class = require "mcast.class"
local interface = require "mcast.interface"

local impaired_lane = {}

---@class mcast.ImpairedLane
---@field owner mcast.Interface|mcast.Trunk
---@field host mcast.Host|nil of an interface
---@field direction "in"|"out"
---@field by mcast.Impairment|nil who impairs it now
local Lane = {}
Lane.__index = Lane

local ethernet_header, vlan_tag = 14, 4

--- What an interface or a trunk has once it was impaired: a link of the harness's own, with its thread.
local function link_of(owner, network)
  if not owner._impaired then
    owner._impaired = { core = core.impaired_link(), lanes = {}, count = 0 }
    network._run:opened(owner._impaired.core)
  end
  return owner._impaired
end

--- The lane of an interface or a trunk; the same at each call.
---@param owner mcast.Interface|mcast.Trunk
---@param network mcast.Network
---@param direction "in"|"out" of a trunk: to the first of its switches or to the second
---@return mcast.ImpairedLane
function impaired_lane.of(owner, network, direction)
  local link = link_of(owner, network)
  if not link.lanes[direction] then
    local is_interface = class.is(owner, interface.class)
    link.lanes[direction] = setmetatable({ owner = owner, direction = direction, by = nil,
      host = is_interface and owner.host or nil, _ends = not is_interface and owner.switches or nil,
      _link = link, _lab = network._lab, _place = false, _way = false }, Lane)
  end
  return link.lanes[direction]
end

--- How many impairments its owner has had, this one included: each has its own luck.
---@return integer
function Lane:count_anew()
  self._link.count = self._link.count + 1
  return self._link.count
end

local function open(self)
  if self._place then return end
  local lab = self._lab
  self._place, self._way = self.owner:_detour(self.direction)
  local detour = lab:make_detour(self._place, self._way)
  detour.frame_max = detour.mtu + ethernet_header + vlan_tag
  self._link.core:open(self.direction, lab:switches_netns(), detour)
end

--- The new one takes the old one's place without a frame going past both.
---@param impairment mcast.Impairment
---@param raw core.Impairment
---@return mcast.Impairment|nil the former
function Lane:install(impairment, raw)
  local former = self.by
  open(self)
  if former then former:_keep_result(self) end
  self._link.core:impair(self.direction, raw)
  if not former then self._lab:insert_detour(self._place, self._way) end
  self.by = impairment
  return former
end

--- Frames on their way go on at once, in order, before others go past.
function Lane:release()
  self._link.core:release(self.direction)
  self._lab:remove_detour(self._place, self._way)
  self.by:_keep_result(self)
  self.by = nil
end

--- Does what one switch sends to that one go this way, if it comes from beyond the cable? Of a trunk.
---@param switch mcast.Switch
---@return boolean
function Lane:leads_to(switch)
  local far = self._ends and self._ends[self.direction == "in" and 1 or 2]
  return far ~= nil and self.owner:_side_of(switch) == far
end

---@return table<string, integer>
function Lane:count() return self._link.core:count(self.direction) end

--- The last 1,024.
---@return mcast.ImpairedFrame[]
function Lane:drops() return self._link.core:drops(self.direction) end

return impaired_lane
