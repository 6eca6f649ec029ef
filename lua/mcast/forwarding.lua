--- Where a switch sends a datagram to: what the Linux bridge does with its tables, computed from
--- them. br_handle_frame_finish(), br_multicast_flood() and br_flood() of net/bridge; RFC 4541
--- section 2.1.2.
---
--- - Snooping says where to as long as there is a querier of the family; without one, and in the
---   grace time after one came, everything is flooded: groups with members, too.
--- - Groups that no switch learns (224.0.0.0/24, ff02::1) are always flooded.
--- - A source with entries of its own goes where these are not blocked. Any other source of the
---   group goes to the ports in EXCLUDE mode.
--- - Router ports get all of it. A group that nobody joined goes to them alone.
--- - Flooding leaves out the ports where it is switched off (`flood_unknown = false`).
--- - Nothing goes to a port that is down, nor back to where it came from.
local address = require "mcast.address"
local switch_state = require "mcast.switch_state"

local forwarding = {}

---@class mcast.Forwarding
---@field floods string|nil why everything is flooded
---@field ports mcast.PortState[]
---@field entries mcast.MdbRecord[] of the group
---@field router_ports table[]
---@field grace number       seconds for which nothing is sure
local Forwarding = {}
Forwarding.__index = Forwarding

local function why_flood(switch, group, family)
  if address.is_never_learnt(group) then return "no switch learns this group" end
  if not switch.snooping then return "it does not snoop" end
  if not switch_state.querier(switch, family) then
    return ("there is no %s querier"):format(family == "ipv4" and "IGMP" or "MLD")
  end
  return nil
end

local function gets_all(router_port, family)
  if router_port.type == "permanent" then return true end
  return (family == "ipv4" and router_port.expires or router_port.expires6) ~= nil
end

--- A switch that speaks IGMPv2 or MLDv1 does not look at sources.
local function knows_sources(switch, family)
  if family == "ipv4" then return switch.igmp_version == 3 end
  return switch.mld_version == 2
end

--- The picture of one moment.
---@param switch mcast.Switch
---@param group string
---@return mcast.Forwarding
function forwarding.read(switch, group)
  local family = address.family(group)
  local self = setmetatable({ ports = switch_state.ports(switch), entries = {}, router_ports = {},
    floods = why_flood(switch, group, family) }, Forwarding)
  self._knows_sources = knows_sources(switch, family)
  self.grace = self.floods and 0 or switch_state.grace(switch, family)
  local entries, router_ports = switch_state.tables(switch)
  for _, entry in ipairs(entries) do
    if entry.group == group then self.entries[#self.entries + 1] = entry end
  end
  for _, one in ipairs(router_ports) do
    if gets_all(one, family) then self.router_ports[#self.router_ports + 1] = one end
  end
  return self
end

--- The sources of which the table says something of their own.
---@return string[]
function Forwarding:sources()
  local list, seen = {}, {}
  if self.floods or not self._knows_sources then return list end
  for _, entry in ipairs(self.entries) do
    if entry.source and not seen[entry.source] then
      seen[entry.source] = true
      list[#list + 1] = entry.source
    end
  end
  table.sort(list)
  return list
end

local function has_entries_of(self, source)
  for _, entry in ipairs(self.entries) do
    if entry.source == source and self._knows_sources then return true end
  end
  return false
end

local function passes(self, entry, source)
  if entry.source ~= source or entry.blocked then return false end
  return source ~= nil or entry.mode ~= "include" or not self._knows_sources
end

--- Neighbours that the table names for the source (nil: one of which it says nothing), and why.
local function named(self, source)
  local wanted = {}
  if source and not has_entries_of(self, source) then source = nil end
  for _, one in ipairs(self.router_ports) do
    local neighbour = one.host or one.switch
    if neighbour then wanted[neighbour] = "router port" end
  end
  for _, entry in ipairs(self.entries) do
    local neighbour = entry.host or entry.switch
    if neighbour and passes(self, entry, source) then wanted[neighbour] = "member" end
  end
  return wanted
end

--- The hosts and linked switches to which a datagram of the source goes, and why.
---@param source string|nil nil: a source of which the table says nothing of its own
---@return table<mcast.Neighbour, "member"|"router port"|"flooded">
function Forwarding:targets(source)
  local targets, wanted = {}, self.floods and {} or named(self, source)
  for _, state in ipairs(self.ports) do
    local reason = self.floods and state.floods and "flooded" or wanted[state.neighbour]
    if state.forwarding and reason then targets[state.neighbour] = reason end
  end
  return targets
end

return forwarding
