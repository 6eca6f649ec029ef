--- An Ethernet switch: its options, and what it really uses.
local address = require "mcast.address"
local class = require "mcast.class"
local errors = require "mcast.errors"
local options = require "mcast.options"
local show = require "mcast.show"
local types = require "mcast.types"
local words = require "mcast.words"

local switch = {}

---@class mcast.Switch
---@field name string
---@field network mcast.Network
local Switch = class.define("switch")
switch.class = Switch

--- A Linux bridge takes 1,023 ports (BR_MAX_PORTS - 1).
switch.most_ports = 1023

function Switch.metatable.__tostring(self)
  return ("switch '%s'"):format(self.name)
end

-- Seconds. The short ones let a test wait milliseconds where the RFC waits minutes; the others are
-- RFC 3376 section 8 and RFC 3810 section 9. By their formula a silent querier is replaced before what its
-- last query brought expires.
local timers = {
  short = { query_interval = 2, query_response_interval = 0.1, last_member_interval = 0.1,
    startup_query_interval = 1, membership_interval = 5, querier_interval = 4.05 },
  rfc = { query_interval = 125, query_response_interval = 10, last_member_interval = 1,
    startup_query_interval = 31.25, membership_interval = 260, querier_interval = 255 },
}

-- The kernel raises these two to a second without saying so (br_multicast.c).
local shortest = { query_interval = 1, startup_query_interval = 1 }
local longest = 86400

local function timer_type(name)
  local low = shortest[name] or 0.01
  local expected = ("seconds from %g to %d, in steps of 0.01"):format(low, longest)
  return function(value)
    if type(value) ~= "number" or not (value >= low and value <= longest) then
      return nil, expected
    end
    return value
  end
end

local function subnet_type(family)
  return function(value)
    local subnet = address.subnet(value)
    if not subnet or subnet.family ~= family then
      return nil, family == "ipv4" and "an IPv4 subnet such as 10.1.0.0/24"
        or "an IPv6 subnet such as fd00:1::/64"
    end
    local refusal = subnet:refusal()
    if refusal then return nil, ("a subnet for hosts (%s)"):format(refusal) end
    return value
  end
end

local option_types = {
  subnet = subnet_type("ipv4"), subnet6 = subnet_type("ipv6"),
  snooping = types.boolean, querier = types.boolean,
  igmp_version = types.integer(2, 3), mld_version = types.integer(1, 2),
  fast_leave = types.boolean, flood_unknown = types.boolean,
  timers = types.one_of { "short", "rfc" },
}
for name in pairs(timers.short) do option_types[name] = timer_type(name) end

-- All of them, while it runs, but addresses.
local settable_types = {}
for name, check in pairs(option_types) do settable_types[name] = check end
settable_types.subnet, settable_types.subnet6 = nil, nil

local function default(value, otherwise)
  if value == nil then return otherwise end
  return value
end

local function centiseconds(seconds) return math.floor(seconds * 100 + 0.5) end

--- @return table the fields of struct mh_switch_plan
local function plan_of(name, wanted)
  local plan = {
    name = name,
    snooping = default(wanted.snooping, true),
    querier = default(wanted.querier, true),
    igmp_version = wanted.igmp_version or 3,
    mld_version = wanted.mld_version or 2,
    fast_leave = wanted.fast_leave or false,
    flood_unknown = wanted.flood_unknown,
  }
  for timer, seconds in pairs(timers[wanted.timers or "short"]) do
    plan[timer] = centiseconds(wanted[timer] or seconds)
  end
  return plan
end

--- The same plan with some of it changed.
local function changed_plan(plan, wanted)
  local changed = {}
  for field, value in pairs(plan) do changed[field] = value end
  for timer, seconds in pairs(timers[wanted.timers] or {}) do
    changed[timer] = centiseconds(seconds)
  end
  for field, value in pairs(wanted) do
    if timers.short[field] then
      changed[field] = centiseconds(value)
    elseif field ~= "timers" then
      changed[field] = value
    end
  end
  return changed
end

function Switch.instead(_, word, value)
  return settable_types[word] and ("switch:set{%s = %s} changes it"):format(word, show.value(value))
end

---@param network mcast.Network
---@param name string
---@param given table|nil
---@return mcast.Switch
function switch.new(network, name, given)
  local wanted = options.check("net:switch", given, option_types)
  local subnets, owner = network._subnets, ("switch '%s'"):format(name)
  return class.new(Switch, {
    name = name, network = network, _plan = plan_of(name, wanted), _ports = {},
    _pool = wanted.subnet and subnets:take(owner, wanted.subnet, "net:switch") or false,
    _pool6 = wanted.subnet6 and subnets:take(owner, wanted.subnet6, "net:switch")
      or false,
    _number = false, _graces = {}, _querier_kinds = {}, _lan_root = false,
  })
end

