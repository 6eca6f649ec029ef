--- A cable between two hosts. It has what a switch has for those who lay out a network: ports and
--- addresses; there is just nothing on it that forwards or learns.
local address = require "mcast.address"
local class = require "mcast.class"
local errors = require "mcast.errors"
local host = require "mcast.host"
local interface = require "mcast.interface"
local options = require "mcast.options"
local types = require "mcast.types"

local link = {}

---@class mcast.Link
---@field name string "a--b"
---@field network mcast.Network
local Link = class.define("link")
link.class = Link

function Link.metatable.__tostring(self)
  return ("link '%s'"):format(self.name)
end

--- Both ends want an address: no /31, whose two addresses RFC 3021 gives to such links but whose
--- first one is elsewhere the network's own.
local function subnet_type(family, longest)
  local expected = ("an IP%s subnet of at least two hosts (/%d at most)"):format(
    family == "ipv4" and "v4" or "v6", longest)
  return function(value)
    local subnet = address.subnet(value)
    if not subnet or subnet.family ~= family or subnet.length > longest then
      return nil, expected
    end
    local refusal = subnet:refusal()
    if refusal then return nil, ("a subnet for hosts (%s)"):format(refusal) end
    return value
  end
end

local option_types = {
  subnet = subnet_type("ipv4", 30), subnet6 = subnet_type("ipv6", 126),
  mtu = types.integer(1280, 65535), impairable = types.boolean,
}

local function find_host(network, position, given)
  local found = type(given) == "string" and network:_find("net:link", given) or given
  if not class.is(found, host.class) then
    options.refuse("net:link", position, "a host or a router", given)
  end
  if found.network ~= network then
    errors.usage("net:link: %s: %s is not of this network", position, tostring(found))
  end
  if found._attached then
    errors.usage("net:link: %s: %s is attached (%s): a cable joins hosts of the network's own",
      position, tostring(found), found._attached)
  end
  return found
end

local function add_end(self, one, mtu)
  local pool, pool6 = self:_pool_of("ipv4"), self:_pool_of("ipv6")
  local planned = interface.new { name = one:_next_name(), host = one, _link = self,
    _address = pool:next_address(one.name), _address6 = pool6:next_address(one.name) }
  table.insert(one._planned, planned)
  local port = { host = one, link = self, interface = planned, mtu = mtu, pool = pool,
    pool6 = pool6 }
  table.insert(self._ports, port)
  self.network:_add_port(port)
end

---@param network mcast.Network
---@param a mcast.Host|string
---@param b mcast.Host|string
---@param given table|nil
---@return mcast.Link
function link.new(network, a, b, given)
  a, b = find_host(network, "a", a), find_host(network, "b", b)
  if a == b then errors.usage("net:link: %s cannot be linked to itself", tostring(a)) end
  local wanted = options.check("net:link", given, option_types)
  local name = ("%s--%s"):format(a.name, b.name)
  local subnets, owner = network._subnets, ("link '%s'"):format(name)
  local self = class.new(Link, { name = name, network = network, _ports = {},
    _impairable = wanted.impairable,
    _pool = wanted.subnet and subnets:take(owner, wanted.subnet, "net:link")
      or subnets:allocate_link(owner, "ipv4"),
    _pool6 = wanted.subnet6 and subnets:take(owner, wanted.subnet6, "net:link")
      or subnets:allocate_link(owner, "ipv6") })
  add_end(self, a, wanted.mtu)
  add_end(self, b, wanted.mtu)
  return self
end

--- As it was told, or where a file of the scenario speaks of it: such a cable takes longer to make and
--- costs each frame a little (docs/decisions/0005). Of one that is made, what it is.
function Link.properties.impairable(self)
  if self._impairable ~= nil then return self._impairable end
  return self.network._run.mentions.impair == true
end

--- It is made now.
---@return boolean
function Link.methods._decide_impairable(self)
  self._impairable = self.impairable
  return self._impairable
end

--- Loses, delays, repeats and reorders what crosses it; without options none of it any more.
---@param given table|nil
---@return mcast.Impairment|nil
function Link.methods.impair(self, given)
  return require("mcast.impair").link(self, given)
end

--- A segment of its own.
function Link.methods._root(self) return self end

---@param family "ipv4"|"ipv6"
---@return mcast.Pool
function Link.methods._pool_of(self, family)
  return family == "ipv4" and self._pool or self._pool6
end

function Link.properties.subnet(self) return tostring(self._pool.subnet) end
function Link.properties.subnet6(self) return tostring(self._pool6.subnet) end

--- Both, in the order of net:link.
function Link.properties.hosts(self)
  return { self._ports[1].host, self._ports[2].host }
end

---@param one mcast.Host
---@return mcast.Host the one at the other end
function Link.methods._peer_of(self, one)
  return self._ports[self._ports[1].host == one and 2 or 1].host
end

return link
