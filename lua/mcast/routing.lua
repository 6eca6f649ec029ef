--- Unicast routes: every host reaches every other, over as few routers as there are on the way. A
--- segment is what hosts talk over without a router: a switch or a link.
local errors = require "mcast.errors"

---@class mcast.Routing
---@field _segments (mcast.Switch|mcast.Link)[]
---@field _ports_of table<mcast.Host, table[]>
local Routing = {}
Routing.__index = Routing

local routing = {}

--- Of linked switches, the one that stands for all.
local function segment_of(port) return (port.switch or port.link):_root() end

---@param network mcast.Network fully described
---@return mcast.Routing
function routing.new(network)
  local self = setmetatable({ _network = network, _segments = {}, _ports_of = {}, _routers_on = {},
    _towards = {}, _has_ports = {} }, Routing)
  for _, list in ipairs { network.switches, network.links } do
    for _, segment in ipairs(list) do
      if segment:_root() == segment then table.insert(self._segments, segment) end
    end
  end
  for _, segment in ipairs(self._segments) do self._routers_on[segment] = {} end
  for _, port in ipairs(network._ports) do
    self._has_ports[segment_of(port)] = true
    local of_host = self._ports_of[port.host] or {}
    self._ports_of[port.host] = of_host
    table.insert(of_host, port)
    if port.host._forwards then table.insert(self._routers_on[segment_of(port)], port) end
  end
  return self
end

-- ---- paths ----------------------------------------------------------------------------------

--- Adds the segments that the router is on and nobody has come to yet.
local function enter_from(self, router, found, distance, next_frontier)
  for _, port in ipairs(self._ports_of[router]) do
    local segment = segment_of(port)
    if not found[segment] then
      found[segment] = { distance = distance, gateway = port }
      table.insert(next_frontier, segment)
    end
  end
end

--- From each segment that has a path to `target`: how many routers are on the way, and the port of
--- the first of them. Breadth first, from the target.
---@return table<mcast.Switch|mcast.Link, {distance: integer, gateway: table|nil}>
function Routing:towards(target)
  if self._towards[target] then return self._towards[target] end
  local found, frontier, distance = { [target] = { distance = 0 } }, { target }, 0
  while #frontier > 0 do
    local next_frontier, entered = {}, {}
    distance = distance + 1
    for _, segment in ipairs(frontier) do
      for _, port in ipairs(self._routers_on[segment]) do
        if not entered[port.host] then
          entered[port.host] = true
          enter_from(self, port.host, found, distance, next_frontier)
        end
      end
    end
    frontier = next_frontier
  end
  self._towards[target] = found
  return found
end

--- The port by which a host sends towards a segment, and how it goes on from there: a distance of 0
--- is the host's own segment. nil: no path.
---@param host mcast.Host
---@return table|nil port, {distance: integer, gateway: table|nil}|nil
function Routing:way(host, target)
  local found, best, best_step = self:towards(target), nil, nil
  for _, port in ipairs(self._ports_of[host] or {}) do
    local step = found[segment_of(port)]
    if step and (not best_step or step.distance < best_step.distance) then
      best, best_step = port, step
    end
  end
  return best, best_step
end

--- The shortest way to a host: as way(), and the port at which it ends.
---@return table|nil port, {distance: integer, gateway: table|nil}|nil, table|nil
local function way_to_host(self, from, to)
  local best, best_step, best_end
  for _, port in ipairs(self._ports_of[to] or {}) do
    local own, step = self:way(from, segment_of(port))
    if own and (not best or step.distance < best_step.distance) then
      best, best_step, best_end = own, step, port
    end
  end
  return best, best_step, best_end
end

--- The interface of `from` that is nearest to a host. nil: no path.
---@param from mcast.Host
---@param to mcast.Host
---@return mcast.Interface|nil
function Routing:interface_towards(from, to)
  local own = way_to_host(self, from, to)
  return own and own.interface
end

--- The interfaces on the way, by turns one that it leaves by and one that it comes in at.
---@param from mcast.Host
---@param to mcast.Host
---@return mcast.Interface[] empty: no path
function Routing:path(from, to)
  local list, here = {}, from
  while here ~= to do
    local own, step, last = way_to_host(self, here, to)
    if not own then return {} end
    local next_port = step.distance == 0 and last or step.gateway
    list[#list + 1], list[#list + 2] = own.interface, next_port.interface
    here = next_port.host
  end
  return list
end

-- ---- is there a path? -----------------------------------------------------------------------

--- Segments that routers join have the same number.
local function islands_of(self)
  local islands, count = {}, 0
  for _, segment in ipairs(self._segments) do
    if not islands[segment] then
      count = count + 1
      for reached in pairs(self:towards(segment)) do islands[reached] = count end
    end
  end
  return islands
end

--- The islands that a host is on, as a set and in words, so that equal ones are told at once.
local function islands_under(islands, ports)
  local set, list = {}, {}
  for _, port in ipairs(ports) do
    local island = islands[segment_of(port)]
    if not set[island] then
      set[island] = true
      list[#list + 1] = island
    end
  end
  table.sort(list)
  return set, table.concat(list, " ")
end

local function meet(one, other)
  for island in pairs(one) do
    if other[island] then return true end
  end
  return false
end

local function refuse(host, other)
  errors.usage("net:router: there is no path from %s to %s: no router joins %s and %s",
    tostring(other), tostring(host), tostring(host._planned[1]:_segment()),
    tostring(other._planned[1]:_segment()))
end

--- Where there are routers, every host that is attached to something must reach every other.
local function check_paths(self)
  local islands, kinds, known = islands_of(self), {}, {}
  for _, host in ipairs(self._network.hosts) do
    local set, words = islands_under(islands, self._ports_of[host] or {})
    if words ~= "" and not known[words] then
      for _, kind in ipairs(kinds) do
        if not meet(kind.set, set) then refuse(host, kind.host) end
      end
      known[words] = true
      kinds[#kinds + 1] = { host = host, set = set }
    end
  end
end

-- ---- routes ---------------------------------------------------------------------------------

--- What it takes to reach the segments that the host is not on.
local function needs_of(self, host)
  local needs, only = {}, nil
  for _, segment in ipairs(self._segments) do
    local port, step = self:way(host, segment)
    if port and step.distance > 0 and self._has_ports[segment] then
      needs[#needs + 1] = { segment = segment, port = port, gateway = step.gateway }
      if only == nil then only = step.gateway end
      if only ~= step.gateway then only = false end
    end
  end
  return needs, only
end

local function add_both(lab, need, to, to6)
  local number, gateway = need.port.interface._port, need.gateway.interface
  lab:add_route { port = number, to = to, gateway = gateway.address }
  lab:add_route { port = number, to = to6, gateway = gateway.address6 }
end

--- A host that needs one router only has a default route, as one would configure it.
local function install_on(self, lab, host)
  local needs, only = needs_of(self, host)
  if only and not host._forwards then
    add_both(lab, needs[1], "0.0.0.0/0", "::/0")
    return
  end
  for _, need in ipairs(needs) do
    add_both(lab, need, need.segment.subnet, need.segment.subnet6)
  end
end

--- Describes the routes of all hosts, whose ports have their numbers.
---@param lab core.Lab
function Routing:install(lab)
  if #self._network.routers == 0 then return end
  check_paths(self)
  for _, host in ipairs(self._network.hosts) do
    if self._ports_of[host] then install_on(self, lab, host) end
  end
end

return routing