--- Where its addresses come from; allocated at the first need, so that subnets that are asked for
--- have the first choice.
---@param family "ipv4"|"ipv6"
---@return mcast.Pool
function Switch.methods._pool_of(self, family)
  if self._lan_root then return self:_root():_pool_of(family) end
  local field = family == "ipv4" and "_pool" or "_pool6"
  if not self[field] then
    self[field] = self.network._subnets:allocate(tostring(self), family)
  end
  return self[field]
end

---@return boolean
function Switch.methods._has_pools(self)
  return self._pool ~= false or self._pool6 ~= false
end

--- The switch that stands for the LAN: itself, unless trunks join it with others.
---@return mcast.Switch
function Switch.methods._root(self)
  local root = self
  while root._lan_root do root = root._lan_root end
  return root
end

--- All switches of its LAN, in the network's order.
---@return mcast.Switch[]
function Switch.methods._lan(self)
  local list, root = {}, self:_root()
  for _, one in ipairs(self.network.switches) do
    if one:_root() == root then list[#list + 1] = one end
  end
  return list
end

--- Those that a link joins with it.
---@return mcast.Switch[]
function Switch.methods._neighbours(self)
  local list = {}
  for _, trunk in ipairs(self.network.trunks) do
    for i, one in ipairs(trunk.switches) do
      if one == self then list[#list + 1] = trunk.switches[3 - i] end
    end
  end
  return list
end

--- Its own, from which its IGMP queries come; it needs one where switches are linked.
function Switch.properties.address(self)
  return self._plan.address and self._plan.address:match("^[^/]+") or nil
end

function Switch.properties.subnet(self) return tostring(self:_pool_of("ipv4").subnet) end
function Switch.properties.subnet6(self) return tostring(self:_pool_of("ipv6").subnet) end

--- What the bridge really uses, once there is one: the kernel rounds and clamps.
local function effective(self)
  if not self.network._lab then return self._plan end
  return self.network._lab:read_switch(self._number)
end

for name in pairs(timers.short) do
  Switch.properties[name] = function(self) return effective(self)[name] / 100 end
end
for _, name in ipairs { "snooping", "igmp_version", "mld_version", "fast_leave",
  "flood_unknown" } do
  Switch.properties[name] = function(self) return effective(self)[name] end
end

-- ---- what it has learnt -----------------------------------------------------------------------

--- Its multicast table.
---@return mcast.MdbRecord[]
function Switch.methods.mdb(self)
  self.network._run:await_ready()
  return (require("mcast.switch_state").tables(self))
end

--- The ports that get all multicast.
---@return table[]
function Switch.methods.router_ports(self)
  local _, router_ports = require("mcast.switch_state").tables(self)
  return router_ports
end

--- Who sends the queries; nil: nobody.
---@param family "ipv4"|"ipv6"|nil
---@return mcast.Querier|nil
function Switch.methods.querier(self, family)
  family = options.optional("switch:querier", "family", family, types.family) or "ipv4"
  return require("mcast.switch_state").querier(self, family)
end

function Switch.properties.hosts(self)
  local hosts, seen = {}, {}
  for _, port in ipairs(self._ports) do
    if not seen[port.host] then
      seen[port.host] = true
      hosts[#hosts + 1] = port.host
    end
  end
  return hosts
end

--- Does its table name who wants the group? Else membership in the kernel is all there is to await.
---@param group string
---@return boolean
function Switch.methods._learns(self, group)
  return self:_snoops() and not address.is_never_learnt(group)
end

--- Does any switch of its LAN?
---@return boolean
function Switch.methods._snoops(self)
  for _, one in ipairs(self:_lan()) do
    if one._plan.snooping then return true end
  end
  return false
end

-- ---- changing it ----------------------------------------------------------------------------

local function refuse_subnet(given)
  for _, name in ipairs { "subnet", "subnet6" } do
    if type(given) == "table" and given[name] ~= nil then
      errors.usage("switch:set: %s: the addresses of a network stay as they were built", name)
    end
  end
end

--- Changes options while it runs; undone at the end of the scenario.
---@param given table
function Switch.methods.set(self, given)
  refuse_subnet(given)
  local wanted = options.check("switch:set", given, settable_types)
  if next(wanted) == nil then
    errors.usage("switch:set: expected options to change: %s",
      words.list(words.keys(settable_types), "or", 20))
  end
  self.network:_build()
  require("mcast.switch_set").apply(self, changed_plan(self._plan, wanted), wanted)
end

--- Adds a static entry to its table.
---@param given table
---@return mcast.MdbEntry
function Switch.methods.mdb_add(self, given)
  return require("mcast.switch_port").mdb_add(self, given)
end

--- Where it takes multicast routers to be: reads it of one port, or sets it.
---@param host mcast.Host|mcast.Interface|string
---@param mode string|nil
---@return string
function Switch.methods.multicast_router(self, host, mode)
  return require("mcast.switch_port").multicast_router(self, host, mode)
end

return switch
